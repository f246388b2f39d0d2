/** Delta CRLs (RFC 5280, 5.2.4 and 6.3.3): read together with the complete CRL that they continue, and never without it. */
import { describe, expect, test } from 'vitest';
import { utf8 } from '../../src/base/text.ts';
import { answerCrl, extension, issueCrl, type RevokedCertificate } from '../../src/issuing/index.ts';
import { parseCertificate } from '../../src/pki/index.ts';
import { sign } from '../../src/sign.ts';
import { validate } from '../../src/validate.ts';
import { memoryPki } from '../support/pki.ts';

const DAY = 86_400_000;
const AT = Date.UTC(2026, 5, 10);
const pki = memoryPki({ at: AT });

type Reason = NonNullable<RevokedCertificate['reason']>;

/** A CRL of the issuing authority; the signer is in it by `says`. Times in days from now. */
interface Told {
  readonly number: number;
  /** Number of the complete CRL that it continues; left out: it is complete itself. */
  readonly base?: number;
  readonly says?: Reason;
  readonly from?: number;
  readonly until?: number;
  /** By a key that is not the authority's. */
  readonly forged?: true;
}

async function concluded(crls: readonly Told[]): Promise<string> {
  const made = await pki();
  const { signer, certificate } = await made.leaf('P-256', { notBefore: AT - 30 * DAY });
  const read = parseCertificate(certificate);
  if (!read.ok) throw new Error(read.malformed.reason);
  const { authority } = made.authorities.issuing;
  const document = await sign(utf8('content'), { format: 'cades', signer, at: AT });
  const told = crls.map(async ({ number, base, says, from = -1, until = 1, forged }) => ({
    kind: 'crl' as const,
    bytes: await issueCrl({
      issuer: authority.name,
      key: forged ? made.timestampIssuer.key : authority.key,
      thisUpdate: AT + from * DAY,
      nextUpdate: AT + until * DAY,
      number,
      revoked: says ? [{ serial: read.value.serial, at: AT - 20 * DAY, reason: says }] : [],
      extensions: base === undefined ? [] : [extension.deltaCrlIndicator(base)],
    }),
  }));
  const revocations = [{ kind: 'crl' as const, bytes: await answerCrl(made, 'root') }, ...(await Promise.all(told))];
  const [signature] = (await validate(document, { at: AT, trust: [made.root], revocations })).signatures;
  const conclusion = signature?.conclusion;
  return conclusion?.indication === 'PASSED' ? `PASSED, ${signature?.revocation.status}` : `${conclusion?.because}`;
}

const OLD = { from: -9, until: -2 };

describe('a complete CRL and a delta', () => {
  test.each<readonly [title: string, crls: readonly Told[], expected: string]>([
    [
      'that say nothing of the signer',
      [
        { number: 1, from: -2 },
        { number: 2, base: 1 },
      ],
      'PASSED, good',
    ],
    [
      'that adds the signer',
      [
        { number: 1, from: -2 },
        { number: 2, base: 1, says: 'keyCompromise' },
      ],
      'REVOKED_NO_POE',
    ],
    [
      'that says nothing of a signer who is revoked',
      [
        { number: 1, from: -2, says: 'superseded' },
        { number: 2, base: 1 },
      ],
      'REVOKED_NO_POE',
    ],
    [
      'that says nothing of a signer who is on hold',
      [
        { number: 1, from: -2, says: 'certificateHold' },
        { number: 2, base: 1 },
      ],
      'TRY_LATER',
    ],
    [
      'that puts the signer on hold',
      [
        { number: 1, from: -2 },
        { number: 2, base: 1, says: 'certificateHold' },
      ],
      'TRY_LATER',
    ],
    [
      'that takes the signer off hold',
      [
        { number: 1, from: -2, says: 'certificateHold' },
        { number: 2, base: 1, says: 'removeFromCRL' },
      ],
      'PASSED, good',
    ],
    [
      'that takes back a revocation for good, which nothing can',
      [
        { number: 1, from: -2, says: 'keyCompromise' },
        { number: 2, base: 1, says: 'removeFromCRL' },
      ],
      'REVOKED_NO_POE',
    ],
    [
      'that forgets what the delta before it added',
      [
        { number: 1, from: -3 },
        { number: 2, base: 1, from: -2, says: 'keyCompromise' },
        { number: 3, base: 1 },
      ],
      'REVOKED_NO_POE',
    ],
    [
      'of the same number, which changes nothing',
      [
        { number: 1, from: -2 },
        { number: 1, base: 1 },
      ],
      'PASSED, good',
    ],
  ])('%s', async (_title, crls, expected) => expect(await concluded(crls)).toBe(expected));
});

describe('freshness', () => {
  test.each<readonly [title: string, crls: readonly Told[], expected: string]>([
    ['of a complete CRL that is old is not enough', [{ number: 1, ...OLD }], 'TRY_LATER'],
    [
      'comes from the delta that continues it',
      [
        { number: 1, ...OLD },
        { number: 2, base: 1 },
      ],
      'PASSED, good',
    ],
    [
      'does not come from a delta that is old as well',
      [
        { number: 1, ...OLD },
        { number: 2, base: 1, from: -8, until: -3 },
      ],
      'TRY_LATER',
    ],
    [
      'does not come from a delta of another authority',
      [
        { number: 1, ...OLD },
        { number: 2, base: 1, forged: true },
      ],
      'TRY_LATER',
    ],
    [
      'does not come from a delta that begins later',
      [
        { number: 1, ...OLD },
        { number: 5, base: 4 },
      ],
      'TRY_LATER',
    ],
  ])('%s', async (_title, crls, expected) => expect(await concluded(crls)).toBe(expected));
});

describe('a delta without the complete CRL that it continues', () => {
  test.each<readonly [title: string, crls: readonly Told[], expected: string]>([
    ['says nothing', [{ number: 2, base: 1 }], 'CERTIFICATE_CHAIN_GENERAL_FAILURE'],
    ['says nothing of a revocation either', [{ number: 2, base: 1, says: 'keyCompromise' }], 'CERTIFICATE_CHAIN_GENERAL_FAILURE'],
    [
      'says nothing beside another delta',
      [
        { number: 2, base: 1 },
        { number: 3, base: 1 },
      ],
      'CERTIFICATE_CHAIN_GENERAL_FAILURE',
    ],
    [
      'leaves a complete CRL of before as it is',
      [
        { number: 1, from: -2 },
        { number: 5, base: 4 },
      ],
      'PASSED, good',
    ],
    [
      'leaves one that is forged aside',
      [
        { number: 1, from: -2, forged: true },
        { number: 2, base: 1 },
      ],
      'CERTIFICATE_CHAIN_GENERAL_FAILURE',
    ],
  ])('%s', async (_title, crls, expected) => expect(await concluded(crls)).toBe(expected));
});
