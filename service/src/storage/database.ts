/** The database: opened, brought to the newest schema, and asked in transactions. */
import { type Insertable, Kysely, PostgresDialect, type Selectable, sql, type Transaction, type Updateable } from 'kysely';
import { Migrator } from 'kysely/migration';
import pg from 'pg';
import { type Dialect, migrationsFor } from './migrations.ts';
import { nodeSqliteDialect } from './node-sqlite.ts';
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
  const db = new Kysely<Tables>({
    dialect: databaseUrl === undefined ? nodeSqliteDialect(file) : new PostgresDialect({ pool: newPool(databaseUrl, connections) }),
  });
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

function newPool(connectionString: string, max: number): pg.Pool {
  const pool = new pg.Pool({ connectionString, max, types: { getTypeParser } });
  // A connection that breaks while idle is replaced by the next query; without a listener it would end the process.
  pool.on('error', () => undefined);
  return pool;
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

const COLLISIONS: ReadonlySet<string> = new Set(['40001', '40P01']);
const ATTEMPTS = 4;
const SQLITE_UNIQUE = 2067;
const SQLITE_PRIMARY_KEY = 1555;
