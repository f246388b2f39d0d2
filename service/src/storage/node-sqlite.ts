/** node:sqlite as a dialect of kysely: one connection that all take turns at, statements kept, commits flushed together. */
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite';
import {
  CompiledQuery,
  type DatabaseConnection,
  type Dialect,
  type Driver,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely';
import type { Flushes } from './flushes.ts';

/** `flushes` are those of the write-ahead log, see {@link logOf}. */
export function nodeSqliteDialect(path: string, flushes: Flushes): Dialect {
  return {
    createAdapter: () => new TakingTurns(),
    createDriver: () => driverOf(path, flushes),
    createQueryCompiler: () => new SqliteQueryCompiler(),
    createIntrospector: (db) => new SqliteIntrospector(db),
  };
}

/** Kysely would let nobody in before who was there has seen their commit reach the disk. */
class TakingTurns extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true;
  }
}

/** Where SQLite writes commits. */
export const logOf = (path: string): string => `${path}-wal`;

/** A commit is done when it is on the disk; the flush is beside the main thread, and others have their turn meanwhile. */
function driverOf(path: string, flushes: Flushes): Driver {
  const database = open(path);
  let wrote = false;
  const connection = connectionOf(database, () => {
    wrote = true;
    flushes.written();
  });
  const say = async (text: string): Promise<void> => void (await connection.executeQuery(CompiledQuery.raw(text)));
  let last = Promise.resolve();
  let leave = (): void => undefined;
  return {
    init: async () => undefined,
    acquireConnection: async () => {
      const before = last;
      let mine = (): void => undefined;
      last = new Promise((resolve) => {
        mine = resolve;
      });
      await before;
      leave = mine;
      wrote = false;
      return connection;
    },
    // A transaction that writes says so at once: two processes then wait for each other instead of failing half-way.
    beginTransaction: () => say('begin immediate'),
    commitTransaction: () => say('commit'),
    rollbackTransaction: () => say('rollback'),
    releaseConnection: async () => {
      const reached = wrote ? flushes.reached() : undefined;
      leave();
      await reached;
    },
    destroy: async () => {
      database.close();
      await flushes.close();
    },
  };
}

/** Consistent after any crash by itself; that a commit is on the disk, the flushes see to. Readers never wait for the writer. */
function open(path: string): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 10_000 });
  for (const pragma of ['journal_mode = WAL', 'synchronous = NORMAL', 'foreign_keys = ON']) database.exec(`PRAGMA ${pragma}`);
  return database;
}

function connectionOf(database: DatabaseSync, written: () => void): DatabaseConnection {
  const kept = new Map<string, Prepared>();
  const prepared = (sql: string): Prepared => {
    const known = kept.get(sql);
    if (known) return known;
    const statement = database.prepare(sql);
    const made = { statement, reader: statement.columns().length > 0, select: /^\s*select\b/i.test(sql) };
    if (kept.size >= KEPT) kept.clear();
    kept.set(sql, made);
    return made;
  };
  return {
    executeQuery: async <R>({ sql, parameters }: CompiledQuery) => {
      const { statement, reader, select } = prepared(sql);
      const values = parameters as SQLInputValue[];
      const before = database.isTransaction;
      if (reader) {
        const rows = statement.all(...values) as R[];
        if (!select && rows.length > 0 && !before) written();
        return { rows };
      }
      const { changes, lastInsertRowid } = statement.run(...values);
      if (!database.isTransaction && (before || changes > 0)) written();
      return { insertId: BigInt(lastInsertRowid), numAffectedRows: BigInt(changes), rows: [] };
    },
    streamQuery: () => {
      throw new Error('nothing here is read as a stream');
    },
  };
}

interface Prepared {
  readonly statement: StatementSync;
  readonly reader: boolean;
  readonly select: boolean;
}

const KEPT = 500;
