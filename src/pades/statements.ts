/** The signature dictionary of a PAdES signature and what it states (ISO 32000-2, 12.8.1; EN 319 142-1, 5 and 6). */
import { Fault } from '../base/fault.ts';
import type { PdfDocument } from '../pdf/document.ts';
import { catalogRef } from '../pdf/document.ts';
import type { SignatureField } from '../pdf/field.ts';
import { array, dict, integer, name, type PdfDict, type PdfObject } from '../pdf/object.ts';
import { dateString, textString } from '../pdf/text.ts';
import type { FieldsToLock, PadesOptions } from './options.ts';
import { type Lock, locksOf } from './permissions.ts';
import { reservedEntries } from './reserved.ts';

/** Table 255; the claimed time is in /M (EN 319 142-1, 6.3). */
export function signatureDictionary(document: PdfDocument, options: PadesOptions, field: SignatureField | null, room: number): PdfDict {
  const text = (value: string | undefined) => (value === undefined ? undefined : textString(value));
  const references = referencesOf(document, options, field);
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
    Reference: references.length === 0 ? undefined : array(references),
  });
}

/** EN 319 142-1, 6.3: what would be said twice. Throws `bad-option`. */
export function refuseContradictions({ reason, commitmentTypes = [] }: Pick<PadesOptions, 'reason' | 'commitmentTypes'>): void {
  if (reason !== undefined && commitmentTypes.length > 0)
    throw new Fault('bad-option', 'a PAdES signature states a reason or commitment types, not both (EN 319 142-1, 6.3)');
}

/** The lock that a new field gets (12.7.5.5, table 236). */
export const lockEntry = ({ action, fields, permission }: FieldsToLock): PdfDict =>
  dict({
    Type: name('SigFieldLock'),
    Action: name(ACTIONS[action]),
    Fields: action === 'all' ? undefined : array((fields ?? []).map(textString)),
    P: permission === undefined ? undefined : integer(permission),
  });

/** 12.8.2.2 and 12.8.2.4; without digests, as PDF/A wants it. A lock that the field brings is written as a transform too. */
function referencesOf(document: PdfDocument, { certify, lock }: PadesOptions, field: SignatureField | null): PdfObject[] {
  const references: PdfObject[] = [];
  if (certify !== undefined) references.push(reference('DocMDP', { P: integer(certify), V: name('1.2') }));
  const own: Lock[] = lock === undefined ? [] : [{ action: ACTIONS[lock.action], fields: lock.fields ?? [] }];
  const brought = field === null ? [] : locksOf(UNSIGNED, field.lock);
  for (const { action, fields } of [...own, ...brought]) {
    const names = action === 'All' ? undefined : array(fields.map(textString));
    // Table 256: a FieldMDP transform names the object that it is about.
    references.push(reference('FieldMDP', { Action: name(action), Fields: names, V: name('1.2') }, catalogRef(document)));
  }
  return references;
}

const reference = (method: string, parameters: Readonly<Record<string, PdfObject | undefined>>, data: PdfObject = null): PdfDict =>
  dict({
    Type: name('SigRef'),
    TransformMethod: name(method),
    Data: data ?? undefined,
    TransformParams: dict({ Type: name('TransformParams'), ...parameters }),
  });

const ACTIONS = { all: 'All', include: 'Include', exclude: 'Exclude' } as const;
const UNSIGNED = { references: [] };
