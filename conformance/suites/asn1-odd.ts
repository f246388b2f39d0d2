/** Odd ASN.1: TLV rules, and CMS, certificates, OCSP and time-stamps of many makers. */
import { checkEncoding } from '../../src/asn1/check.ts';
import { equal } from '../../src/base/bytes.ts';
import { fromBase64 } from '../../src/base/text.ts';
import { readCmsDocument } from '../../src/cades/document.ts';
import { contentOf } from '../../src/cms/content.ts';
import { encodeContentInfo, parseContentInfo } from '../../src/cms/content-info.ts';
import { parseSignedData } from '../../src/cms/signed-data.ts';
import { digest } from '../../src/crypto/digest.ts';
import { readEvidenceRecordDocument } from '../../src/evidence-record/document.ts';
import type { DocumentFacts } from '../../src/facts/document.ts';
import { parseCertificate } from '../../src/pki/certificate.ts';
import { parseCrl } from '../../src/pki/crl.ts';
import { verifyIssued } from '../../src/pki/issued-by.ts';
import { issuerDigests, parseOcspResponse } from '../../src/pki/ocsp.ts';
import { parseOcspRequest } from '../../src/pki/ocsp-request.ts';
import { responderRight, verifyOcsp } from '../../src/pki/ocsp-responder.ts';
import { checkTimestampResponse } from '../../src/tsp/check-response.ts';
import { parseTimestampResponse } from '../../src/tsp/response.ts';
import { parseTimestampToken } from '../../src/tsp/token.ts';
import { judged, outOfScope, pass, type Suite, type Verdict } from '../case.ts';
import { readFile, readManifest } from '../manifest.ts';
import { pemBlocks } from './pem-blocks.ts';

interface Entry {
  readonly id: string;
  readonly kind: string;
  readonly files: Readonly<Record<string, string | readonly string[]>>;
  readonly inputs: { readonly time_unix?: number };
  readonly expected?: string;
}

/** A case's files by their role, unpacked from PEM. */
interface Input {
  readonly entry: Entry;
  readonly files: ReadonlyMap<string, readonly Uint8Array[]>;
  readonly expected: string;
}

export const asn1Odd: Suite = {
  name: 'asn1-odd',
  limit: 10_000,
  async run(dir, { attempt }) {
    const results = [];
    for (const entry of readManifest<Entry>(dir).cases)
      results.push(
        await attempt(entry.id, entry.expected, () => {
          const files = Object.entries(entry.files).map(
            ([role, paths]) => [role, [paths].flat().map((path) => readFile(dir, path))] as const,
          );
          const judge = JUDGES[entry.kind];
          if (!judge) throw new Error(`unknown kind ${entry.kind}`);
          return judge({ entry, files: new Map(files), expected: entry.expected ?? '' });
        }),
      );
    return results;
  },
};

function judgeTlv({ files, expected }: Input): Verdict {
  const result = checkEncoding(one(files, 'der'));
  const got = typeof result === 'string' ? result : 'malformed';
  return judged(expected, typeof result === 'string' ? got : `malformed: ${result.reason}`, expected === 'bounded' || got === expected);
}

function judgeCmsParse({ files, expected }: Input): Verdict {
  const found = unpacked(first(files));
  if (found[0] !== 0x30) return outOfScope('a mail or bare octets, no ContentInfo');
  // Some files hold the SignedData alone: its version stands where a ContentInfo has its type.
  const bare = found[(found[1] ?? 0) < 0x80 ? 2 : 2 + ((found[1] ?? 0) & 0x7f)] === 0x02;
  const bytes = bare ? encodeContentInfo(SIGNED_DATA, found) : found;
  const parsed = parseContentInfo(bytes);
  const deep = parsed.ok && parsed.value.contentType === SIGNED_DATA ? parseSignedData(bytes) : parsed;
  if (!deep.ok)
    return judged(expected, `${deep.malformed.what} at ${deep.malformed.at}: ${deep.malformed.reason}`, expected === 'ber-or-error');
  const encoding = checkEncoding(bytes) === 'der' ? 'der' : 'ber';
  return judged(expected, encoding, expected === 'parse' || expected === 'ber-or-error' || expected === encoding);
}

