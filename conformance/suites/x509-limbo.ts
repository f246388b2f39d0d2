/** x509-limbo: paths and CRLs built to be misread; anchors count as certificates there (RFC 5937). */
import {
  anchorOf,
  type Certificate,
  type Crl,
  findPath,
  parseCertificate,
  parseCrl,
  type RevocationCheck,
  revocationBy,
} from '../../src/pki/index.ts';
import { judged, outOfScope, type Suite, type Verdict } from '../case.ts';
import { readFile, readManifest } from '../manifest.ts';
import { pemBlocks } from './pem-blocks.ts';

interface Entry {
  readonly id: string;
  readonly files: { readonly suite: string };
  readonly inputs: { readonly index: number };
  readonly expected?: 'SUCCESS' | 'FAILURE';
}

interface PeerName {
  readonly kind: string;
  readonly value: string;
}

interface LimboCase {
  readonly validation_kind: 'SERVER' | 'CLIENT';
  readonly trusted_certs: readonly string[];
  readonly untrusted_intermediates: readonly string[];
  readonly peer_certificate: string;
  readonly validation_time: string | null;
  readonly expected_peer_name: PeerName | null;
  readonly expected_peer_names: readonly PeerName[];
  readonly max_chain_depth: number | null;
  readonly extended_key_usage: readonly string[];
  readonly crls?: readonly string[];
}

export const x509Limbo: Suite = {
  name: 'x509-limbo',
  async run(dir, { attempt }) {
    const suites = new Map<string, readonly LimboCase[]>();
    const suite = (path: string): readonly LimboCase[] => {
      const known = suites.get(path) ?? (JSON.parse(new TextDecoder().decode(readFile(dir, path))) as { testcases: LimboCase[] }).testcases;
      suites.set(path, known);
      return known;
    };
    const results = [];
    for (const entry of readManifest<Entry>(dir).cases) {
      results.push(
        await attempt(entry.id, entry.expected, () => {
          const one = suite(entry.files.suite)[entry.inputs.index];
          if (one === undefined) throw new Error('no such case');
          return judge(one, entry.expected);
        }),
      );
    }
    return results;
  },
};

function judge(one: LimboCase, expected: Entry['expected']): Verdict {
  const target = certificates([one.peer_certificate])[0];
  const anchors = certificates(one.trusted_certs);
  const candidates = certificates(one.untrusted_intermediates);
  const { got, why } = validate(one, target, anchors, candidates);
  const rule = got === 'SUCCESS' && target ? outside(one, target, [target, ...anchors, ...candidates]) : null;
  return rule === null ? judged(expected, why === null ? got : `${got}: ${why}`, got === expected) : outOfScope(rule, got);
}

function validate(
  one: LimboCase,
  target: Certificate | undefined,
  anchors: readonly Certificate[],
  candidates: readonly Certificate[],
): { got: 'SUCCESS' | 'FAILURE'; why: string | null } {
  if (!target) return { got: 'FAILURE', why: 'the certificate cannot be read' };
  const at = one.validation_time === null ? Date.now() : Date.parse(one.validation_time);
  const crls = (one.crls ?? []).flatMap((pem) =>
    pemBlocks(pem).flatMap(({ bytes }): Crl[] => {
      const crl = parseCrl(bytes);
      return crl.ok ? [crl.value] : [];
    }),
  );
  const found = findPath({
    target,
    anchors: anchors.map(anchorOf),
    candidates,
    at,
    anchorConstraints: 'enforced',
    anchorDates: 'enforced',
    purposes: one.validation_kind === 'SERVER' ? ['1.3.6.1.5.5.7.3.1'] : ['1.3.6.1.5.5.7.3.2'],
    nestedPurposes: true,
    ...(one.max_chain_depth === null ? {} : { longest: one.max_chain_depth + 1 }),
    ...((one.crls ?? []).length > 0
      ? { revocation: whereCovered(revocationBy({ crls, ocsps: [], candidates: [...anchors, ...candidates], at })) }
      : {}),
  });
  return found.ok
    ? { got: 'SUCCESS', why: null }
    : { got: 'FAILURE', why: `${found.failure.code} at ${found.failure.index}: ${found.failure.what}` };
}

/** The suite hands over CRLs of some issuers only, and means that others have none: no CRL of the issuer is not a failure there. */
function whereCovered(check: RevocationCheck): RevocationCheck {
  return (certificate, issuer, anchor) => {
    const outcome = check(certificate, issuer, anchor);
    const uncovered =
      outcome.status === 'unknown' && /^(CRL: the CRL is of another issuer than the certificate|no revocation data)$/.test(outcome.why);
    return uncovered ? { status: 'not-needed', why: outcome.why } : outcome;
  };
}

/** What is left to ask where the path holds: questions of web servers, which the certificate of a signer is not asked. Null: nothing. */
function outside(one: LimboCase, target: Certificate, all: readonly Certificate[]): string | null {
  const names = [...(one.expected_peer_name ? [one.expected_peer_name] : []), ...one.expected_peer_names];
  if (!names.every((name) => hasName(target, name)))
    return 'the path holds, and the host name asked for is not in the certificate: host names are not checked';
  return weakKey(all);
}

function weakKey(all: readonly Certificate[]): string | null {
  for (const certificate of all) {
    const key = certificate.publicKey;
    if (
      key?.kind === 'DSA' ||
      key?.curve === 'P-192' ||
      key?.curve === 'prime192v1' ||
      (key?.kind === 'RSA' && (key.bits % 8 !== 0 || key.bits < 2048))
    )
      return 'the path holds, by an unusual or short key: those are judged by the signature policy, not by the path';
    if (certificate.signatureAlgorithm?.digest === 'SHA-1' && !certificate.selfIssued)
      return 'the path holds, by SHA-1: digests are judged by the signature policy, not by the path';
  }
  return null;
}

function hasName(target: Certificate, { kind, value }: PeerName): boolean {
  const names = target.subjectAltNames ?? [];
  if (kind === 'RFC822') return names.some((name) => name.kind === 'rfc822Name' && name.value === value);
  if (kind === 'IP') return names.some((name) => name.kind === 'iPAddress' && addressText(name.value) === value.toLowerCase());
  const host = value.toLowerCase();
  return names.some((name) => {
    if (name.kind !== 'dNSName') return false;
    const pattern = name.value.toLowerCase();
    return (
      pattern === host ||
      (pattern.startsWith('*.') && !pattern.slice(2).includes('*') && host.slice(host.indexOf('.') + 1) === pattern.slice(2))
    );
  });
}

function addressText(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  const groups = Array.from({ length: 8 }, (_, i) => (((bytes[2 * i] ?? 0) << 8) | (bytes[2 * i + 1] ?? 0)).toString(16));
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}

function certificates(pems: readonly string[]): Certificate[] {
  return pems.flatMap((pem) =>
    pemBlocks(pem).flatMap(({ bytes }) => {
      const certificate = parseCertificate(bytes);
      return certificate.ok ? [certificate.value] : [];
    }),
  );
}
