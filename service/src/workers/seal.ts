/** Sealing: a document with the signatures of all who signed, time-stamped, with what its validation needs later. */
import {
  augment,
  type Signer,
  sign,
  signContainer,
  signInContainer,
  signParallel,
  type TimestampAuthority,
  type VisibleSignature,
} from 'adeskit';
import { attachFile, openPdf, type Page, pageAt, signatureFields } from 'adeskit/pdf';
import type { Certificate } from 'adeskit/pki';
import { PDF, safeFileName, XML } from '../domain/media.ts';
import type { Calls, Results, SealingTask, SignatureToMake } from './protocol.ts';
import { liberation, openFont } from './true-type.ts';

export const CONTAINER = 'application/vnd.etsi.asic-e+zip';

/**
 * PAdES for PDF, XAdES for XML, ASiC-E with CAdES for everything else, and for documents that do not allow a signature inside:
 * certified ones, XML with a document type, and the like.
 */
export async function sealDocument(task: SealingTask, calls: Calls): Promise<Results['seal']> {
  const inside = task.mediaType === PDF ? sealPdf : task.mediaType === XML ? sealXml : null;
  if (inside !== null) {
    try {
      return { document: await inside(task, calls), mediaType: task.mediaType };
    } catch (error) {
      if (!UNFIT.has(String((error as { readonly code?: unknown }).code))) throw error;
    }
  }
  return { document: await sealContainer(task, calls), mediaType: CONTAINER };
}

/** Enveloped signatures beside each other; the audit trail stands beside the document. */
async function sealXml(task: SealingTask, calls: Calls): Promise<Uint8Array> {
  let document = task.document;
  for (const [index, signature] of task.signatures.entries()) {
    const options = {
      ...({ format: 'xades', level: 'T', at: task.at } as const),
      ...{ signer: signerOf(signature, index, calls), timestamps: authorityOf(index, calls) },
    };
    document = index === 0 ? await sign(document, { ...options, packaging: 'enveloped' as const }) : await signParallel(document, options);
  }
  if (task.level === 'T') return document;
  return augment(document, { to: 'LT', ...longTerm(task, calls), timestamps: authorityOf(0, calls) });
}

async function sealPdf(task: SealingTask, calls: Calls): Promise<Uint8Array> {
  let document = withAttachment(task);
  for (const [index, signature] of task.signatures.entries()) {
    const visible = await visibleSignature(document, signature);
    document = await sign(document, {
      signer: signerOf(signature, index, calls),
      level: 'T',
      timestamps: authorityOf(index, calls),
      at: task.at,
      name: signature.name,
      reason: signature.reason,
      ...(visible && { visible }),
    });
  }
  if (task.level === 'T') return document;
  return augment(document, { to: 'LT', ...longTerm(task, calls), timestamps: authorityOf(0, calls), vri: 'none' });
}

/** What was signed by others before stays untouched: an attachment would be a change after their signatures. */
function withAttachment({ document, attachment, at }: SealingTask): Uint8Array {
  if (attachment === null) return document;
  const opened = openPdf(document);
  const signed = opened.ok && signatureFields(opened.value).some(({ signatureRef }) => signatureRef !== null);
  return signed ? document : attachFile(document, { ...attachment, at, relationship: 'Supplement' });
}

async function sealContainer(task: SealingTask, calls: Calls): Promise<Uint8Array> {
  const { document, fileName, mediaType, attachment } = task;
  const files = [
    { name: safeFileName(fileName, mediaType), content: document, mimeType: mediaType },
    ...(attachment ? [{ name: attachment.name, content: attachment.content, mimeType: attachment.mimeType }] : []),
  ];
  let container: Uint8Array | null = null;
  for (const [index, signature] of task.signatures.entries()) {
    const options = {
      signer: signerOf(signature, index, calls),
      timestamps: authorityOf(index, calls),
      level: task.level,
      ...(task.level === 'LT' ? longTerm(task, calls) : { at: task.at }),
    };
    container =
      container === null ? await signContainer(files, { format: 'asic-e', ...options }) : await signInContainer(container, options);
  }
  return container ?? document;
}

function longTerm({ trust, at }: SealingTask, calls: Calls) {
  return {
    at,
    trust,
    sources: {
      revocations: {
        find: async (certificate: Certificate, issuer: Certificate) => (await calls.revocation(certificate.bytes, issuer.bytes)) ?? [],
      },
    },
  };
}

function signerOf({ chain, scheme }: SignatureToMake, index: number, calls: Calls): Signer {
  const [own, ...issuers] = chain;
  if (own === undefined) throw new Error('a signature without a certificate');
  return { chain: [own, ...issuers], scheme, sign: (toBeSigned, digest) => calls.sign(index, toBeSigned, digest) };
}

const authorityOf = (index: number, calls: Calls): TimestampAuthority => ({
  stamp: (imprint, digest) => calls.stamp(index, imprint, digest),
});

/** The name at every place of the signer, in its own letters where the font for them is installed. */
async function visibleSignature(document: Uint8Array, signature: SignatureToMake): Promise<VisibleSignature | null> {
  const [first, ...more] = visiblePlaces(document, signature);
  if (first === undefined) return null;
  const fonts = /^[\x20-\x7e]*$/.test(signature.name) ? null : await fontsFor(signature.name);
  return {
    ...first,
    ...(more.length > 0 && { more }),
    text: [fonts === null ? printable(signature.name) : signature.name],
    ...(fonts && { fonts }),
  };
}

/** Null where the font lacks a letter, or nothing is installed to set it. */
async function fontsFor(name: string): Promise<VisibleSignature['fonts'] | null> {
  try {
    const bytes = liberation();
    const { glyphOf } = openFont(bytes);
    if ([...name].some((letter) => glyphOf(letter.codePointAt(0) ?? 0) === null)) return null;
    const { openFonts } = await import('adeskit/render');
    return await openFonts([bytes]);
  } catch {
    return null;
  }
}

/** From the upper left corner to the lower left one; places on pages that are not there are left out. */
function visiblePlaces(document: Uint8Array, { places }: SignatureToMake) {
  if (places.length === 0) return [];
  const opened = openPdf(document);
  if (!opened.ok) return [];
  return places.flatMap(({ page, x, y, width, height }) => {
    const found = pageAt(opened.value, page - 1);
    return found.ok ? [{ page, x, y: heightOf(found.value) - y - height, width, height }] : [];
  });
}

/** Height of the page as it is seen. */
function heightOf({ cropBox, mediaBox, rotate }: Page): number {
  const [left, bottom, right, top] = cropBox ?? mediaBox ?? [0, 0, 595, 842];
  return rotate === 90 || rotate === 270 ? right - left : top - bottom;
}

/** What the standard fonts of PDF can show; the name in full stands in the certificate. */
const printable = (name: string): string =>
  name
    .replace(/ł/g, 'l')
    .replace(/Ł/g, 'L')
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^\x20-\x7e]/g, '?');

/** Faults that say that the document cannot hold a signature. */
const UNFIT: ReadonlySet<string> = new Set(['malformed-input', 'unsupported', 'refused']);
