/**
 * A signer logs in at an identity provider and comes back. A login belongs to the signer whose session began it and to the
 * browser that it began in, holds for ten minutes, and is answered once.
 */
import { createHash, randomBytes } from 'node:crypto';
import { sameText } from '../storage/vault.ts';
import { logEvent } from './audit.ts';
import type { Core, ProvidedPerson, ProviderAnswer } from './core.ts';
import { iso } from './dates.ts';
import { keepEvidence } from './evidence.ts';
import { ServiceFault } from './fault.ts';
import { plain } from './identity.ts';
import type { Identity, SignerRecord } from './model.ts';
import { place } from './records.ts';
import { actingSigner } from './signing.ts';
import { recordVerification, tooManyFailures } from './verification.ts';

export interface Login {
  /** The state that comes back with the answer. */
  readonly id: string;
  /** Where to go. */
  readonly url: string;
  /** What the browser has to bring back. */
  readonly browser: string;
}

/** `expired`: also where it was answered before; `locked`: too many logins of other persons. */
export type LoginOutcome = 'verified' | 'denied' | 'weak' | 'failed' | 'wrong-person' | 'expired' | 'locked';

export const LOGIN_LIFE = 600_000;

/** Throws `ServiceFault` `conflict`, `too-many-requests`, `unavailable` where the provider cannot be reached. */
export async function beginLogin(core: Core, signerId: string, language: string): Promise<Login> {
  const provider = core.identityProvider;
  const { request } = await core.store.transaction((tx) => actingSigner(tx, core, signerId, 'login'));
  if (provider === null) throw new ServiceFault('conflict', 'No identity provider is configured.');
  const now = core.clock();
  const begun = await core.store.db
    .selectFrom('identity_checks')
    .select('id')
    .where('signer_id', '=', signerId)
    .where('created_at', '>', now - HOUR)
    .execute();
  if (begun.length >= LOGINS_AN_HOUR)
    throw new ServiceFault('too-many-requests', 'Too many logins were begun: wait an hour.', { retryAfter: 3600 });
  const [id, browser] = [randomBytes(24).toString('base64url'), randomBytes(24).toString('base64url')];
  const { url, secrets } = await provider.begin({ state: id, language }).catch((cause: unknown) => {
    throw new ServiceFault('unavailable', 'The identity provider cannot be reached.', {}, { cause });
  });
  const content: Kept = { secrets, language, browser: sha256(browser) };
  await core.store.transaction(async (tx) => {
    await actingSigner(tx, core, signerId, 'login');
    await tx
      .insertInto('identity_checks')
      .values({
        id,
        request_id: request.id,
        signer_id: signerId,
        kind: 'login',
        content_sealed: core.vault.seal(JSON.stringify(content), place('identity_checks', 'content', id)),
        created_at: now,
        ended_at: null,
      })
      .execute();
    await logEvent(tx, core, request.id, { type: 'signer.login-begun', actor: signerId, details: { provider: provider.name } });
  });
  return { id, url, browser };
}

/** Takes the answer of the provider. Null where this browser began no such login. */
export async function finishLogin(
  core: Core,
  answer: URLSearchParams,
  browser: string,
): Promise<{ readonly signer: string; readonly language: string; readonly outcome: LoginOutcome } | null> {
  const id = answer.get('state') ?? '';
  const { db } = core.store;
  const login = await db.selectFrom('identity_checks').selectAll().where('id', '=', id).where('kind', '=', 'login').executeTakeFirst();
  if (!login || core.identityProvider === null) return null;
  const {
    secrets,
    language,
    browser: expected,
  } = JSON.parse(core.vault.open(login.content_sealed, place('identity_checks', 'content', id))) as Kept;
  if (!sameText(sha256(browser), expected)) return null;
  const now = core.clock();
  const signer = login.signer_id;
  // Of two answers at once only one gets on from here.
  const taken = await db
    .updateTable('identity_checks')
    .set({ ended_at: now })
    .where('id', '=', id)
    .where('ended_at', 'is', null)
    .executeTakeFirst();
  if (Number(taken.numUpdatedRows) !== 1 || login.created_at + LOGIN_LIFE <= now) return { signer, language, outcome: 'expired' };
  const outcome = await take(core, signer, await core.identityProvider.finish(answer, secrets));
  return { signer, language, outcome };
}

