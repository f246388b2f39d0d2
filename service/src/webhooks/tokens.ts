/** Deliveries whose body carries a token: who has received one asks here, once, whether it is ours. The token is the id of the delivery. */
import type { Core } from '../domain/core.ts';
import { place } from '../domain/records.ts';

export interface TokenCheck {
  readonly found: boolean;
  readonly used: boolean;
  readonly expired: boolean;
  /** The body is for somebody else. */
  readonly foreign: boolean;
  /** It was good, and is used up now. */
  readonly consumed: boolean;
}

/** Uses a token up; `isFor` looks at the body. Of two at once one gets it. */
export async function consumeToken({ store, vault, clock }: Core, token: string, isFor: (body: string) => boolean): Promise<TokenCheck> {
  const row = await store.db
    .selectFrom('webhook_deliveries')
    .select(['body_sealed', 'status', 'created_at', 'delivered_at', 'token_used_at'])
    .where('id', '=', token)
    .executeTakeFirst();
  if (!row) return { ...NOTHING, found: false };
  const foreign = !isFor(vault.open(row.body_sealed, place('webhook_deliveries', 'body', token)));
  const expired = row.status !== 'pending' && (row.delivered_at ?? row.created_at) + LIFE <= clock();
  const used = row.token_used_at !== null;
  if (foreign || expired || used) return { found: true, used, expired, foreign, consumed: false };
  const changed = await store.db
    .updateTable('webhook_deliveries')
    .set({ token_used_at: clock() })
    .where('id', '=', token)
    .where('token_used_at', 'is', null)
    .executeTakeFirst();
  const consumed = Number(changed.numUpdatedRows) === 1;
  return { found: true, used: !consumed, expired, foreign, consumed };
}

const NOTHING: TokenCheck = { found: true, used: false, expired: false, foreign: false, consumed: false };
/** From when it was delivered: as long as it is tried, it holds. */
const LIFE = 3 * 24 * 3_600_000;
