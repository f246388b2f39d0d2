/** What each incremental update changed, object by object, and which permission such a change needs (ISO 32000-2, 12.8.2.2). */

import { type Change, never } from './change.ts';
import { type ChangeRules, rulesFor } from './change-rules.ts';
import { catalogOf, catalogRef, loadObject, type PdfDocument } from './document.ts';
import { entry, isKind, type PdfObject, ref } from './object.ts';
import { documentAt, type Revision, writtenBy } from './revision.ts';
import { addPageRoles, formRoles } from './roles.ts';
import { eachReference, sameObject } from './same.ts';

/**
 * Changes that each revision made to the one before, by revision index (the first made none). Every object that a
 * revision wrote is either shown to be harmless or named: nothing is passed over. Linear in the size of the document.
 */
export function changesByRevision(document: PdfDocument, all: readonly Revision[]): readonly (readonly Change[])[] {
  const awaited = referencedBeforeDefined(document, all);
  return all.map((revision, index) => {
    const before = all[index - 1];
    return before === undefined ? [] : changesOf(document, before, revision, awaited);
  });
}

function changesOf(document: PdfDocument, before: Revision, revision: Revision, awaited: ReadonlyMap<number, number>): Change[] {
  if (revision.xref === 'rebuilt') return [never('damaged', 'trailer', 'the cross-references are damaged, so changes cannot be told')];
  const older = documentAt(document, before);
  const newer = documentAt(document, revision);
  const { written, freed } = writtenBy(document, revision);
  const rules = rulesFor(older, newer);
  trailerChanges(rules);
  const roles = formRoles(older);
  let withPages = false;
  const unexplained: [number, PdfObject, PdfObject][] = [];
  for (const num of [...written, ...freed]) {
    const was = objectOf(older, num);
    const is = freed.has(num) ? null : objectOf(newer, num);
    if (was === undefined || is === undefined) {
      rules.add(never('unreadable-object', `${num} 0 R`, 'an object that was changed cannot be read'));
      continue;
    }
    if (was === null) {
      if ((awaited.get(num) ?? Number.POSITIVE_INFINITY) < revision.index)
        rules.add(never('object-appeared', `${num} 0 R`, 'an object appeared that the earlier document refers to and did not have'));
      continue;
    }
    if (sameObject(was, is) || isContainer(was)) continue;
    if (!roles.has(num) && !withPages) {
      addPageRoles(older, roles);
      withPages = true;
    }
    const role = roles.get(num);
    if (role === undefined) unexplained.push([num, was, is]);
    else rules.changed(num, role, was, is);
  }
  reachableOnly(older, newer, unexplained, rules);
  return rules.changes();
}

/** An object without a role counts where either document uses it; what neither reaches is left-over. */
function reachableOnly(older: PdfDocument, newer: PdfDocument, unexplained: [number, PdfObject, PdfObject][], rules: ChangeRules): void {
  if (unexplained.length === 0) return;
  const used = new Set([...reachable(older), ...reachable(newer)]);
  for (const [num, , is] of unexplained) {
    if (!used.has(num)) continue;
    const removed = is === null;
    rules.add(
      never(
        removed ? 'object-removed' : 'object-changed',
        `${num} 0 R`,
        removed ? 'an object of the signed document was removed' : 'an object of the signed document was changed, and no rule allows that',
      ),
    );
  }
}

function trailerChanges(rules: ChangeRules): void {
  const { older, newer } = rules;
  const [was, is] = [catalogRef(older), catalogRef(newer)];
  const [before, after] = [catalogOf(older), catalogOf(newer)];
  if (was?.num !== is?.num && before !== null && after !== null) rules.changed(is?.num ?? 0, { kind: 'catalog' }, before, after);
  if (after === null) rules.add(never('catalog-removed', 'trailer', 'the document catalogue is gone'));
  if (!sameObject(entry(older.trailer, 'Encrypt'), entry(newer.trailer, 'Encrypt')))
    rules.add(never('encryption-changed', 'trailer', 'the encryption of the document was changed'));
}

/** Numbers that some object refers to in a revision in which no object has them, by the first such revision. */
function referencedBeforeDefined(document: PdfDocument, all: readonly Revision[]): ReadonlyMap<number, number> {
  const first = new Map<number, number>();
  const defined = new Set<number>();
  if (all.length < 2) return first;
  for (const revision of all) {
    const view = documentAt(document, revision);
    const { written, freed } = writtenBy(document, revision);
    for (const num of written) defined.add(num);
    for (const num of freed) defined.delete(num);
    for (const num of written) {
      const value = objectOf(view, num);
      if (value !== undefined)
        eachReference(value, (target) => !defined.has(target) && !first.has(target) && first.set(target, revision.index));
    }
  }
  return first;
}

function reachable(document: PdfDocument): Set<number> {
  const seen = new Set<number>();
  const stack: number[] = [];
  const visit = (num: number): void => {
    if (seen.has(num)) return;
    seen.add(num);
    stack.push(num);
  };
  eachReference(entry(document.trailer, 'Root'), visit);
  for (let num = stack.pop(); num !== undefined; num = stack.pop()) eachReference(objectOf(document, num) ?? null, visit);
  return seen;
}

/** The object of a number in a document; undefined where it is there but cannot be read. */
function objectOf(document: PdfDocument, num: number): PdfObject | undefined {
  const direct = loadObject(document, ref(num));
  if (!direct.ok) return undefined;
  if (direct.value !== null) return direct.value.value;
  return anyGeneration(document, num);
}

/** Numbers are unique at any moment; a reference of generation 0 misses an object that was freed and used again. */
function anyGeneration(document: PdfDocument, num: number): PdfObject | undefined {
  const cached = document.loaded.objects.get(num);
  if (cached === undefined) return null;
  return cached.ok ? (cached.value?.value ?? null) : undefined;
}

/** Cross-reference and object streams hold no content of their own. */
function isContainer(value: PdfObject): boolean {
  if (!isKind(value, 'stream')) return false;
  const type = entry(value.dict, 'Type');
  return isKind(type, 'name') && (type.name === 'XRef' || type.name === 'ObjStm');
}
