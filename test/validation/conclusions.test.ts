/** Every conclusion of EN 319 102-1, 5.1, on documents signed with the throw-away PKI, the clock as argument. */
import { afterAll, describe, expect, test } from 'vitest';
import { plainPdf } from '../../scripts/plain-pdf.ts';
import { fromHex, toHex, utf8 } from '../../src/base/text.ts';
import { encodeSignedData } from '../../src/cms/build.ts';
import { parseSignedData } from '../../src/cms/signed-data.ts';
import { certifyResponder } from '../../src/issuing/authority.ts';
import {
  answerCrl,
  answerOcsp,
  createThrowAwayPki,
  extension,
  generateKey,
  issuingKey,
  type Leaf,
  type LeafOptions,
  type ThrowAwayPki,
} from '../../src/issuing/index.ts';
import { encodeOcspRequest, parseCertificate } from '../../src/pki/index.ts';
import { sign } from '../../src/sign.ts';
import { type ValidateOptions, validate } from '../../src/validate.ts';
import { type Conclusion, type Policy, policyByName, type SubIndication } from '../../src/validation/index.ts';

const day = 86_400_000;
const START = Date.UTC(2026, 5, 1);

/** A PKI of its own for each case, since some are revoked; its clock is the case's. */
interface Case {
  now: number;
  readonly pki: ThrowAwayPki;
  leaf(options?: LeafOptions): Promise<Leaf>;
  pdf(level: 'B' | 'T', leaf: Leaf): Promise<Uint8Array>;
  /** A CMS file with a content time-stamp of `stampedAt`. */
  cms(leaf: Leaf, stampedAt: number): Promise<Uint8Array>;
  /** CRLs of both authorities as they are now. */
  crls(): Promise<ValidateOptions['revocations']>;
}

async function begin(): Promise<Case> {
  const clock = { now: START };
  const pki = await createThrowAwayPki({ clock: () => clock.now });
  const { leaf, timestampAuthority: timestamps } = pki;
  return Object.assign(clock, {
    pki,
    leaf: (options: LeafOptions = {}) => leaf('P-256', { notBefore: START - day, notAfter: START + 30 * day, ...options }),
    pdf: (level: 'B' | 'T', { signer }: Leaf) => sign(PDF, { signer, at: clock.now, level, timestamps }),
    cms: async ({ signer }: Leaf, stampedAt: number) => {
      const at = clock.now;
      clock.now = stampedAt;
      return sign(utf8('content'), { format: 'cades', signer, at, contentTimestamp: true, timestamps });
    },
    crls: async () => [
      { kind: 'crl' as const, bytes: await answerCrl(pki, 'root') },
      { kind: 'crl' as const, bytes: await answerCrl(pki, 'issuing') },
    ],
  });
}

const PDF = plainPdf({ title: 'Agreement', pages: [['# Agreement']] });

/** What is judged beside the document. */
type Judged = Partial<ValidateOptions> & { readonly document: Uint8Array };
type Row = readonly [title: string, expected: 'PASSED' | SubIndication, make: (its: Case) => Promise<Judged>];

const good = async (its: Case): Promise<Judged> => ({ document: await its.pdf('T', await its.leaf()) });

/** Signed at the start, revoked later, judged later still. */
const revokedLater = async (its: Case, level: 'B' | 'T', certificate?: Uint8Array): Promise<Judged> => {
  const leaf = await its.leaf();
  const document = await its.pdf(level, leaf);
  its.pki.revoke(certificate ?? leaf, { at: START + 5 * day });
  its.now = START + 10 * day;
  return { document };
};

const changed = (document: Uint8Array, from: string, to: string): Uint8Array => {
  const at = Buffer.from(document).indexOf(from);
  if (at < 0) throw new Error(`nothing like ${from}`);
  const copy = Uint8Array.from(document);
  copy.set(utf8(to), at);
  return copy;
};

/** What a delegated responder says of `leaf` now, whose certificate ends at `until`. */
async function shortLivedAnswer({ pki, now }: Case, leaf: Leaf, until: number) {
  const { authority } = pki.authorities.issuing;
  const key = issuingKey(await generateKey('P-256'));
  const subject = { name: { CN: 'Responder for a short time' }, publicKey: key.publicKey, notBefore: now - day, notAfter: until };
  const responder = { key, certificate: await certifyResponder(authority, subject) };
  const [certificate, issuer] = [leaf.certificate, pki.intermediate].map((der) => parseCertificate(der));
  if (!certificate?.ok || !issuer?.ok) throw new Error('certificates that cannot be read');
  const request = encodeOcspRequest({ certificate: certificate.value, issuer: issuer.value });
  const answering = { ...pki, authorities: { ...pki.authorities, issuing: { authority, responder } } };
  return { kind: 'ocsp' as const, bytes: await answerOcsp(answering, request) };
}