async function take(core: Core, signerId: string, answer: ProviderAnswer): Promise<LoginOutcome> {
  const { person } = answer;
  const asked = await core.store.transaction((tx) => actingSigner(tx, core, signerId, 'login'));
  const owner = { request: asked.request.id, signer: signerId };
  const same = person !== null && isSamePerson(asked.signer, person);
  if (same)
    await keepEvidence(core, owner, 'identity-token', Buffer.from(person.token, 'utf8'), (tx) => actingSigner(tx, core, signerId, 'login'));
  return core.store.transaction(async (tx): Promise<LoginOutcome> => {
    const { request, signer } = await actingSigner(tx, core, signerId, 'login');
    const proof = person === null ? {} : proofOf(person);
    if (same) {
      await recordVerification(tx, core, request, signer, { verified: true, identity: identityOf(signer, person) }, proof);
      return 'verified';
    }
    const reason = person === null ? answer.reason : 'wrong-person';
    await logEvent(tx, core, request.id, { type: 'signer.login-refused', actor: signerId, details: { reason, ...proof } });
    if (person === null || !(await tooManyFailures(tx, signerId))) return reason;
    await recordVerification(tx, core, request, signer, { verified: false, reason: 'wrong-logins', identity: null });
    return 'locked';
  });
}

/**
 * Whether who logged in is who was asked to sign: nothing that both sides know may differ, and the number, the address of
 * mail or the name has to be the same.
 */
export function isSamePerson({ name, email, details }: SignerRecord, person: ProvidedPerson): boolean {
  const { documentNumber: number, birthDate } = details;
  if (number !== undefined && person.documentNumber !== null && plain(number) !== plain(person.documentNumber)) return false;
  if (birthDate !== undefined && person.birthDate !== null && birthDate !== person.birthDate) return false;
  if (number !== undefined && person.documentNumber !== null) return true;
  if (person.fullName === null) return person.email !== null && person.email.toLowerCase() === email.toLowerCase();
  const told = new Set(partsOf(person.fullName));
  const known = partsOf(name);
  // Middle names may be left out by either side; the first and the last name may not.
  return known.length > 0 && [known[0], known.at(-1)].every((part) => part !== undefined && told.has(part));
}

/** A name without marks, case and order. */
const partsOf = (name: string): string[] =>
  name
    .replace(/[łŁ]/g, 'l')
    .replace(/[øØ]/g, 'o')
    .replace(/ß/g, 'ss')
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);

const identityOf = (signer: SignerRecord, person: ProvidedPerson): Identity => ({
  fullName: person.fullName ?? signer.name,
  documentType: null,
  documentCountry: person.country ?? signer.country,
  dateOfBirth: person.birthDate,
  documentExpiry: null,
  matchScore: null,
  liveness: null,
  documentNumber: person.documentNumber,
  issuer: person.issuer,
  assurance: person.assurance,
});

/** What the log holds of a login, which all signers may read; the token itself, with who somebody is there, is kept as evidence. */
const proofOf = ({ issuer, assurance, loggedInAt, token }: ProvidedPerson) => ({
  issuer,
  assurance,
  loggedInAt: loggedInAt === null ? null : iso(loggedInAt),
  token: sha256(token),
});

const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

interface Kept {
  readonly secrets: Readonly<Record<string, string>>;
  readonly language: string;
  /** SHA-256 of what the browser brings back. */
  readonly browser: string;
}

const HOUR = 3_600_000;
const LOGINS_AN_HOUR = 20;
