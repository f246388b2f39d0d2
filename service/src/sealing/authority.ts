/**
 * The operator's authorities, one for live and one for test mode: a root, an issuing CA, responders, a time-stamping
 * authority and the seal. Their keys lie encrypted in the database, so that all processes on it are one authority.
 */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import type { SigningScheme } from 'adeskit';
import { type IssuingKey, issueOcspResponse, issueTimestampToken, issuingKey, randomSerial } from 'adeskit/issuing';
import { attributeValues, type Certificate, encodeCertId, parseCertificate } from 'adeskit/pki';
import type { Mode } from '../domain/model.ts';
import type { Store } from '../storage/database.ts';
import type { Vault } from '../storage/vault.ts';
import {
  type Era,
  issueChain,
  issueToSigner,
  newKey,
  type SignerToCertify,
  type StoredAuthority,
  type StoredKey,
} from './authority-making.ts';

/** A key that signs, and its certificate with its issuers. */
export interface Credential {
  readonly key: IssuingKey;
  readonly chain: readonly [own: Uint8Array, ...issuers: Uint8Array[]];
}

export interface Authority {
  readonly mode: Mode;
  /** DER: the trust anchor. */
  readonly root: Uint8Array;
  readonly issuing: Uint8Array;
  /** The operator's seal. */
  readonly seal: Credential;
  readonly timestamping: Credential;
  /** Certifies a fresh key for one signer, written down before it is used. The key is nowhere else. */
  certifySigner(signer: SignerToCertify): Promise<Credential & { readonly serial: string }>;
  /** An OCSP response for a certificate of this authority; null: it is of somebody else. */
  status(certificate: Uint8Array, issuer: Uint8Array): Promise<readonly { readonly kind: 'ocsp'; readonly bytes: Uint8Array }[] | null>;
  /** A time-stamp token, and what it says. */
  stamp(imprint: Uint8Array, digest: string): Promise<{ readonly token: Uint8Array; readonly time: number; readonly authority: string }>;
}

export const SCHEME: SigningScheme & 'ECDSA' = 'ECDSA';

export interface AuthorityPorts {
  readonly store: Store;
  readonly vault: Vault;
  readonly clock: () => number;
}

/** Opens the authority of a mode; the first process to ask makes it. */
export async function openAuthority(ports: AuthorityPorts, mode: Mode): Promise<Authority> {
  const { store, clock } = ports;
  const stored = await keyring(ports, `authority ${mode}`, async () => JSON.stringify(await issueChain(mode, clock())));
  const made = JSON.parse(stored) as StoredAuthority;
  const [root, issuing] = [certificateOf(made.root), certificateOf(made.issuing)];
  const keys = { root: keyOf(made.root), issuing: keyOf(made.issuing) };
  const responders = { root: made.rootResponder, issuing: made.issuingResponder };
  const timestamping: Credential = { key: keyOf(made.timestamping), chain: [bytesOf(made.timestamping)] };
  const authorityName = attributeValues(certificateOf(made.timestamping).subject, '2.5.4.3')[0] ?? '';
  // Its own certificates are asked about with every signature, and are never revoked: one answer serves all that ask in its second.
  const own = new Map(
    Object.values(made).map((stored: StoredKey) => [certificateOf(stored).serialHex, { at: 0, bytes: new Uint8Array() as Uint8Array }]),
  );
  return {
    mode,
    root: root.bytes,
    issuing: issuing.bytes,
    seal: { key: keyOf(made.seal), chain: [bytesOf(made.seal), issuing.bytes] },
    timestamping,
    certifySigner: async (signer) => {
      const now = clock();
      const privateKey = await newKey();
      const key = issuingKey(privateKey);
      const era: Era = { notBefore: now - HOUR, notAfter: now + SIGNER_LIFE };
      const { certificate, serial } = await issueToSigner(keys.issuing, issuing, key, signer, era);
      await store.db
        .insertInto('certificates')
        .values({
          serial,
          authority: mode,
          request_id: signer.requestId,
          signer_id: signer.signerId,
          issued_at: now,
          not_after: era.notAfter,
          revoked_at: null,
          reason: null,
          der: Buffer.from(certificate).toString('base64'),
        })
        .execute();
      return { key, chain: [certificate, issuing.bytes], serial };
    },
    status: async (certificate, issuer) => {
      const of = [root.bytes, issuing.bytes].findIndex((own) => Buffer.compare(own, issuer) === 0);
      const read = parseCertificate(certificate);
      if (of < 0 || !read.ok) return null;
      const [issuedBy, responder] = of === 0 ? [root, responders.root] : [issuing, responders.issuing];
      const { serialHex } = read.value;
      const at = Math.floor(clock() / 1000) * 1000;
      const kept = own.get(serialHex);
      if (kept?.at === at) return [{ kind: 'ocsp', bytes: kept.bytes }];
      const revokedAt = kept ? null : await revocationOf(store, serialHex);
      const bytes = await answerFor(read.value, issuedBy, responder, { at, revokedAt });
      if (kept) own.set(serialHex, { at, bytes });
      return [{ kind: 'ocsp', bytes }];
    },
    stamp: async (imprint, digest) => {
      const time = clock();
      const issuer = { key: timestamping.key, certificate: timestamping.chain[0], policy: POLICY, accuracy: 1000 };
      const token = await issueTimestampToken({
        issuer,
        digest: digest as 'SHA-256',
        imprint,
        nonce: null,
        certificates: 'included',
        at: time,
        serial: randomSerial(),
      });
      return { token, time, authority: authorityName };
    },
  };
}