const policy = (change: (base: Policy) => Partial<Policy>): Policy => ({ ...policyByName('default'), ...change(policyByName('default')) });

/** ECDSA as it would be if it ended (or never was). */
const ecdsa = (until: string | null): Policy =>
  policy(({ algorithms }) => ({
    algorithms: {
      ...algorithms,
      schemes: [
        ...algorithms.schemes.filter(({ scheme }) => scheme !== 'ECDSA'),
        ...(until ? [{ scheme: 'ECDSA' as const, minimumBits: 256, until }] : []),
      ],
    },
  }));

const rows: readonly Row[] = [
  ['a good signature', 'PASSED', good],
  [
    'one that is judged after its certificate expired',
    'PASSED',
    async (its) => {
      const judged = await good(its);
      const revocations = [...((await its.crls()) ?? [])];
      its.now = START + 400 * day;
      return { ...judged, revocations };
    },
  ],
  ['one that was stamped before the revocation', 'PASSED', (its) => revokedLater(its, 'T')],
  ['one that was stamped before the revocation of the authority', 'PASSED', (its) => revokedLater(its, 'T', its.pki.intermediate)],
  [
    'one under an anchor whose trust ended after the time-stamp',
    'PASSED',
    async (its) => {
      const { document } = await good(its);
      const revocations = await its.crls();
      const first = await validate(document, { at: its.now, trust: [its.pki.root], ...(revocations && { revocations }) });
      if (first.signatures[0]?.conclusion.indication !== 'PASSED') throw new Error('not good to begin with');
      its.now = START + 10 * day;
      return { document, ...(revocations && { revocations }), trust: [{ certificate: its.pki.root, sunset: START + 20 * day }] };
    },
  ],
  [
    'a byte range that leaves something out',
    'FORMAT_FAILURE',
    async (its) => {
      const { document } = await good(its);
      const text = Buffer.from(document).toString('latin1');
      const [range = ''] = /\/ByteRange ?\[[^\]]*\]/.exec(text) ?? [];
      const last = /(\d+) *\]$/.exec(range)?.[1] ?? '';
      return { document: changed(document, range, range.replace(new RegExp(`${last}( *\\])$`), `${'1'.padEnd(last.length)}$1`)) };
    },
  ],
  [
    'content that was changed',
    'HASH_FAILURE',
    async (its) => ({ document: changed((await good(its)).document, 'Agreement', 'Abreement') }),
  ],
  [
    'a signature value that was changed',
    'SIG_CRYPTO_FAILURE',
    async (its) => {
      const leaf = await its.leaf();
      let value = '';
      const signer = {
        ...leaf.signer,
        sign: async (...asked: Parameters<typeof leaf.signer.sign>) => {
          const made = await leaf.signer.sign(...asked);
          value = toHex(made);
          return made;
        },
      };
      const document = await sign(PDF, { signer, at: its.now });
      const held = Buffer.from(document).toString('latin1').includes(value) ? value : value.toUpperCase();
      return {
        document: changed(
          document,
          held,
          held.replace(/.$/, (digit) => (digit === '1' ? '2' : '1')),
        ),
      };
    },
  ],
  [
    'a signer that was revoked before the content was stamped',
    'REVOKED',
    async (its) => {
      const leaf = await its.leaf();
      const document = await its.cms(leaf, START + 10 * day);
      its.pki.revoke(leaf, { at: START + 5 * day });
      return { document };
    },
  ],
  [
    'a signer that expired before the content was stamped',
    'EXPIRED',
    async (its) => {
      const leaf = await its.leaf();
      its.now = START + 29 * day;
      const revocations = [...((await its.crls()) ?? [])];
      return { document: await its.cms(leaf, START + 40 * day), revocations };
    },
  ],
  [
    'a time-stamp from before the certificate',
    'NOT_YET_VALID',
    async (its) => {
      const leaf = await its.leaf();
      its.now = START - 5 * day;
      const timestamps = its.pki.timestampAuthority;
      const document = await sign(PDF, { signer: leaf.signer, at: START, level: 'T', timestamps });
      its.now = START;
      return { document };
    },
  ],
  [
    'a claimed time outside of the certificate',
    'SIG_CONSTRAINTS_FAILURE',
    async (its) => {
      const { document } = await good(its);
      return { document, policy: policy(({ levels }) => ({ levels: { ...levels, 'timestamp-delay': 'fail' } })) };
    },
  ],
  [
    'a certificate that is not for signing',
    'CHAIN_CONSTRAINTS_FAILURE',
    async (its) => ({ document: await its.pdf('B', await its.leaf({ extensions: [extension.keyUsage('keyEncipherment')] })) }),
  ],
  ['no revocation data', 'CERTIFICATE_CHAIN_GENERAL_FAILURE', async (its) => ({ ...(await good(its)), revocations: [] })],
  ['an algorithm that was never good', 'CRYPTO_CONSTRAINTS_FAILURE', async (its) => ({ ...(await good(its)), policy: ecdsa(null) })],
  [
    'an algorithm that has ended',
    'CRYPTO_CONSTRAINTS_FAILURE_NO_POE',
    async (its) => ({ ...(await good(its)), policy: ecdsa('2026-01-01') }),
  ],
  [
    'a signature policy that is not accepted',
    'POLICY_PROCESSING_ERROR',
    async (its) => ({ ...(await good(its)), policy: policy(() => ({ acceptablePolicies: ['1.2.3'] })) }),
  ],
  [
    'a signature policy that is not at hand',
    'SIGNATURE_POLICY_NOT_AVAILABLE',
    async (its) => {
      const { signer } = await its.leaf();
      const id = '1.2.3.4';
      const hash = fromHex('00'.repeat(32)) ?? new Uint8Array();
      const document = await sign(utf8('content'), {
        format: 'cades',
        signer,
        at: its.now,
        policy: { id, digestAlgorithm: 'SHA-256', hash },
      });
      return { document, policy: policy(({ levels }) => ({ levels: { ...levels, 'signature-policy-available': 'fail' } })) };
    },
  ],
  [
    'a content that was stamped after the signature',
    'TIMESTAMP_ORDER_FAILURE',
    async (its) => {
      const { signer } = await its.leaf();
      const times = [START + 2 * day, START + day];
      const timestamps = {
        stamp: async (...asked: Parameters<ThrowAwayPki['timestampAuthority']['stamp']>) => {
          its.now = times.shift() ?? START;
          return its.pki.timestampAuthority.stamp(...asked);
        },
      };
      const document = await sign(utf8('content'), { format: 'cades', signer, at: START, level: 'T', contentTimestamp: true, timestamps });
      its.now = START + 3 * day;
      return { document };
    },
  ],
  ['no trust', 'NO_CERTIFICATE_CHAIN_FOUND', async (its) => ({ ...(await good(its)), trust: [] })],
  [
    'trust that ended before anything was stamped',
    'NO_CERTIFICATE_CHAIN_FOUND_NO_POE',
    async (its) => ({ ...(await good(its)), trust: [{ certificate: its.pki.root, sunset: START - day }] }),
  ],
  ['a signer that was revoked, without time-stamp', 'REVOKED_NO_POE', (its) => revokedLater(its, 'B')],
  ['an authority that was revoked, without time-stamp', 'REVOKED_CA_NO_POE', (its) => revokedLater(its, 'B', its.pki.intermediate)],
  [
    'a signer that is on hold',
    'TRY_LATER',
    async (its) => {
      const leaf = await its.leaf();
      its.pki.revoke(leaf, { reason: 'certificateHold', at: START - 1 });
      return { document: await its.pdf('T', leaf) };
    },
  ],
  [
    'a signer that expired, not stamped, not revoked until then',
    'OUT_OF_BOUNDS_NOT_REVOKED',
    async (its) => {
      const document = await its.pdf('B', await its.leaf());
      its.now = START + 29 * day;
      const revocations = [...((await its.crls()) ?? [])];
      its.now = START + 31 * day;
      return { document, revocations };
    },
  ],
  [
    'a signer whose certificate is nowhere',
    'NO_SIGNING_CERTIFICATE_FOUND',
    async (its) => {
      const { signer } = await its.leaf();
      const signed = parseSignedData(await sign(utf8('content'), { format: 'cades', signer, at: its.now }));
      if (!signed.ok) throw new Error(signed.malformed.reason);
      const { signerInfos, digestAlgorithms, content } = signed.value;
      const bare = encodeSignedData({
        digestAlgorithms: digestAlgorithms.map(({ bytes }) => bytes),
        signerInfos: signerInfos.map(({ bytes }) => bytes),
        content,
      });
      return { document: bare };
    },
  ],
  [
    'a signer that expired, not stamped, of which a responder spoke that has expired too',
    'OUT_OF_BOUNDS_NO_POE',
    async (its) => {
      const leaf = await its.leaf();
      const document = await its.pdf('B', leaf);
      its.now = START + 29 * day;
      const revocations = [await shortLivedAnswer(its, leaf, START + 30 * day), ...((await its.crls()) ?? []).slice(0, 1)];
      its.now = START + 31 * day;
      return { document, revocations };
    },
  ],
  [
    'a signer of which a responder spoke that has expired since',
    'REVOCATION_OUT_OF_BOUNDS_NO_POE',
    async (its) => {
      const leaf = await its.leaf();
      const document = await its.pdf('T', leaf);
      its.now = START + 5 * day;
      const revocations = [await shortLivedAnswer(its, leaf, START + 6 * day), ...((await its.crls()) ?? []).slice(0, 1)];
      its.now = START + 7 * day;
      return { document, revocations };
    },
  ],
  [
    'signed content that is not at hand',
    'SIGNED_DATA_NOT_FOUND',
    async (its) => {
      const { signer } = await its.leaf();
      return { document: await sign(utf8('content'), { format: 'cades', packaging: 'detached', signer, at: its.now }) };
    },
  ],
];

