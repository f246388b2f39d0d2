/** The database: opened, brought to the newest schema, and asked in transactions. */
import {
  type Insertable,
  Kysely,
  type KyselyConfig,
  PostgresDialect,
  type Selectable,
  sql,
  type Transaction,
  type Updateable,
} from 'kysely';
import { Migrator } from 'kysely/migration';
import pg from 'pg';
import { flushesOf } from './flushes.ts';
import { type Dialect, migrationsFor } from './migrations.ts';
import { logOf, nodeSqliteDialect } from './node-sqlite.ts';
import type { Tables } from './schema.ts';

export type Row<Name extends keyof Tables> = Selectable<Tables[Name]>;
export type NewRow<Name extends keyof Tables> = Insertable<Tables[Name]>;
export type Changes<Name extends keyof Tables> = Updateable<Tables[Name]>;

/** A database or a transaction in it: what one statement needs. */
export type Queries = Kysely<Tables>;
export type Tx = Transaction<Tables>;

export interface Store {
  readonly dialect: Dialect;
  readonly db: Queries;
  /** Null on SQLite. */
  readonly databaseUrl: string | null;
  /** All or nothing. `work` may run again where two transactions collide, so it touches nothing but the database. */
  transaction<T>(work: (tx: Tx) => Promise<T>): Promise<T>;
  /**
   * When all that could be read until now is on the disk. On SQLite a commit is seen a moment before: who waits for this before
   * they tell somebody tells nothing that a failing machine takes back.
   */
  settled(): Promise<void>;
  ping(): Promise<void>;
  close(): Promise<void>;
}

export interface StoreOptions {
  readonly databaseUrl?: string | undefined;
  readonly file: string;
  readonly connections: number;
}

/** Opens the database and migrates it. */
export async function openStore({ databaseUrl, file, connections }: StoreOptions): Promise<Store> {
  const dialect: Dialect = databaseUrl === undefined ? 'sqlite' : 'postgres';
  const { settled, ...kyselys } = databaseUrl === undefined ? embedded(file) : shared(databaseUrl, connections);
  const db = new Kysely<Tables>(kyselys);
  try {
    await migrate(db, dialect);
  } catch (error) {
    await db.destroy();
    throw error;
  }
  return {
    dialect,
    db,
    databaseUrl: databaseUrl ?? null,
    transaction: (work) => repeated(() => db.transaction().execute(work)),
    settled,
    ping: async () => {
      await sql`select 1`.execute(db);
    },
    close: () => db.destroy(),
  };
}

/** The row of a request, held for the rest of the transaction: who else wants to change it waits. */
export async function lockRequest(tx: Tx, dialect: Dialect, id: string): Promise<Row<'requests'> | undefined> {
  const query = tx.selectFrom('requests').selectAll().where('id', '=', id);
  return (dialect === 'postgres' ? query.forUpdate() : query).executeTakeFirst();
}

/** True for a row that is there already. */
export function isDuplicate(error: unknown): boolean {
  const { code, errcode, message } = error as { readonly code?: string; readonly errcode?: number; readonly message?: string };
  return code === '23505' || errcode === SQLITE_UNIQUE || errcode === SQLITE_PRIMARY_KEY || /UNIQUE constraint failed/.test(message ?? '');
}

function embedded(file: string): KyselyConfig & Pick<Store, 'settled'> {
  const flushes = flushesOf(logOf(file));
  return { dialect: nodeSqliteDialect(file, flushes), settled: () => flushes.reached() };
}

function shared(databaseUrl: string, connections: number): KyselyConfig & Pick<Store, 'settled'> {
  // What can be seen there is on the disk already.
  return { dialect: new PostgresDialect({ pool: newPool(databaseUrl, connections) }), settled: async () => undefined };
}

function newPool(connectionString: string, max: number): pg.Pool {
  const pool = new pg.Pool({ connectionString, max, types: { getTypeParser } });
  // A connection that breaks while idle is replaced by the next query; without a listener it would end the process.
  pool.on('error', () => undefined);
  const named = statementNames();
  pool.on('connect', (client) => named(client));
  return pool;
}

/**
 * Gives statements names, by which PostgreSQL keeps what it has parsed and planned: planning costs it more than our statements
 * themselves. There are as many as the program has, but for lists of different lengths, so the names are limited.
 */
function statementNames(): (client: pg.ClientBase) => void {
  const names = new Map<string, string>();
  let numbered = 0;
  const nameOf = (text: string): string | null => {
    const known = names.get(text);
    if (known !== undefined || names.size >= MOST_NAMES) return known ?? null;
    const name = `s${++numbered}`;
    names.set(text, name);
    return name;
  };
  return (client) => {
    const query = client.query.bind(client) as (...given: unknown[]) => Promise<unknown>;
    const asked = async (text: unknown, values?: unknown, ...more: unknown[]): Promise<unknown> => {
      const name = typeof text === 'string' && Array.isArray(values) && values.length > 0 && more.length === 0 ? nameOf(text) : null;
      if (name === null) return query(text, values, ...more);
      try {
        return await query({ name, text, values });
      } catch (error) {
        // Another process has changed the tables: what was kept is of no use any more.
        if ((error as { readonly code?: string }).code === CHANGED_RESULT) names.clear();
        throw error;
      }
    };
    Object.assign(client, { query: asked });
  };
}

/** Times and counts fit into a number of JavaScript. */
const getTypeParser = ((oid: number, format?: 'text' | 'binary') =>
  oid === pg.types.builtins.INT8 ? Number : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser;

async function migrate(db: Queries, dialect: Dialect): Promise<void> {
  const { error } = await new Migrator({ db, provider: migrationsFor(dialect) }).migrateToLatest();
  if (error) throw error;
}

async function repeated<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (attempt >= ATTEMPTS || !isCollision(error)) throw error;
    }
  }
}

/** A serialization failure or a deadlock: nothing was done. */
const isCollision = (error: unknown): boolean => COLLISIONS.has((error as { readonly code?: string }).code ?? '');

/** `cached plan must not change result type`. */
const CHANGED_RESULT = '0A000';
const COLLISIONS: ReadonlySet<string> = new Set(['40001', '40P01', CHANGED_RESULT]);
const MOST_NAMES = 500;
const ATTEMPTS = 4;
const SQLITE_UNIQUE = 2067;
const SQLITE_PRIMARY_KEY = 1555;
