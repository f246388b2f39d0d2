/** BoringSSL's tables for certificates, CRLs, OCSP responses and chains: a strict web reading of RFC 5280 and 6960. */
import { der, Reader } from '../../src/asn1/index.ts';
import { fromIso } from '../../src/base/instant.ts';
import { attempt as read } from '../../src/base/parsed.ts';
import { fromUtf8 } from '../../src/base/text.ts';
import {
  anchorOf,
  type Certificate,
  findPath,
  type PathOptions,
  parseCertificate,
  parseCrl,
  parseOcspResponse,
  type RevocationOptions,
  revocationStatus,
  validatePath,
} from '../../src/pki/index.ts';
import { fail, judged, outOfScope, pass, type Suite, uncounted, type Verdict } from '../case.ts';
import { readFile, readManifest } from '../manifest.ts';
import { type PemBlock, pemBlocks } from './pem-blocks.ts';

interface Entry {
  readonly id: string;
  readonly kind: 'ocsp' | 'crl' | 'chain' | 'parse';
  readonly files: { readonly pem?: string; readonly chain_pem?: string };
  readonly inputs: {
    readonly time?: string;
    readonly utc_time?: string;
    readonly max_age_days?: number;
    readonly key_purpose?: string;
    readonly last_cert_trust?: string;
    readonly digest_policy?: string;
    readonly expected_user_constrained_policy_set?: string;
  };
  readonly expected?: {
    readonly revocation_status?: string;
    readonly valid?: boolean;
    readonly errors?: string | null;
  };
}

export const boringsslPki: Suite = {
  name: 'boringssl-pki',
  async run(dir, { attempt }) {
    const results = [];
    for (const entry of readManifest<Entry>(dir).cases) {
      results.push(
        await attempt(entry.id, entry.expected, () => {
          const path = entry.files.pem ?? entry.files.chain_pem ?? '';
          return JUDGES[entry.kind](entry, pemBlocks(new TextDecoder('latin1').decode(readFile(dir, path))));
        }),
      );
    }
    return results;
  },
};

function judgeChain({ inputs, expected }: Entry, blocks: readonly PemBlock[]): Verdict {
  const trust = inputs.last_cert_trust ?? 'TRUSTED_ANCHOR';
  const constraints = ANCHOR_TRUST.get(trust);
  if (constraints === undefined) return outOfScope('kinds of trust that only the trust store of a browser has');
  const rule = purposeRule(inputs);
  if (rule !== null) return outOfScope(rule);
  const certificates = blocks.flatMap(({ bytes }) => {
    const certificate = parseCertificate(bytes);
    return certificate.ok ? [certificate.value] : [];
  });
  const anchor = certificates.pop();
  if (!anchor || certificates.length + 1 < blocks.length) {
    return judged(expected?.valid, 'a certificate of the chain cannot be read', expected?.valid === false);
  }
  const at = utcTime(inputs.utc_time);
  const result = validatePath({ path: certificates, anchor: anchorOf(anchor), at, ...constraints, ...purposesOf(inputs) });
  const got = result.ok
    ? { valid: true, policies: [...result.policies].sort() }
    : { valid: false, why: `${result.failure.code} at ${result.failure.index}: ${result.failure.what}` };
  const policies = inputs.expected_user_constrained_policy_set?.split(', ').sort();
  const right = result.ok === expected?.valid && (!result.ok || !policies || policies.join() === [...result.policies].sort().join());
  return judged(expected?.valid, got, right);
}

/** BoringSSL's strict purposes and digest policies are rules of TLS. */
function purposeRule({ key_purpose = 'ANY_EKU' }: Entry['inputs']): string | null {
  return PURPOSES.has(key_purpose) ? null : 'key purposes with rules of TLS or MLS of their own';
}

const purposesOf = ({ key_purpose = 'ANY_EKU' }: Entry['inputs']): { purposes?: readonly string[]; nestedPurposes?: boolean } => {
  const purpose = PURPOSES.get(key_purpose);
  return purpose ? { purposes: [purpose], nestedPurposes: true } : {};
};

function judgeCrl({ inputs, expected }: Entry, blocks: readonly PemBlock[]): Verdict {
  const crl = parseCrl(block(blocks, 'CRL'));
  const target = certificate(blocks, 'CERTIFICATE');
  const ca = certificate(blocks, 'CA CERTIFICATE');
  const other = blocks.some(({ label }) => label === 'CA CERTIFICATE 2') ? certificate(blocks, 'CA CERTIFICATE 2') : null;
  const want = expected?.revocation_status;
  if (!crl.ok) return judged(want, `unreadable: ${crl.malformed.reason}`, want === 'unknown');
  // The strict profile of the suite refuses what the parser tolerates and tells.
  if (crl.value.deviations.length > 0) return judged(want, `tolerated: ${crl.value.deviations.join('; ')}`, want === 'unknown');
  const candidates = other ? [other, ca] : [ca];
  const at = time(inputs);
  const options = {
    candidates,
    maximumAge: age(inputs),
    trusts: (signer: Certificate) => findPath({ target: signer, anchors: [anchorOf(ca)], candidates, at }).ok,
  };
  const outcome = revocationStatus(target, other ?? ca, [crl.value], [], at, options);
  return judged(want, 'why' in outcome ? `${outcome.status}: ${outcome.why}` : outcome.status, outcome.status === want);
}

