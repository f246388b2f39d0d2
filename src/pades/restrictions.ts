/** What a document forbids whoever wants to sign it: certifications and locks of the signatures that it holds (ISO 32000-2, 12.8.2.2, 12.8.2.4, 12.7.5.5). */
import { Fault } from '../base/fault.ts';
import { catalogOf, type PdfDocument } from '../pdf/document.ts';
import { formFields, type SignatureField } from '../pdf/field.ts';
import { asInteger, entry } from '../pdf/object.ts';
import { readPermissions, readSignature } from '../pdf/signature.ts';
import type { FieldsToLock } from './options.ts';
import { certificationOf, isLocked, locksOf } from './permissions.ts';

/** Throws `refused` where a signature that is there allows no further one, or locked the field that is to be signed. */
export function refuseWhereForbidden(document: PdfDocument, fields: readonly SignatureField[], field: SignatureField | null): void {
  const catalog = catalogOf(document);
  const certifying = catalog === null ? null : readSignature(document, readPermissions(document, catalog).docMdp);
  const stray = certifying === null ? [] : [{ name: '', signature: certifying, lock: null }];
  for (const { name, signature, lock } of [...stray, ...fields]) {
    if (signature === null) continue;
    if (certificationOf(signature) === 1)
      throw new Fault('refused', 'the certification of this PDF allows no further signature (DocMDP 1)');
    if (lock?.permissions === 1)
      throw new Fault('refused', `the signature in field '${name}' closed this PDF: it allows no further signature (lock with P 1)`);
    if (field !== null && locksOf(signature, lock).some((one) => isLocked(one, field.name)))
      throw new Fault('refused', `the signature in field '${name}' locked the field '${field.name}'`);
  }
  if (field !== null && ((asInteger(entry(field.dict, 'Ff')) ?? 0) & READ_ONLY) !== 0 && field.signature === null)
    throw new Fault('refused', `the field '${field.name}' is read-only: nobody may sign it`);
}

/** A certification comes before every other signature and document time-stamp, and only once. Throws `refused`, `bad-option`. */
export function refuseLateCertification(document: PdfDocument, fields: readonly SignatureField[], permission: unknown): void {
  if (permission !== 1 && permission !== 2 && permission !== 3)
    throw new Fault(
      'bad-option',
      `certify is '${String(permission)}', but can be 1 (no changes), 2 (forms and signatures) or 3 (comments too)`,
    );
  const catalog = catalogOf(document);
  if (catalog !== null && readPermissions(document, catalog).docMdp !== null)
    throw new Fault('refused', 'this PDF is certified already, and a PDF is certified once: sign it without certify');
  const signed = fields.find(({ signature }) => signature !== null);
  if (signed !== undefined)
    throw new Fault(
      'refused',
      `a certification is the first signature of a PDF, and this one is signed already (field '${signed.name}'): sign it without certify`,
    );
}

/** Throws `bad-option` for a lock that says nothing or names fields that are not there, `refused` where the field brings its own. */
export function checkLock(document: PdfDocument, lock: FieldsToLock, field: SignatureField | null): void {
  const { action, fields = [], permission } = lock;
  if (action !== 'all' && action !== 'include' && action !== 'exclude')
    throw new Fault('bad-option', `lock.action is '${String(action)}', but can be all, include or exclude`);
  if ((action === 'all') !== (fields.length === 0))
    throw new Fault('bad-option', action === 'all' ? 'lock: all takes no fields' : `lock: ${action} needs the names of fields`);
  if (permission !== undefined && permission !== 1 && permission !== 2 && permission !== 3)
    throw new Fault('bad-option', `lock.permission is '${String(permission)}', but can be 1, 2 or 3`);
  const names = formFields(document).map(({ name }) => name);
  const unknown = fields.find((asked) => !names.some((name) => name === asked || name.startsWith(`${asked}.`)));
  if (unknown !== undefined) throw new Fault('bad-option', `lock: the form has no field named '${unknown}'`);
  if (field?.lock) throw new Fault('refused', `the field '${field.name}' brings a lock of its own: sign it without lock`);
  if (field !== null && permission !== undefined)
    throw new Fault('bad-option', 'lock.permission is written into a new field only, and this one is there already');
}

const READ_ONLY = 1;
