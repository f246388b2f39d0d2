/** node:sqlite as the database that kysely's SQLite dialect asks for: the same calls, statements kept. */
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import { SqliteDialect } from 'kysely';

export function nodeSqliteDialect(path: string): SqliteDialect {
  return new SqliteDialect({ database: async () => adapted(open(path)) });
}

/** Durable at each commit, and readers never wait for the writer. */
function open(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 10_000 });
  for (const pragma of ['journal_mode = WAL', 'synchronous = FULL', 'foreign_keys = ON']) database.exec(`PRAGMA ${pragma}`);
  return database;
}

interface Prepared {
  readonly reader: boolean;
  all(parameters: readonly unknown[]): unknown[];
  run(parameters: readonly unknown[]): { changes: number | bigint; lastInsertRowid: number | bigint };
  iterate(parameters: readonly unknown[]): IterableIterator<unknown>;
}

function adapted(database: DatabaseSync): { close(): void; prepare(sql: string): Prepared } {
  const kept = new Map<string, Prepared>();
  return {
    close: () => database.close(),
    prepare: (sql) => {
      // A transaction that writes says so at once: two processes then wait for each other instead of failing half-way.
      const text = sql === 'begin' ? 'begin immediate' : sql;
      const known = kept.get(text);
      if (known) return known;
      const prepared = statement(database.prepare(text));
      if (kept.size >= KEPT) kept.clear();
      kept.set(text, prepared);
      return prepared;
    },
  };
}

function statement(prepared: StatementSync): Prepared {
  const reader = prepared.columns().length > 0;
  return {
    reader,
    all: (parameters) => prepared.all(...(parameters as SQLInputValue[])),
    run: (parameters) => prepared.run(...(parameters as SQLInputValue[])),
    iterate: (parameters) => prepared.iterate(...(parameters as SQLInputValue[])),
  };
}

const KEPT = 500;
