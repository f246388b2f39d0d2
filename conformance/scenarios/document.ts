/** The document of a scenario: a CAdES file (EN 319 122-1) or a PDF (EN 319 142-1), written piece by piece, whatever is wrong with it. */

import { plainPdf } from '../../scripts/plain-pdf.ts';
import { der } from '../../src/asn1/index.ts';
import type { Bytes } from '../../src/base/bytes.ts';
import type { Instant } from '../../src/base/instant.ts';
import { type Source, sourceOf } from '../../src/base/source.ts';
import { utf8 } from '../../src/base/text.ts';
import {
  encodeContentTimestamps,
  encodeContentType,
  encodeMessageDigest,
  encodeSignatureTimestamp,
  encodeSigningTime,
} from '../../src/cades/attributes.ts';
import { addArchiveTimestamps, addValidationMaterial } from '../../src/cades/augment.ts';
import { encodeIssuerAndSerial, encodeSignedData, encodeSignerInfo } from '../../src/cms/build.ts';
import { encodeSigningCertificate } from '../../src/cms/ess.ts';
import { CONTENT } from '../../src/cms/oid.ts';
import { openSignedData } from '../../src/cms/open.ts';
import type { SignedData } from '../../src/cms/signed-data.ts';
import { encodeDigestAlgorithm } from '../../src/crypto/algorithm.ts';
import { digest as digestOf } from '../../src/crypto/digest.ts';
import type { DigestName } from '../../src/crypto/names.ts';
import { addSecurityStore } from '../../src/pades/augment-store.ts';
import { addDocumentTimestamp } from '../../src/pades/augment-timestamp.ts';
import { completePades, joined, preparePades } from '../../src/pades/build.ts';
import { openPdf, type PdfDocument } from '../../src/pdf/document.ts';
import { type Certificate, parseCertificate } from '../../src/pki/certificate.ts';
import type { TimestampAuthority } from '../../src/tsp/timestamp-authority.ts';
import { type Cast, castOf } from './cast.ts';
import type { Choices } from './choices.ts';
import { chainsOf, laterMaterialOf, type Material, materialOf } from './revocation.ts';
import { stamper } from './stamper.ts';
import { DAY, HOUR, type Times, timesOf } from './times.ts';

export interface ScenarioDocument {
  readonly bytes: Bytes;
  /** DER. */
  readonly anchor: Bytes;
  readonly at: Instant;
}

/** The same choices give the same document, but for the octets of signature values. */
export async function documentOf(choices: Choices): Promise<ScenarioDocument> {
  const times = timesOf(choices);
  const cast = await castOf(choices, times);
  const made: Made = { choices, cast, times };
  const start = choices.format === 'pades' ? await signedPdf(made) : await signedCms(made);
  const source = sourceOf(start);
  const whole = await withMaterial(source, made);
  return { bytes: whole.read(0, whole.size), anchor: cast.anchor, at: times.at };
}

interface Made {
  readonly choices: Choices;
  readonly cast: Cast;
  readonly times: Times;
}

/** Levels LT and LTA, the archive time-stamp before or after what it should protect. */
async function withMaterial(source: Source, made: Made): Promise<Source> {
  const { choices, cast, times } = made;
  const material = choices.level === 'bare' ? chainsOf(cast) : await materialOf(choices, cast, times);
  const archived = choices.level === 'archived';
  if (archived && choices.archive === 'before-material') return keep(await archive(source, made), material, choices);
  const held = keep(source, material, choices);
  if (!archived) return held;
  const first = await archive(held, made);
  if (choices.archive !== 'two') return first;
  const renewed = keep(first, await laterMaterialOf(cast, times), choices);
  return archiveBy(renewed, stamper(cast.renewer, times.renewed), choices, 'SHA-256');
}

function keep(source: Source, material: Material, { format }: Choices): Source {
  if (format === 'pades') return addSecurityStore(mustOpenPdf(source), material, { at: 0 });
  return addValidationMaterial(mustOpen(source), material);
}

function archive(source: Source, { choices, cast, times }: Made): Promise<Source> {
  const { archive: odd, weak } = choices;
  const authority = stamper(cast.archivist, times.archived, {
    wrongImprint: odd === 'wrong-imprint',
    broken: odd === 'broken',
    ...(weak === 'archive-stamp' && { weak: true }),
  });
  return archiveBy(source, authority, choices, weak === 'archive-imprint' ? 'SHA-1' : 'SHA-256');
}

const archiveBy = (source: Source, authority: TimestampAuthority, { format }: Choices, digest: DigestName): Promise<Source> =>
  format === 'pades'
    ? addDocumentTimestamp(mustOpenPdf(source), authority, { digest })
    : addArchiveTimestamps(mustOpen(source), null, authority, digest);

function mustOpenPdf(source: Source): PdfDocument {
  const opened = openPdf(source);
  if (!opened.ok) throw new Error(`the PDF of a scenario cannot be read: ${opened.malformed.reason}`);
  return opened.value;
}

function mustOpen(source: Source): SignedData {
  const opened = openSignedData(source);
  if (!opened.ok) throw new Error(`the CMS of a scenario cannot be read: ${opened.malformed.reason}`);
  return opened.value;
}

