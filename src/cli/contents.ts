/** What a file holds, told apart by content and never by name: PDF, ASiC, XML, PEM, or one of the DER structures of PKI and CMS. */
import { readAsic } from '../asic/read.ts';
import { type Bytes, indexOf } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import type { Parsed } from '../base/parsed.ts';
import type { Source } from '../base/source.ts';
import { fromLatin1, utf8 } from '../base/text.ts';
import { readCmsDocument } from '../cades/document.ts';
import { parseSignedData } from '../cms/signed-data.ts';
import { isRecordDocument, readEvidenceRecordDocument } from '../evidence-record/document.ts';
import { isPem, readCertificates, readPem } from '../keys/pem.ts';
import { readPades } from '../pades/read.ts';
import { type OpenOptions, openPdf, type PdfDocument, requireUnlocked } from '../pdf/document.ts';
import { pageCount } from '../pdf/page.ts';
import { revisions } from '../pdf/revision.ts';
import { parseCertificate } from '../pki/certificate.ts';
import { parseCrl } from '../pki/crl.ts';
import { parseOcspResponse } from '../pki/ocsp.ts';
import { parseOcspRequest } from '../pki/ocsp-request.ts';
import { openFileSource } from '../platform/file.ts';
import type { Catalogue } from '../report/catalogue.ts';
import { certificateDetails, certificateSection } from '../report/inspect-certificate.ts';
import { documentDetails, documentSection } from '../report/inspect-document.ts';
import { crlDetails, crlSection, ocspDetails, ocspRequestDetails, ocspRequestSection, ocspSection } from '../report/inspect-revocation.ts';
import { signedDataDetails, signedDataSection } from '../report/inspect-signed.ts';
import {
  timestampDetails,
  timestampRequestDetails,
  timestampRequestSection,
  timestampResponseDetails,
  timestampResponseSection,
  timestampSection,
} from '../report/inspect-timestamp.ts';
import { type Section, section } from '../report/section.ts';
import { parseTimestampRequest } from '../tsp/request.ts';
import { parseTimestampResponse } from '../tsp/response.ts';
import { parseTimestampToken } from '../tsp/token.ts';
import { readXmlDocument } from '../xades/document.ts';

/** One thing that a file holds, for people and for programs. */
export interface Shown {
  readonly section: Section;
  readonly json: { readonly type: string };
}

/** Empty where the file is of no kind that is known. Throws `Fault` `io`, `malformed-input`, `wrong-password`. */
export async function contentsOf(path: string, entries: number, words: Catalogue, options: OpenOptions = {}): Promise<readonly Shown[]> {
  const source = openFileSource(path);
  try {
    if (fromLatin1(source.read(0, 1024)).includes('%PDF-')) return [pdfContents(source, words, options)];
    if (source.size > LARGEST) throw new Fault('limit-exceeded', `${path} is larger than ${LARGEST >> 20} MB`);
    const file = source.read(0, source.size);
    const container = startsAs(file, ZIP) ? readAsic(file) : null;
    if (container?.ok)
      return [
        { json: { type: container.value.format, ...documentDetails(container.value) }, section: documentSection(container.value, words) },
      ];
    const record = isRecordDocument(file) ? readEvidenceRecordDocument(file, []) : null;
    if (record?.ok) return [{ json: { type: 'ER', ...documentDetails(record.value) }, section: documentSection(record.value, words) }];
    const document = readXmlDocument(file);
    if (document.ok)
      return [{ json: { type: 'XML', ...documentDetails(document.value) }, section: documentSection(document.value, words) }];
    if (isPem(file)) return readPem(file).flatMap(({ bytes }) => derContents(bytes, entries, words) ?? []);
    return [derContents(file, entries, words) ?? severalCertificates(file, words)].flat();
  } finally {
    source.close();
  }
}

const startsAs = (file: Bytes, start: Bytes): boolean => indexOf(file.subarray(0, start.length), start) === 0;

