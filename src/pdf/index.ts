/** PDF files as objects, revisions and signature fields, and incremental updates (ISO 32000-2). */
export { attachFile, type FileToAttach } from './attach.ts';
export { type ByteRangeCheck, checkByteRange } from './byterange.ts';
export type { Change, Needs } from './change.ts';
export { changesByRevision } from './changes.ts';
export { catalogOf, loadObject, openPdf, type PdfDocument, resolve, streamBytes } from './document.ts';
export { readSecurityStore, type SecurityStore } from './dss.ts';
export { formFields, type SignatureField, signatureFields, straySignatures } from './field.ts';
export type { PdfArray, PdfDict, PdfName, PdfNumber, PdfObject, PdfRef, PdfStream, PdfString } from './object.ts';
export { type Page, pageAt, pageCount, pages } from './page.ts';
export { documentAt, type Revision, revisions } from './revision.ts';
export type { SignatureDictionary } from './signature.ts';
