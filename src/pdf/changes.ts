/** What each incremental update changed, object by object, and which permission such a change needs (ISO 32000-2, 12.8.2.2). */
import { type Budget, budget } from '../base/budget.ts';
import { fromLatin1 } from '../base/text.ts';
import { type Change, ENCRYPTION, never } from './change.ts';
import type { Comparison } from './change-comparison.ts';
import { judgeObject, judgePlaced } from './change-rules.ts';
import { judgeStructure } from './change-structure.ts';
import { catalogOf, catalogRef, itemsAt, type PdfDocument, resolve } from './document.ts';
import { asInteger, asName, entry, isKind, type PdfObject, ref } from './object.ts';
import type { ObjectStream } from './objectstream.ts';
import { documentAt, type Revision, writtenBy } from './revision.ts';
import { CONTENT, extendRoles, objectOf, type Role, type RoleMap, rolesOf } from './roles.ts';
import { sameObject } from './same.ts';
import { findEntry, listedNumbers, sectionEntry, type XrefSection } from './xref.ts';

/**
 * Changes that each revision made to the one before, by revision index: from the revision after `from` on, and one more
 * list at the end for what follows the last revision. Every object that a revision wrote and the older document uses is
 * named or shown to be the same: nothing is passed over. Null: too much to compare. Linear in the size of the document.
 */
export function changesByRevision(document: PdfDocument, all: readonly Revision[], from = 0): readonly (readonly Change[])[] | null {
  if (isTooMuch(document, all, from)) return null;
  const found: Change[][] = all.map(() => []);
  found.push(trailingOctets(document, all));
  const start = all[from];
  if (start === undefined || from >= all.length - 1) return found;
  let older = documentAt(document, start);
  const map = rolesOf(older);
  const comparing = budget('steps of comparing trees', STEPS + document.size);
  found[from + 1] = damages(older, map);
  for (const revision of all.slice(from + 1)) {
    const newer = documentAt(document, revision);
    const before = all[revision.index - 1];
    if (before !== undefined && !endsWithOwnSection(document, before)) found[revision.index]?.push(UNTOLD);
    const changes = changesBetween({ document, older, newer, revision, map, comparing });
    found[revision.index]?.push(...changes);
    older = newer;
  }
  return found;
}

interface Step {
  readonly document: PdfDocument;
  readonly older: PdfDocument;
  readonly newer: PdfDocument;
  readonly revision: Revision;
  readonly map: RoleMap;
  readonly comparing: Budget;
}

function changesBetween({ document, older, newer, revision, map, comparing }: Step): Change[] {
  const found: Change[] = ambiguities(document, revision);
  const { written, freed } = writtenBy(document, revision);
  const to: Comparison = {
    older,
    newer,
    map,
    isNew: (num) => written.has(num) && objectOf(older, num) === null,
    add: (change) => void found.push(change),
    widgets: new Map(),
    placed: [],
    structure: { elements: [], entries: [], treesGrew: undefined },
    comparing,
  };
  trailerChanges(to, written);
  const changed: number[] = [];
  for (const num of written) if (compareObject(to, num)) changed.push(num);
  for (const num of freed) if (compareObject(to, num)) changed.push(num);
  for (const num of map.broken) if (!written.has(num) && !freed.has(num) && compareBroken(to, num)) changed.push(num);
  judgePlaced(to);
  judgeStructure(to);
  const unused = changed.filter((num) => !map.of.has(num) && isContent(objectOf(older, num)?.value));
  extendRoles(map, newer, written, changed);
  for (const num of unused) {
    if (map.of.has(num))
      found.push(never('object-recycled', `${num} 0 R`, 'an object that was there and that nothing used was replaced by one that is used'));
  }
  if (newer.view.allowance.left < 0) found.push(unreadable('trailer'));
  return found;
}