/** The first structure that the octets are; each parser refuses the others'. */
function derContents(der: Bytes, entries: number, words: Catalogue): Shown | null {
  const as = <T>(read: Parsed<T>, json: (value: T) => Shown['json'], shown: (value: T) => Section): Shown | null =>
    read.ok ? { json: json(read.value), section: shown(read.value) } : null;
  return (
    as(parseCertificate(der), certificateDetails, (value) => certificateSection(value, words)) ??
    as(
      parseCrl(der),
      (value) => crlDetails(value, entries),
      (value) => crlSection(value, words, entries),
    ) ??
    as(parseTimestampToken(der), timestampDetails, (value) => timestampSection(value, words)) ??
    as(parseTimestampResponse(der), timestampResponseDetails, (value) => timestampResponseSection(value, words)) ??
    as(parseTimestampRequest(der), timestampRequestDetails, (value) => timestampRequestSection(value, words)) ??
    as(parseOcspResponse(der), ocspDetails, (value) => ocspSection(value, words)) ??
    as(parseOcspRequest(der), ocspRequestDetails, (value) => ocspRequestSection(value, words)) ??
    cmsContents(der, words)
  );
}

function cmsContents(der: Bytes, words: Catalogue): Shown | null {
  const signedData = parseSignedData(der, { trailing: 'keep' });
  if (!signedData.ok) return null;
  const facts = readCmsDocument(der, []);
  const shown = signedDataSection(signedData.value, words);
  return {
    json: { ...signedDataDetails(signedData.value), ...(facts.ok && { document: documentDetails(facts.value) }) },
    section: facts.ok ? { ...shown, sections: [documentSection(facts.value, words), ...shown.sections] } : shown,
  };
}

/** Certificates in DER, one after another. */
function severalCertificates(file: Bytes, words: Catalogue): Shown[] {
  let encodings: Bytes[] = [];
  try {
    encodings = readCertificates(file);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
  }
  return encodings.flatMap((encoding) => {
    const read = parseCertificate(encoding);
    return read.ok ? [{ json: certificateDetails(read.value), section: certificateSection(read.value, words) }] : [];
  });
}

function pdfContents(source: Source, words: Catalogue, options: OpenOptions): Shown {
  const { inspect } = words;
  const opened = openPdf(source, options);
  if (!opened.ok) throw new Fault('malformed-input', `this PDF cannot be read: ${opened.malformed.what}: ${opened.malformed.reason}`);
  const pdf = opened.value;
  // Without what opens it something can be told all the same; what does not open it is a mistake.
  if (pdf.locked?.kind === 'wrong-password' || pdf.locked?.kind === 'wrong-key') requireUnlocked(pdf);
  const count = pageCount(pdf);
  const pages = count.ok ? (count.value.walked ?? count.value.told) : null;
  const json = {
    type: 'PDF',
    version: pdf.version,
    octets: pdf.size,
    pages,
    revisions: revisions(pdf).length,
    encrypted: pdf.encrypted,
    ...encryptionOf(pdf),
    crossReferencesRebuilt: pdf.rebuilt,
  };
  const rows: [string, string | number | null][] = [
    [inspect.version, pdf.version],
    [inspect.size, inspect.octets.replace('{count}', String(pdf.size))],
    [inspect.pages, pages],
    [inspect.revisions, json.revisions],
    [inspect.encrypted, encryptedWords(pdf, inspect)],
    [inspect.rebuilt, pdf.rebuilt ? inspect.rebuiltYes : null],
  ];
  const facts = pdf.locked === null ? readPades(source, [], options) : null;
  if (facts === null || !facts.ok) return { json, section: section('PDF', rows) };
  return { json: { ...json, ...documentDetails(facts.value) }, section: documentSection(facts.value, words, rows) };
}

function encryptedWords({ encrypted, locked }: PdfDocument, words: Catalogue['inspect']): string | null {
  if (locked === null) return encrypted ? words.yes : null;
  if (locked.kind === 'key-needed') return words.encryptedForOthers;
  return locked.kind === 'password-needed' ? words.encryptedLocked : words.encryptedOtherwise;
}

function encryptionOf({ security, locked }: PdfDocument): object {
  if (locked !== null) return { locked: locked.kind };
  if (security === null) return {};
  const { revision, streams, as, permissions } = security;
  return { encryption: { revision, method: streams.method, openedBy: as, permissions } };
}

const ZIP = utf8('PK\x03\x04');
/** A CRL of a million entries has 40 MB; as PEM a third more. */
const LARGEST = 256 << 20;
