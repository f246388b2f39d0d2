/** What belongs to one customer in one mode: the only way to ask for it, so that no statement forgets a part of that. */
import { type SelectQueryBuilder, sql, type UpdateQueryBuilder, type UpdateResult } from 'kysely';
import type { Queries } from './database.ts';
import type { Tables } from './schema.ts';

/** Tables whose rows belong to a customer and a mode. */
export type RealmTable = { [Name in keyof Tables]: Tables[Name] extends { tenant_id: string; mode: string } ? Name : never }[keyof Tables];

/** Statements that see no row but those of the customer in this mode. */
export interface RealmQueries {
  selectFrom<Name extends RealmTable>(table: Name): SelectQueryBuilder<Tables, Name, object>;
  updateTable<Name extends RealmTable>(table: Name): UpdateQueryBuilder<Tables, Name, Name, UpdateResult>;
}

export function inRealm(db: Queries, { tenant, mode }: { readonly tenant: string; readonly mode: string }): RealmQueries {
  // By full names, so that another table may be joined; typed by one of the tables, which all have both columns.
  const own = (table: RealmTable) => sql<boolean>`${sql.ref(`${table}.tenant_id`)} = ${tenant} and ${sql.ref(`${table}.mode`)} = ${mode}`;
  const queries = {
    selectFrom: (table: 'documents') => db.selectFrom(table).where(own(table)),
    updateTable: (table: 'documents') => db.updateTable(table).where(own(table)),
  };
  return queries as unknown as RealmQueries;
}
