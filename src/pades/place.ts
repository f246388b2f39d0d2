/** Facts of a signature by its place in the file: coverage, revision, certification and what changed after it (EN 319 142-1; ISO 32000-2, 12.8). */
import type { PdfSignatureFacts } from '../facts/index.ts';
import { type Change, never } from '../pdf/change.ts';
import { changesByRevision } from '../pdf/changes.ts';
import { loadObject, type PdfDocument } from '../pdf/document.ts';
import { documentAt, type Revision, revisions } from '../pdf/revision.ts';
import { sameObject } from '../pdf/same.ts';
import type { FieldLock, SignatureDictionary } from '../pdf/signature.ts';
import { allowanceOf, certificationOf, judgeChange, locksOf, type Permission } from './permissions.ts';

/** A signature dictionary with the field that holds it; a stray one has no field. */
export interface Placed {
  readonly fieldName: string;
  readonly signature: SignatureDictionary;
  readonly lock: FieldLock | null;
}

/** Computes the facts of each placed signature of one document; what they share is computed once. Without `compared` changes are unknown. */
export function placesOf(document: PdfDocument, placed: readonly Placed[], compared: boolean): PdfSignatureFacts[] {
  const all = revisions(document);
  const last = all.at(-1);
  const first = placed.reduce((least, { signature }) => Math.min(least, signature.revision ?? least), all.length);
  const later = first < all.length - 1 || (last !== undefined && last.limit < document.size);
  const changes = compared && later && document.locked === null ? changesByRevision(document, all, first) : null;
  // One whose byte range is not true cannot say where it belongs: it may stand behind what it would allow.
  const certified = placed.find(({ signature }) => signature.coverage.valid && certificationOf(signature) !== null)?.signature ?? null;
  return placed.map((one) => placeOf(document, one, { document, all, changes, certified }));
}

interface Shared {
  readonly document: PdfDocument;
  readonly all: readonly Revision[];
  /** By revision, and what follows the last one; null: there is nothing after any signature, or it cannot be told. */
  readonly changes: readonly (readonly Change[])[] | null;
  /** The certification signature of the document. */
  readonly certified: SignatureDictionary | null;
}

function placeOf(document: PdfDocument, { fieldName, signature, lock }: Placed, shared: Shared): PdfSignatureFacts {
  const { coverage, revision } = signature;
  const { all, certified } = shared;
  const certification = certificationOf(signature);
  return {
    fieldName,
    filter: signature.filter,
    subFilter: signature.subFilter,
    byteRange: (signature.byteRange ?? []).map((value) => value ?? -1),
    byteRangeValid: coverage.valid && signature.coversRevision,
    byteRangeProblem: coverage.problems[0] ?? (signature.coversRevision ? null : 'ends-within-revision'),
    coversWholeFile: coverage.coversWholeFile,
    revision: revision === null ? 0 : revision + 1,
    revisions: all.length,
    certification,
    dictionaryConsistent: isConsistent(document, signature, all),
    reason: signature.reason,
    location: signature.location,
    contactInfo: signature.contactInfo,
    signerName: signature.name,
    hasSigningTime: signature.claimedTime !== null,
    modifications: modificationsOf(signature, lock, certificationInForce(signature, certified), shared),
  };
}

/** A certification binds from its own revision on, so for this signature where it is not newer. */
function certificationInForce(signature: SignatureDictionary, certified: SignatureDictionary | null): Permission | null {
  const binds = certified !== null && (certified.revision ?? 0) <= (signature.revision ?? 0);
  return certificationOf(binds ? certified : signature);
}

function modificationsOf(
  signature: SignatureDictionary,
  lock: FieldLock | null,
  certification: Permission | null,
  { document, all, changes }: Shared,
): PdfSignatureFacts['modifications'] {
  const { revision, coverage } = signature;
  // What the byte range calls covered reaches to the end: nothing can follow it, whatever else is wrong with it.
  if (coverage.end !== null && coverage.end >= document.size) return [];
  if (revision === null || !signature.coversRevision) return null;
  const allowance = allowanceOf(certification, lock, locksOf(signature, lock));
  if (document.rebuilt) return [judgeChange(DAMAGED, allowance)];
  const last = all.at(-1);
  if (revision === all.length - 1 && last !== undefined && last.limit >= document.size) return [];
  if (changes === null) return null;
  return changes.slice(revision + 1).flatMap((each) => each.map((change) => judgeChange(change, allowance)));
}

/** Whether the signed revision holds the same dictionary as the document does now. */
function isConsistent(document: PdfDocument, signature: SignatureDictionary, all: readonly Revision[]): boolean {
  if (signature.revision === null) return false;
  const signed = all[signature.revision];
  if (signature.ref === null || signed === undefined || signature.revision === all.length - 1) return true;
  const then = loadObject(documentAt(document, signed), signature.ref);
  const now = loadObject(document, signature.ref);
  return then.ok && now.ok && then.value !== null && now.value !== null && sameObject(then.value.value, now.value.value);
}

const DAMAGED = never(
  'damaged',
  'trailer',
  'the cross-references are damaged, so what follows the signature cannot be told from what it covers',
);