/** Compares one object; true where it differs. One that no path leads to is left over, and free to change. */
function compareObject(to: Comparison, num: number): boolean {
  const { older, newer, map, add } = to;
  const roles = map.of.get(num);
  const object = `${num} 0 R`;
  const [was, is] = [objectOf(older, num), objectOf(newer, num)];
  if (was === undefined || is === undefined) {
    add(unreadable(object));
    return true;
  }
  if (is !== null && is.container !== null && !isPlain(newer, num, is.container)) {
    add(never('ambiguous', object, 'the cross-references and an object stream do not agree on an object'));
  }
  if (was !== null && is !== null && was.gen === is.gen && sameObject(was.value, is.value)) return false;
  if ((was?.value ?? null) === null && (is?.value ?? null) === null) return false;
  if (was !== null && is !== null && was.gen !== is.gen) {
    if (roles !== undefined)
      add(never('object-recycled', object, 'the number of an object of the signed document was given to another object'));
    return true;
  }
  // What nothing leads to may change, unless the path to it could not be read.
  const judged = roles !== undefined ? strictest(roles) : map.broken.size > 0 && isContent(was?.value) ? [CONTENT] : [];
  for (const role of judged) {
    if (role.kind === 'container' && !stillHolds(to, num)) continue;
    judgeObject(to, object, role, was?.value ?? null, is?.value ?? null);
  }
  return true;
}

/** Whether an object stream holds an object once, at the place that the cross-references tell. */
function isPlain(document: PdfDocument, num: number, container: number): boolean {
  const held = document.loaded.streams.get(container);
  const place = findEntry(document.sections, num)?.entry;
  if (held === undefined || place?.kind !== 'compressed') return false;
  let distinct = DISTINCT.get(held);
  if (distinct === undefined) {
    distinct = new Set(held.numbers).size === held.numbers.length;
    DISTINCT.set(held, distinct);
  }
  return distinct && held.numbers[place.index] === num;
}

/** Content may not change, whatever else the object may be for. */
function strictest(roles: readonly Role[]): readonly Role[] {
  const content = roles.find(({ kind }) => kind === 'content' || kind === 'drawn');
  return content === undefined ? roles : [content];
}

/** Whether an object stream of the older document still holds objects of the newer one. */
function stillHolds({ newer, map }: Comparison, container: number): boolean {
  const held = map.containers.get(container);
  // What is no object stream itself is what one is read with.
  if (held === undefined) return true;
  for (const num of held) {
    const place = findEntry(newer.sections, num)?.entry;
    if (place?.kind === 'compressed' && place.stream === container) return true;
  }
  return false;
}

/** An object that could not be read in the older revision, or not to its end, may be another in a longer file. */
function compareBroken(to: Comparison, num: number): boolean {
  const [was, is] = [objectOf(to.older, num), objectOf(to.newer, num)];
  if (is === undefined && was === undefined) return false;
  if (was !== undefined && is !== undefined && sameObject(was?.value ?? null, is?.value ?? null)) return false;
  to.add(never('object-changed', `${num} 0 R`, 'an object of the signed document reaches into what was appended'));
  return true;
}

function trailerChanges(to: Comparison, written: ReadonlySet<number>): void {
  const { older, newer, map, add } = to;
  const [was, is] = [catalogRef(older), catalogRef(newer)];
  const moved = was?.num !== is?.num || was?.gen !== is?.gen;
  if (moved || is === null || written.has(is.num)) {
    const [before, after] = [catalogOf(older), catalogOf(newer)];
    if (after === null) add(never('catalog-removed', 'trailer', 'the document catalogue is gone'));
    else if (moved && is !== null && before !== null) judgeObject(to, `${is.num} ${is.gen} R`, { kind: 'catalog' }, before, after);
  }
  // Objects whose numbers reach /Size count as missing (7.5.5).
  if (sizeOf(newer) < sizeOf(older) && sizeOf(newer) <= map.highest)
    add(never('ambiguous', 'trailer', 'the trailer of the update says that there are fewer objects'));
  const encrypt = entry(older.trailer, 'Encrypt');
  const sameKeys = encrypt === null || sameObject(permanentId(older), permanentId(newer));
  if (!sameKeys || !sameObject(encrypt, entry(newer.trailer, 'Encrypt'))) add(ENCRYPTION);
}

const sizeOf = ({ trailer }: PdfDocument): number => asInteger(entry(trailer, 'Size')) ?? Number.POSITIVE_INFINITY;

/** The part of /ID that stays for good: keys are derived from it (7.6.4.3.2, 14.4). */
const permanentId = (document: PdfDocument): PdfObject => resolve(document, itemsAt(document, document.trailer, 'ID')?.[0]);

/** What makes the signed revision itself one that readers may see differently. */
function damages(signed: PdfDocument, map: RoleMap): Change[] {
  const found: Change[] = [];
  if (map.looped)
    found.push(never('damaged', 'trailer', 'the page tree of the signed document runs in a circle, so its pages cannot be told'));
  if (signed.view.allowance.left < 0) found.push(unreadable('trailer'));
  return found;
}

