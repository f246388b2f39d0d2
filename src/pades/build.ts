/** Building a PAdES signature (EN 319 142-1, 5 and 6): the signature dictionary in an incremental update, then the CMS in its /Contents. */
import type { Bytes } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { type Instant, toIso } from '../base/instant.ts';
import type { Source } from '../base/source.ts';
import { latin1, toHex, utf8 } from '../base/text.ts';
import { buildSignedData, estimateSignedDataSize, signedAttributes } from '../cades/build.ts';
import { digest as digestBytes, digestLength } from '../crypto/digest.ts';
import type { DigestName } from '../crypto/names.ts';
import type { Signer, SigningScheme } from '../crypto/signer.ts';
import { addAppearance, boxOnPage } from '../pdf/appearance.ts';
import { add, serializeUpdate, startUpdate, type Update } from '../pdf/append.ts';
import { catalogOf, type PdfDocument } from '../pdf/document.ts';
import { type SignatureField, signatureFields } from '../pdf/field.ts';
import { addSignatureField, fillSignatureField } from '../pdf/form.ts';
import { dict, name, type PdfRef } from '../pdf/object.ts';
import { type Page, pageAt } from '../pdf/page.ts';
import { readPermissions, readSignature } from '../pdf/signature.ts';
import { dateString, textString } from '../pdf/text.ts';
import { parseCertificate } from '../pki/certificate.ts';
import { certificationOf } from './permissions.ts';
import { coveredDigest, freeFieldName, reservedEntries, settleByteRange } from './reserved.ts';

/** Where a signature shows and what it shows there. */
export interface VisibleSignature {
  /** 1 for the first page. */
  readonly page: number;
  /** Lower left corner and size in points, as the page is seen. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Lines of text; default: signer, time, reason and location. */
  readonly text?: readonly string[];
  /** JPEG or PNG. */
  readonly image?: Bytes;
}

export interface PadesOptions {
  readonly chain: Signer['chain'];
  readonly scheme: SigningScheme;
  readonly digest: DigestName;
  readonly at: Instant;
  /** Octets kept free beyond level B: for a time-stamp token. */
  readonly reserve: number;
  readonly field?: string;
  readonly reason?: string;
  readonly location?: string;
  readonly contact?: string;
  readonly name?: string;
  readonly visible?: VisibleSignature;
}

/** Everything that completing needs beside the document itself. Plain data. */
export interface PadesDraft {
  readonly originalSize: number;
  /** What follows the original; /Contents is still all zeros. */
  readonly appended: Bytes;
  /** First hexadecimal digit of /Contents, in the whole file. */
  readonly contentsAt: number;
  /** Octets of CMS that fit. */
  readonly room: number;
  readonly messageDigest: Bytes;
  /** DER SET OF Attribute: what the key signs. */
  readonly signedAttributes: Bytes;
  readonly chain: Signer['chain'];
  readonly scheme: SigningScheme;
  readonly digest: DigestName;
}

/**
 * Writes the update with an empty /Contents and computes what is to be signed. Throws `refused` where the document forbids
 * another signature or the field is signed, `bad-option` for a field or page that is not there, `unsupported` for encrypted files.
 */
export function preparePades(document: PdfDocument, options: PadesOptions): PadesDraft {
  const update = startUpdate(document);
  const fields = signatureFields(document);
  refuseWhereForbidden(document, fields);
  const room = roomFor(options);
  const value = add(update, signatureDictionary(options, room));
  placeField(update, fields, options, value);
  const updated = serializeUpdate(update, { id: revisionId(document, options) });
  const contents = settleByteRange(updated);
  const messageDigest = coveredDigest(options.digest, updated, contents);
  return {
    originalSize: document.size,
    appended: updated.appended,
    contentsAt: contents.start + 1,
    room,
    messageDigest,
    signedAttributes: attributesOver(options, messageDigest),
    chain: options.chain,
    scheme: options.scheme,
    digest: options.digest,
  };
}

/** The CMS for a draft: level B, or with unsigned attributes such as a signature time-stamp. */
export function cmsOf(draft: PadesDraft, signature: Bytes, unsignedAttributes: readonly Bytes[] = []): Bytes {
  const { chain, scheme, digest } = draft;
  return buildSignedData({ chain, scheme, digest, signedAttributes: draft.signedAttributes, signature, unsignedAttributes });
}

/** The appended octets with the CMS in /Contents, or null where it does not fit: nothing is ever cut off. */
export function completePades(draft: PadesDraft, cms: Bytes): Bytes | null {
  if (cms.length > draft.room) return null;
  const appended = draft.appended.slice();
  appended.set(latin1(toHex(cms)), draft.contentsAt - draft.originalSize);
  return appended;
}

/** An upper bound from chain, algorithm and attributes, plus what is reserved. */
function roomFor(options: PadesOptions): number {
  const { chain, scheme, digest, reserve } = options;
  const attributes = attributesOver(options, new Uint8Array(digestLength(digest))).length;
  return estimateSignedDataSize({ chain, scheme, digest, signedAttributes: attributes, reserve });
}