/** A secret that all processes share: made by the first that needs it. */
export async function keyring({ store, vault, clock }: AuthorityPorts, name: string, make: () => Promise<string>): Promise<string> {
  const read = async (): Promise<string | null> => {
    const row = await store.db.selectFrom('keyring').select('value_sealed').where('name', '=', name).executeTakeFirst();
    return row ? vault.open(row.value_sealed, `keyring ${name}`) : null;
  };
  const found = await read();
  if (found !== null) return found;
  const sealed = vault.seal(await make(), `keyring ${name}`);
  await store.db
    .insertInto('keyring')
    .values({ name, value_sealed: sealed, created_at: clock() })
    .onConflict((conflict) => conflict.column('name').doNothing())
    .execute();
  // Where another process was faster, its value counts.
  const kept = await read();
  if (kept === null) throw new Error(`the secret ${name} could not be kept`);
  return kept;
}

async function revocationOf({ db }: Store, serial: string): Promise<number | null> {
  const row = await db.selectFrom('certificates').select('revoked_at').where('serial', '=', serial).executeTakeFirst();
  return row?.revoked_at ?? null;
}

function answerFor(
  certificate: Certificate,
  issuer: Certificate,
  responder: StoredKey,
  { at, revokedAt }: { readonly at: number; readonly revokedAt: number | null },
): Promise<Uint8Array> {
  return issueOcspResponse({
    key: keyOf(responder),
    certificates: [bytesOf(responder)],
    producedAt: at,
    responses: [
      {
        certId: encodeCertId('SHA-1', certificate, issuer),
        status: revokedAt === null ? 'good' : { revokedAt },
        thisUpdate: at,
        nextUpdate: at + STATUS_LIFE,
      },
    ],
    nonce: null,
  });
}

const privateKeys = new WeakMap<StoredKey, IssuingKey>();

function keyOf(stored: StoredKey): IssuingKey {
  const known = privateKeys.get(stored);
  if (known) return known;
  const privateKey: KeyObject = createPrivateKey({ key: Buffer.from(stored.key, 'base64'), format: 'der', type: 'pkcs8' });
  const key = issuingKey(privateKey);
  privateKeys.set(stored, key);
  return key;
}

const bytesOf = (stored: StoredKey): Uint8Array => new Uint8Array(Buffer.from(stored.certificate, 'base64'));

function certificateOf(stored: StoredKey): Certificate {
  const read = parseCertificate(bytesOf(stored));
  if (!read.ok) throw new Error(`a certificate of the authority cannot be read: ${read.malformed.reason}`);
  return read.value;
}

const HOUR = 3_600_000;
/** Certificates of signers are used once, at once. */
const SIGNER_LIFE = 24 * HOUR;
const STATUS_LIFE = 7 * 24 * HOUR;
/** Under the enterprise number for examples (RFC 5612). */
const POLICY = '1.3.6.1.4.1.32473.1.2';