/**
 * Whether the `startxref` that a revision ends with names the section that counts as its newest. Else an update has put
 * another section, hidden among the octets of that revision, in front of the one that was in force.
 */
function endsWithOwnSection(document: PdfDocument, { newest, markerEnd }: Revision): boolean {
  const section = document.sections[newest];
  const tail = fromLatin1(document.source.read(Math.max(0, markerEnd - STARTXREF), Math.min(STARTXREF, markerEnd)));
  const told = /startxref\s+(\d{1,15})\s*(?:%%EOF)?$/.exec(tail)?.[1];
  return section !== undefined && told !== undefined && Math.abs(Number(told) + document.shift - section.at) <= SLACK;
}

/** Cross-references of an update that readers may understand differently. */
function ambiguities(document: PdfDocument, { newest, oldest, xref, trailer }: Revision): Change[] {
  if (xref === 'rebuilt') return [never('damaged', 'trailer', 'the cross-references are damaged, so changes cannot be told')];
  const found: Change[] = [];
  if (trailer.repeated.length > 0) found.push(never('ambiguous', 'trailer', 'the trailer of the update tells something twice'));
  if (!isKind(entry(trailer, 'Root'), 'ref')) found.push(never('ambiguous', 'trailer', 'the trailer of the update names no catalogue'));
  const earlier = document.sections.slice(oldest + 1);
  for (const section of document.sections.slice(newest, oldest + 1)) {
    if (section.overlapping) found.push(never('ambiguous', 'trailer', 'the cross-references of the update list an object twice'));
    if (section.hybrid === null) continue;
    const table: XrefSection = { ...section, hybrid: null };
    const hidden = new Set(listedNumbers(section.hybrid));
    for (const num of hidden) {
      const [open, closed] = [sectionEntry(table, num), sectionEntry(section.hybrid, num)];
      if (open === null || closed === null || sameObject(placeOf(open), placeOf(closed))) continue;
      // The usual way to hide an object from readers of tables is to have it free there, as it always was.
      const before = open.kind === 'free' ? findEntry(earlier, num) : null;
      const visible = before !== null && before.entry.kind === 'file';
      if (open.kind !== 'free' || visible) {
        found.push(never('ambiguous', `${num} 0 R`, 'the table and the stream of cross-references do not agree on an object'));
        break;
      }
    }
  }
  return found;
}

const placeOf = (place: NonNullable<ReturnType<typeof sectionEntry>>): PdfObject =>
  place.kind === 'file' ? ref(place.at, place.gen) : place.kind === 'compressed' ? ref(place.stream, -1 - place.index) : null;

/** Octets after the last revision belong to nothing, and readers that look for damage may find objects there. */
function trailingOctets(document: PdfDocument, all: readonly Revision[]): Change[] {
  const last = all.at(-1);
  if (last === undefined || document.rebuilt || last.limit >= document.size) return [];
  return [never('octets-appended', 'trailer', 'octets that belong to no revision follow the last one')];
}

/** Numbers listed by later revisions are each looked up in all older sections. */
function isTooMuch(document: PdfDocument, all: readonly Revision[], from: number): boolean {
  let steps = 0;
  for (const { newest, oldest } of all.slice(from + 1)) {
    for (const section of document.sections.slice(newest, oldest + 1)) {
      let listed = 0;
      for (const { count } of section.ranges) listed += count;
      for (const { count } of section.hybrid?.ranges ?? []) listed += count;
      steps += (listed + 4) * (document.sections.length - oldest);
    }
  }
  return steps > STEPS + STEPS_PER_OCTET * document.size;
}

/** Cross-reference and object streams hold no content of their own; the null object is none at all. */
function isContent(value: PdfObject | undefined): boolean {
  if (value === undefined || value === null) return false;
  if (!isKind(value, 'stream')) return true;
  const type = asName(entry(value.dict, 'Type'));
  return type !== 'XRef' && type !== 'ObjStm';
}

const unreadable = (object: string): Change => never('unreadable-object', object, 'an object that was changed cannot be read');
const UNTOLD = never('ambiguous', 'trailer', 'the update does not continue the revision before it as that one ended');
const DISTINCT = new WeakMap<ObjectStream, boolean>();
/** Octets in which `startxref`, its number and `%%EOF` have room, with some white space. */
const STARTXREF = 96;
/** By how much an offset may miss the keyword `xref`. */
const SLACK = 8;
const STEPS = 1 << 22;
const STEPS_PER_OCTET = 16;
