/** Keys that a case of the xmldsig suite accepts: those it gives, and those of KeyInfo as it allows. */
import type { Bytes } from '../../src/base/bytes.ts';
import { fromBase64, fromLatin1 } from '../../src/base/text.ts';
import { type Certificate, parseCertificate } from '../../src/pki/certificate.ts';
import { anchorOf, findPath } from '../../src/pki/path.ts';
import { readKeyInfo } from '../../src/xmldsig/key-info.ts';
import type { ReferenceSource } from '../../src/xmldsig/reference.ts';
import type { XmlSignature } from '../../src/xmldsig/signature.ts';
import { readFile } from '../manifest.ts';

export interface KeyCase {
  readonly files: { readonly trusted?: readonly string[]; readonly untrusted?: readonly string[] };
  readonly inputs: {
    readonly keys?: readonly { readonly kind: string; readonly file: string }[];
    readonly time?: string | null;
    readonly trust?: string;
    readonly enabled_key_info?: readonly string[];
    readonly extra_options?: readonly (readonly [string, string | null])[];
  };
}

/** SubjectPublicKeyInfo of each, and the rule by which the case asks something else than whether the signature holds. */
export function acceptedKeys(
  dir: string,
  { files, inputs }: KeyCase,
  signature: XmlSignature,
  source: ReferenceSource,
): { readonly keys: readonly Bytes[]; readonly rule: string | null } {
  const options = new Set((inputs.extra_options ?? []).map(([name]) => name));
  const rule = RULES.find(([option]) => options.has(option))?.[1] ?? null;
  const given = (inputs.keys ?? []).filter(({ kind }) => kind.includes('cert')).flatMap(({ file }) => certificate(readFile(dir, file)));
  const keyInfo = readKeyInfo(signature.document, signature.keyInfo, source);
  const mathsOnly = inputs.trust !== undefined || options.has('--insecure');
  const enabled = new Set(inputs.enabled_key_info ?? []);
  const values = mathsOnly || ['key-value', 'der-encoded-key-value', 'rsa'].some((kind) => enabled.has(kind)) ? keyInfo.keys : [];
  const pool = [
    ...keyInfo.certificates.flatMap(certificate),
    ...(files.untrusted ?? []).flatMap((file) => certificate(readFile(dir, file))),
  ];
  const anchors = (files.trusted ?? []).flatMap((file) => certificate(readFile(dir, file)));
  const at = options.has('--X509-skip-time-checks') ? null : Date.parse(`${inputs.time ?? TODAY}Z`);
  const chained = mathsOnly
    ? pool
    : [...pool, ...anchors].filter(
        (target) => findPath({ target, anchors: anchors.map((anchor) => anchorOf(anchor)), candidates: pool, at }).ok,
      );
  return { keys: [...given.map(({ spki }) => spki), ...values, ...chained.map(({ spki }) => spki)], rule };
}

function certificate(bytes: Bytes): Certificate[] {
  const pem = /-----BEGIN CERTIFICATE-----([^-]+)-----END/.exec(bytes[0] === 0x30 ? '' : fromLatin1(bytes));
  const parsed = parseCertificate(pem ? (fromBase64(pem[1] ?? '') ?? bytes) : bytes);
  return parsed.ok ? [parsed.value] : [];
}

/** Where a case tells no time: the certificates of the set are valid then. */
const TODAY = '2026-06-01 00:00:00';
const RULES: readonly (readonly [option: string, rule: string])[] = [
  ['--verify-keys', 'the case asks for the status of a certificate'],
  ['--verify-crls', 'the case asks for the status of a certificate'],
  [
    '--enable-asn1-signatures-hack',
    'an ECDSA value in ASN.1, which is accepted by an option of xmlsec1 only (XMLDSig 1.1, 6.4.3 has r and s)',
  ],
];