/** Of building blocks alone: what a signature is concluded of then is what was concluded before. */
const OF_BLOCKS: readonly SubIndication[] = ['NO_POE'];

const nameOf = (conclusion: Conclusion | undefined): string | undefined =>
  conclusion?.indication === 'PASSED' ? 'PASSED' : conclusion?.because;

describe('a document', () => {
  test.each(rows)('with %s: %s', async (_title, expected, make) => {
    const its = await begin();
    const { document, ...more } = await make(its);
    const revocations = more.revocations ?? (await its.crls()) ?? [];
    const report = await validate(document, { at: its.now, trust: [its.pki.root], ...more, revocations });
    expect(nameOf(report.signatures[0]?.conclusion)).toBe(expected);
  });
});

test('a block finds NO_POE where no time is found at which all is proven to have been good', async () => {
  const its = await begin();
  const { document } = await revokedLater(its, 'T', its.pki.intermediate);
  const stored = await its.crls();
  its.pki.revoke(its.pki.tsa, { at: START - 400 * day });
  const revocations = [...(stored ?? []), ...((await its.crls()) ?? [])];
  const report = await validate(document, { at: its.now, trust: [its.pki.root], revocations });
  const blocks = report.signatures.flatMap((one) => [one, ...one.timestamps]).flatMap(({ process }) => process);
  const found = blocks.filter(({ conclusion }) => nameOf(conclusion) === 'NO_POE').map(({ block }) => block);
  expect(found).toContain('past-certificate-validation');
});