function judgeOcsp({ inputs, expected }: Entry, blocks: readonly PemBlock[]): Verdict {
  const target = certificate(blocks, 'CERTIFICATE');
  const issuer = certificate(blocks, 'CA CERTIFICATE');
  const response = parseOcspResponse(block(blocks, 'OCSP RESPONSE'));
  const want = expected?.revocation_status?.toLowerCase();
  if (!response.ok) return judged(want, `unreadable: ${response.malformed.reason}`, want === 'unknown');
  const options: RevocationOptions = { candidates: [issuer], maximumAge: age(inputs) };
  const outcome = revocationStatus(target, issuer, [], [response.value], time(inputs), options);
  return judged(want, 'why' in outcome ? `${outcome.status}: ${outcome.why}` : outcome.status, outcome.status === want);
}

function judgeParse({ expected }: Entry, blocks: readonly PemBlock[]): Verdict {
  if (expected === undefined) return uncounted(null);
  if (blocks.some(({ label }) => label === 'TBS CERTIFICATE'))
    return outOfScope('parts that are placeholders: certificates are read in one go here');
  const encoding = blocks.find(({ label }) => label === 'CERTIFICATE')?.bytes;
  if (!encoding) return uncounted('a bare extension value');
  if (!namesAlgorithm(encoding))
    return outOfScope('a signature algorithm that is no AlgorithmIdentifier: read later there, refused at once here');
  const errors = fromUtf8(blocks.find(({ label }) => label === 'ERRORS')?.bytes ?? new Uint8Array()) ?? '';
  const mustFail = /^ERROR/m.test(expected.errors ?? errors);
  const certificate = parseCertificate(encoding);
  if (!certificate.ok) return (mustFail ? pass : fail)(`unreadable: ${certificate.malformed.reason}`);
  const { malformedExtensions, deviations, basicConstraints } = certificate.value;
  if ((basicConstraints?.pathLength ?? 0) > 255) return outOfScope('a path length above 255: a limit of one implementation');
  const problems = malformedExtensions.map(({ oid, malformed }) => `${oid}: ${malformed.reason}`);
  // Warnings of the suite are deviations here, and so are some of its errors; a departure must be told either way.
  const right = mustFail ? problems.length + deviations.length > 0 : problems.length === 0;
  return (right ? pass : fail)({ problems, deviations });
}

/** Whether the outer AlgorithmIdentifier, where there is a SEQUENCE for it, holds an identifier of some length and at most one more value. */
function namesAlgorithm(encoding: Uint8Array): boolean {
  const found = read(() => {
    const outer = Reader.over(encoding, 'Certificate').sequence();
    outer.any();
    return outer.peek() === 0x30 ? outer.sequence() : null;
  });
  if (!found.ok || found.value === null) return true;
  const algorithm = found.value;
  const named = read(() => {
    const oid = algorithm.oid();
    if (!algorithm.done) algorithm.any();
    algorithm.finish();
    return oid.includes('.') && !oid.startsWith('0.0');
  });
  return named.ok && named.value;
}

const block = (blocks: readonly PemBlock[], label: string): Uint8Array => {
  const found = blocks.find((one) => one.label === label);
  if (!found) throw new Error(`no ${label}`);
  return found.bytes;
};

function certificate(blocks: readonly PemBlock[], label: string): Certificate {
  const parsed = parseCertificate(block(blocks, label));
  if (!parsed.ok) throw new Error(`${label} cannot be read: ${parsed.malformed.reason}`);
  return parsed.value;
}

const age = ({ max_age_days = 7 }: Entry['inputs']): number => max_age_days * 86_400_000;

const time = ({ time }: Entry['inputs']): number => fromIso(time ?? '') ?? Number.NaN;

function utcTime(text = 'DEFAULT'): number {
  if (text === 'DEFAULT') return Date.UTC(2021, 9, 5, 12);
  return Reader.over(der.encode(0x17, new TextEncoder().encode(text)), 'utc_time').time();
}

const JUDGES = { chain: judgeChain, crl: judgeCrl, ocsp: judgeOcsp, parse: judgeParse } as const;
const ANCHOR_TRUST: ReadonlyMap<string, Pick<PathOptions, 'anchorConstraints' | 'anchorDates'>> = new Map([
  ['TRUSTED_ANCHOR', {}],
  ['TRUSTED_ANCHOR_WITH_CONSTRAINTS', { anchorConstraints: 'enforced' }],
  ['TRUSTED_ANCHOR_WITH_EXPIRATION', { anchorDates: 'enforced' }],
  ['TRUSTED_ANCHOR_WITH_EXPIRATION_AND_CONSTRAINTS', { anchorConstraints: 'enforced', anchorDates: 'enforced' }],
]);
const PURPOSES: ReadonlyMap<string, string | null> = new Map([
  ['ANY_EKU', null],
  ['SERVER_AUTH', '1.3.6.1.5.5.7.3.1'],
  ['CLIENT_AUTH', '1.3.6.1.5.5.7.3.2'],
]);