const signedCms = async (made: Made): Promise<Bytes> =>
  cmsOver(digestOf(made.cast.signer.key.digest, CONTENT_OCTETS), made, { content: CONTENT_OCTETS, stampedContent: CONTENT_OCTETS });

async function signedPdf(made: Made): Promise<Bytes> {
  const { times, cast } = made;
  const document = mustOpenPdf(sourceOf(plainPdf({ title: 'Scenario', pages: [['Signed']] })));
  const draft = preparePades(document, {
    chain: [cast.signer.certificate, ...cast.authorities.map(({ certificate }) => certificate)],
    ...{ scheme: 'ECDSA', digest: cast.signer.key.digest, at: claimedOf(made) ?? times.signed, reserve: ROOM },
  });
  const appended = completePades(draft, await cmsOver(draft.messageDigest, made, { content: null, stampedContent: null }));
  if (!appended) throw new Error('the CMS of a scenario is larger than its room');
  return joined(document.source, appended);
}

interface Content {
  readonly content: Bytes | null;
  /** What a content time-stamp is over; null: it cannot be made here. */
  readonly stampedContent: Bytes | null;
}

/** Levels B and T. */
async function cmsOver(messageDigest: Bytes, made: Made, { content, stampedContent }: Content): Promise<Bytes> {
  const { choices, cast } = made;
  const { key, certificate } = cast.signer;
  const claimed = choices.format === 'pades' ? null : claimedOf(made);
  const before = stampedContent === null ? [] : await contentStamps(stampedContent, made);
  const signedAttributes = der.setOf(
    encodeContentType(CONTENT.data),
    encodeMessageDigest(messageDigest),
    ...referenceOf(made),
    ...(claimed === null ? [] : [encodeSigningTime(claimed)]),
    ...(before.length > 0 ? [encodeContentTimestamps(before)] : []),
  );
  const signature = await key.sign(signedAttributes);
  const tokens = await signatureStamps(signature, made);
  const signer = read(certificate);
  const signerInfo = encodeSignerInfo({
    issuerAndSerial: encodeIssuerAndSerial(signer.issuer.bytes, signer.serial),
    digestAlgorithm: encodeDigestAlgorithm(key.digest),
    signedAttributes,
    signatureAlgorithm: key.algorithm,
    signature,
    unsignedAttributes: tokens.map(encodeSignatureTimestamp),
  });
  return encodeSignedData({
    digestAlgorithms: [encodeDigestAlgorithm(key.digest)],
    content,
    certificates: choices.reference === 'signer-left-out' ? [] : [certificate],
    signerInfos: [signerInfo],
  });
}

function referenceOf({ choices, cast }: Made): Bytes[] {
  if (choices.reference === 'absent') return [];
  const named = choices.reference === 'other-certificate' ? cast.tsa : cast.signer;
  return [encodeSigningCertificate(choices.weak === 'reference' ? 'SHA-1' : 'SHA-256', read(named.certificate))];
}

function claimedOf({ choices, times }: Made): Instant | null {
  switch (choices.claimed) {
    case 'inside':
      return times.signed;
    case 'absent':
      return null;
    case 'before-validity':
      return times.signer.notBefore - DAY;
    case 'after-validity':
      return times.signer.notAfter + DAY;
    case 'after-stamp':
      return times.stamped + DAY;
  }
}

async function contentStamps(content: Bytes, { choices, cast, times }: Made): Promise<Bytes[]> {
  const at = {
    content: times.signed - HOUR,
    'content-later': times.stamped + HOUR,
    'content-after-end': times.signer.notAfter + DAY,
    'content-after-revocation': times.signed + 2 * DAY,
  }[choices.stamps as string];
  return at === undefined ? [] : [await stamper(cast.tsa, at).stamp(digestOf('SHA-256', content), 'SHA-256')];
}

async function signatureStamps(signature: Bytes, { choices, cast, times }: Made): Promise<Bytes[]> {
  const { stamps, tsa, weak } = choices;
  if (stamps === 'none') return [];
  const digest: DigestName = weak === 'stamp-imprint' ? 'SHA-1' : 'SHA-256';
  const imprint = digestOf(digest, signature);
  const stamp = (at: Instant, options = {}): Promise<Bytes> => stamper(cast.tsa, at, options).stamp(imprint, digest);
  const first = await stamp(times.stamped, {
    wrongImprint: stamps === 'wrong-imprint',
    broken: stamps === 'broken',
    withoutCertificate: tsa === 'left-out',
    ...(tsa === 'no-reference' && { reference: 'none' }),
    ...(tsa === 'other-reference' && { reference: cast.signer.certificate }),
  });
  if (stamps === 'two') return [first, await stamp(times.stamped + HOUR)];
  return stamps === 'second-earlier' ? [first, await stamp(times.stamped - HOUR / 2)] : [first];
}

function read(certificate: Bytes): Certificate {
  const parsed = parseCertificate(certificate);
  if (!parsed.ok) throw new Error(`a certificate of a scenario cannot be read: ${parsed.malformed.reason}`);
  return parsed.value;
}

const CONTENT_OCTETS = utf8('What is signed.');
/** Octets for time-stamps in the CMS of a PDF. */
const ROOM = 12_000;