function judgeCms({ files, expected }: Input): Verdict {
  const result = readCmsDocument(unpacked(one(files, 'cms')), [{ name: null, content: contentOf(one(files, 'content')) }]);
  if (!result.ok) return judged(expected, `unreadable: ${result.malformed.reason}`, expected.startsWith('reject'));
  const outcomes = outcomesOf(result.value);
  const problems = result.value.signatures.flatMap(({ structureProblems }) => structureProblems);
  const got = { outcomes, problems, issued: issuedBy(result.value, files) };
  if (expected.startsWith('indeterminate'))
    return judged(
      expected,
      got,
      outcomes.every((outcome) => outcome === 'no-key'),
    );
  if (expected === 'reject-or-report-trailing')
    return judged(
      expected,
      got,
      problems.some((problem) => problem.includes('octets after')),
    );
  const valid = outcomes.length > 0 && outcomes.every((outcome) => outcome === 'valid') && got.issued;
  return judged(expected, got, (expected === 'valid') === valid);
}

/** Whether the certificate given as trust issued each signer's. */
function issuedBy({ signatures, certificates }: DocumentFacts, files: Input['files']): boolean {
  const [trust] = files.get('trust') ?? [];
  if (!trust) return true;
  const ca = parseCertificate(unpacked(trust));
  return signatures.every(({ signer }) => {
    const der = signer.certificate === null ? undefined : certificates.get(signer.certificate);
    const certificate = der && parseCertificate(der);
    return ca.ok && certificate?.ok === true && verifyIssued(certificate.value, ca.value) === 'intact';
  });
}

/** Of main signatures: `valid` where value and references hold. */
const outcomesOf = ({ signatures }: DocumentFacts): string[] =>
  signatures
    .filter(({ counterSignatureOf }) => counterSignatureOf === null)
    .map(({ value, references }) => {
      if (value !== 'intact') return value;
      return references.every(({ found, intact }) => found && intact) ? 'valid' : 'reference not intact';
    });

function judgeCades({ files, expected }: Input): Verdict {
  const bytes = unpacked(one(files, 'cms'));
  const detached = (files.get('other') ?? []).map((content, i) => ({ name: `${i}`, content: contentOf(content) }));
  const result = readCmsDocument(bytes, detached);
  if (!result.ok) return judged(expected, `unreadable: ${result.malformed.reason}`, expected === 'reject-parse');
  const outcomes = outcomesOf(result.value);
  const valid = outcomes.length > 0 && outcomes.every((outcome) => outcome === 'valid');
  if (expected === 'see-facts') return pass(outcomes);
  return judged(expected, outcomes, (expected === 'signature-valid' && valid) || (expected === 'signature-not-valid' && !valid));
}

function judgeToken({ files, expected }: Input): Verdict {
  const bytes = first(files);
  const response = parseTimestampResponse(bytes);
  const token = parseTimestampToken(response.ok && response.value.token ? response.value.token : bytes);
  return judged(expected, token.ok ? token.value.tstInfo.time : token.malformed.reason, token.ok);
}

function judgeResponse({ files, expected }: Input): Verdict {
  const response = one(files, 'tsr');
  const parsed = parseTimestampResponse(response);
  if (expected === 'parse') return judged(expected, parsed.ok, parsed.ok);
  const token = parsed.ok && parsed.value.token ? parseTimestampToken(parsed.value.token) : null;
  const name = (token?.ok && token.value.tstInfo.imprint.digest) || 'SHA-256';
  const imprint = digest(name, one(files, 'data'));
  const certificates = [unpacked(one(files, 'trust'))];
  const result = checkTimestampResponse({ response, imprint, digest: name, nonce: null, certificates });
  const got = result.ok ? 'valid' : result.refused ? 'no-token' : 'reject';
  return judged(expected, result.ok ? got : result.reasons, got === expected);
}