const attributesOver = ({ chain, digest }: PadesOptions, messageDigest: Bytes): Bytes =>
  signedAttributes({ profile: 'PAdES', chain, digest, messageDigest });

/** ISO 32000-2, table 255; EN 319 142-1, 6.3: the claimed time is in /M. */
function signatureDictionary(options: PadesOptions, room: number): ReturnType<typeof dict> {
  const text = (value: string | undefined) => (value === undefined ? undefined : textString(value));
  return dict({
    Type: name('Sig'),
    Filter: name('Adobe.PPKLite'),
    SubFilter: name('ETSI.CAdES.detached'),
    ...reservedEntries(room),
    M: dateString(options.at),
    Name: text(options.name),
    Reason: text(options.reason),
    Location: text(options.location),
    ContactInfo: text(options.contact),
  });
}

/** A certification with P = 1 allows no further signature (12.8.2.2.2); /Perms names it, whatever the form says. */
function refuseWhereForbidden(document: PdfDocument, fields: readonly SignatureField[]): void {
  const catalog = catalogOf(document);
  const certifying = catalog === null ? null : readSignature(document, readPermissions(document, catalog).docMdp);
  for (const signature of [certifying, ...fields.map((field) => field.signature)]) {
    if (signature !== null && certificationOf(signature) === 1)
      throw new Fault('refused', 'the certification of this PDF allows no further signature (DocMDP 1)');
  }
}

function placeField(update: Update, fields: readonly SignatureField[], options: PadesOptions, value: PdfRef): void {
  const { visible } = options;
  const existing = fields.find(({ name: own }) => own === options.field);
  if (existing !== undefined) {
    const box = existing.widgets[0]?.rectangle;
    const size = box ? { width: box[2] - box[0], height: box[3] - box[1] } : null;
    const shows = size !== null && size.width > 0 && size.height > 0;
    fillSignatureField(update, existing.name, value, shows ? appearance(update, options, { ...size, rotate: 0 }) : undefined);
    return;
  }
  const fieldName = options.field ?? freeFieldName(update.document, 'Signature');
  if (visible === undefined) {
    addSignatureField(update, { name: fieldName, value });
    return;
  }
  const page = pageOf(update.document, visible.page);
  const { x, y, width, height } = visible;
  addSignatureField(update, {
    name: fieldName,
    value,
    page: page.index,
    rectangle: boxOnPage(page, x, y, width, height),
    appearance: appearance(update, options, { ...rotated(page, width, height), rotate: page.rotate }),
  });
}

function pageOf(document: PdfDocument, number: number): Page {
  const page = Number.isInteger(number) && number > 0 ? pageAt(document, number - 1) : null;
  if (page === null || !page.ok) throw new Fault('bad-option', `visible.page: the document has no page ${number}`);
  return page.value;
}

/** The box in the page's own coordinates: turned pages swap its sides. */
const rotated = (page: Page, width: number, height: number) =>
  page.rotate === 90 || page.rotate === 270 ? { width: height, height: width } : { width, height };

function appearance(update: Update, options: PadesOptions, box: { width: number; height: number; rotate: number }): PdfRef {
  const { visible } = options;
  const lines = visible?.text ?? (visible?.image ? [] : standardText(options));
  return addAppearance(update, { ...box, lines, ...(visible?.image && { image: visible.image }) });
}

/** Who, when, why and where; characters that the standard font lacks become `?`. */
function standardText(options: PadesOptions): string[] {
  const certificate = parseCertificate(options.chain[0]);
  const subject = certificate.ok ? certificate.value.subject.text : '';
  const commonName = /(?:^|,)CN=((?:\\.|[^,+\\])+)/.exec(subject)?.[1]?.replace(/\\(.)/g, '$1');
  const lines = [
    `Digitally signed by ${options.name ?? commonName ?? subject}`,
    toIso(Math.floor(options.at / 1000) * 1000)
      .replace('T', ' ')
      .replace('Z', ' UTC'),
  ];
  if (options.reason !== undefined) lines.push(`Reason: ${options.reason}`);
  if (options.location !== undefined) lines.push(`Location: ${options.location}`);
  return lines.map((line) => line.replace(/[^\x20-\x7e\xa0-\xff]/g, '?'));
}

/** Second element of /ID: changes with each revision, and is the same for the same inputs (14.4). */
function revisionId(document: PdfDocument, { at, chain, reserve }: PadesOptions): Bytes {
  return digestBytes('SHA-256', utf8(`${document.size} ${at} ${reserve} `), chain[0]).subarray(0, 16);
}

/** The document as signed so far: the original, octet for octet, and what follows it. */
export function joined(original: Source, appended: Bytes): Bytes {
  const whole = new Uint8Array(original.size + appended.length);
  whole.set(original.read(0, original.size));
  whole.set(appended, original.size);
  return whole;
}