const seen = new Set<string>(rows.map(([, expected]) => expected));
afterAll(() => seen.clear());
test('every conclusion of the standard has its case', () => {
  const all: Record<SubIndication, true> = {
    FORMAT_FAILURE: true,
    HASH_FAILURE: true,
    SIG_CRYPTO_FAILURE: true,
    REVOKED: true,
    EXPIRED: true,
    NOT_YET_VALID: true,
    SIG_CONSTRAINTS_FAILURE: true,
    CHAIN_CONSTRAINTS_FAILURE: true,
    CERTIFICATE_CHAIN_GENERAL_FAILURE: true,
    CRYPTO_CONSTRAINTS_FAILURE: true,
    POLICY_PROCESSING_ERROR: true,
    SIGNATURE_POLICY_NOT_AVAILABLE: true,
    TIMESTAMP_ORDER_FAILURE: true,
    NO_SIGNING_CERTIFICATE_FOUND: true,
    NO_CERTIFICATE_CHAIN_FOUND: true,
    REVOKED_NO_POE: true,
    REVOKED_CA_NO_POE: true,
    OUT_OF_BOUNDS_NOT_REVOKED: true,
    OUT_OF_BOUNDS_NO_POE: true,
    REVOCATION_OUT_OF_BOUNDS_NO_POE: true,
    CRYPTO_CONSTRAINTS_FAILURE_NO_POE: true,
    NO_CERTIFICATE_CHAIN_FOUND_NO_POE: true,
    NO_POE: true,
    TRY_LATER: true,
    SIGNED_DATA_NOT_FOUND: true,
  };
  expect(
    Object.keys(all)
      .filter((name) => !seen.has(name))
      .sort(),
  ).toEqual([...OF_BLOCKS].sort());
});