/** The response alone: signature, responder, and that the CertIDs are of this issuer. */
function judgeOcsp({ files, entry, expected }: Input): Verdict {
  const response = parseOcspResponse(unpacked(one(files, 'response')));
  const issuer = parseCertificate(unpacked(one(files, 'issuer')));
  const basic = response.ok ? response.value.basic : null;
  if (!basic || !issuer.ok) return judged(expected, 'unreadable', expected === 'reject');
  const { value, signer, responderIdMatches } = verifyOcsp(basic, [issuer.value]);
  const named = basic.responses.every(({ certId }) => {
    const hashes = certId.digest && issuerDigests(certId.digest, issuer.value);
    return hashes !== null && equal(hashes.name, certId.issuerNameHash) && equal(hashes.key, certId.issuerKeyHash);
  });
  const right = signer ? responderRight(signer, issuer.value) : null;
  const at = (entry.inputs.time_unix ?? 0) * 1000;
  const inTime = signer !== null && signer.notBefore <= at && at <= signer.notAfter;
  const got = { value, responderIdMatches, named, right, inTime };
  const accepted = value === 'intact' && responderIdMatches && named && right !== null;
  return judged(expected, got, (expected === 'accept') === accepted);
}

function judgeRobustness({ files }: Input): Verdict {
  const bytes = unpacked(first(files));
  const readers = [parseCertificate, parseCrl, parseOcspResponse, parseOcspRequest];
  const readable = readers.some((read) => read(bytes).ok);
  return pass(readable ? 'parse' : 'clean error');
}

function judgeCertificate({ files, expected }: Input): Verdict {
  const parsed = parseCertificate(unpacked(first(files)));
  const got = parsed.ok ? 'parse' : `reject: ${parsed.malformed.reason}`;
  return judged(expected, got, expected === 'parse-or-clean-error' || (expected === 'parse') === parsed.ok);
}

function judgeSupport({ files, expected }: Input): Verdict {
  const bytes = unpacked(first(files));
  if (bytes[0] !== 0x30) return outOfScope('a mail or bare octets, no ContentInfo');
  const readable = parseCertificate(bytes).ok || parseCrl(bytes).ok;
  return judged(expected, readable, readable);
}

/** Structure and cryptography alone: the set names no anchors, and the digest of the data beside these records is in none of their trees. */
function judgeRecord({ files, expected }: Input): Verdict {
  const data = (files.get('data') ?? []).map((bytes) => ({ name: null, content: contentOf(bytes) }));
  const read = readEvidenceRecordDocument(one(files, 'ers'), data);
  if (!read.ok) return judged(expected, `unreadable: ${read.malformed.reason}`, expected === 'invalid');
  const records = read.value.evidenceRecords ?? [];
  const stamps = [...read.value.timestamps.values()];
  const wrong = [...records.flatMap(({ references }) => references), ...stamps.flatMap(({ references }) => references)]
    .filter(({ type, found, intact }) => type !== 'EVIDENCE_RECORD_ORPHAN_REFERENCE' && !(found && intact))
    .map(({ type }) => type);
  const broken = stamps.filter(({ value }) => value !== 'intact').map(({ value }) => value);
  const problems = records.flatMap(({ structureProblems }) => structureProblems);
  const holds = wrong.length + broken.length + problems.length + read.value.unreadable.length === 0;
  return judged(expected, holds ? 'valid' : { wrong, broken, problems }, holds === (expected === 'valid'));
}

const one = (files: Input['files'], role: string): Uint8Array => {
  const [file] = files.get(role) ?? [];
  if (!file) throw new Error(`no file ${role}`);
  return file;
};

function first(files: Input['files']): Uint8Array {
  for (const [file] of files.values()) if (file) return file;
  throw new Error('no file');
}

/** DER out of PEM, out of base64 alone, or as it is. */
function unpacked(bytes: Uint8Array): Uint8Array {
  if (bytes[0] === 0x30) return bytes;
  const text = new TextDecoder('latin1').decode(bytes);
  const [block] = pemBlocks(text);
  if (block) return block.bytes;
  const body = /^\s*[A-Za-z0-9+/=\s]+$/.test(text) ? fromBase64(text) : null;
  return body?.[0] === 0x30 ? body : bytes;
}

const SIGNED_DATA = '1.2.840.113549.1.7.2';

const JUDGES: Readonly<Record<string, (input: Input) => Verdict>> = {
  tlv: judgeTlv,
  'cms-parse': judgeCmsParse,
  cms: judgeCms,
  cades: judgeCades,
  'timestamp-token': judgeToken,
  'timestamp-response': judgeResponse,
  ocsp: judgeOcsp,
  'ocsp-parse': judgeRobustness,
  'cert-or-crl-parse': judgeRobustness,
  'cert-parse': judgeCertificate,
  support: judgeSupport,
  'evidence-record': judgeRecord,
};
