/**
 * From files to lists that are trusted: who may sign each, whether it is in time, and which of several is the one in force
 * (TS 119 612, 5.3; TS 119 615, 4.1 and 4.2). Whatever is refused is named with its reason.
 */
import type { Bytes } from '../base/bytes.ts';
import { type Instant, toIso } from '../base/instant.ts';
import { exact } from '../base/options.ts';
import { toHex } from '../base/text.ts';
import { digest } from '../crypto/digest.ts';
import { type Pointer, parseTrustedList, type ReadList, type TrustedList } from './list.ts';
import { checkListSignature } from './list-signature.ts';
import { EU_LISTS, GRACE_ENDS, LIST_MIME_TYPE } from './names.ts';
import type { RefusedList } from './trust-source.ts';

/** A file that may be a list. */
export interface ListFile {
  /** File name or address. */
  readonly name: string;
  readonly bytes: Bytes;
  /** Null for what was no fetched. */
  readonly fetchedAt: Instant | null;
}

export interface CollectOptions {
  /** Lists must be in time then. */
  readonly at: Instant;
  /** DER: who may sign the list of lists, by the official journal; and lists that no other list names. */
  readonly signers: readonly Bytes[];
  /** Lists past their next update are taken all the same, and said to be stale. */
  readonly acceptStale?: boolean;
  /** Takes the signers of the list of lists from itself where `signers` is empty: whoever gives the file vouches for it. */
  readonly selfNamed?: boolean;
  /** What was good before: no list may go back behind it, and it serves while its own next update allows. */
  readonly previous?: readonly AcceptedList[];
}

export interface AcceptedList {
  readonly territory: string;
  readonly name: string;
  /** As it was given. */
  readonly bytes: Bytes;
  readonly list: TrustedList;
  readonly sha256: string;
  readonly signer: string;
  readonly fetchedAt: Instant | null;
  readonly stale: boolean;
  /** Why a newer one was refused, where this one is from an earlier snapshot. */
  readonly kept: string | null;
  /** A list of lists. */
  readonly ofLists: boolean;
}

export interface CollectedLists {
  /** Null where there is none, or it was refused. */
  readonly lotl: AcceptedList | null;
  /** By territory. */
  readonly lists: readonly AcceptedList[];
  readonly refused: readonly RefusedList[];
  readonly selfNamed: boolean;
}

/** Sorts out files. Never throws for what they hold. */
export function collectLists(files: readonly ListFile[], options: CollectOptions): CollectedLists {
  exact('collectLists', options, ['at', 'signers', 'acceptStale', 'selfNamed', 'previous']);
  const refused: RefusedList[] = [];
  const read = files.flatMap((file) => {
    const parsed = parseTrustedList(file.bytes);
    if (parsed.ok) return [{ file, ...parsed.value }];
    refused.push({ name: file.name, reason: 'unreadable', detail: parsed.malformed.reason });
    return [];
  });
  const previous = new Map((options.previous ?? []).map((one) => [keyOf(one), one]));
  const isOfLists = ({ list }: ReadList): boolean => list.type === EU_LISTS || (list.type ?? '').endsWith('listofthelists');
  const lotlFiles = read.filter(isOfLists);
  const selfNamed = options.signers.length === 0 && options.selfNamed === true;
  const lotl = chooseLotl(lotlFiles, { ...options, selfNamed, refused, previous: previous.get('EU, list of lists') });
  const pointers = lotl?.list.pointers.filter(({ mimeType }) => mimeType === null || mimeType === LIST_MIME_TYPE) ?? [];
  const lists: AcceptedList[] = [];
  const territories = Map.groupBy(
    read.filter((one) => !isOfLists(one)),
    ({ list }) => list.territory ?? '',
  );
  // A list of lists that was refused vouches for nobody, and nobody else does.
  const orphaned = lotlFiles.length > 0 && lotl === null;
  for (const territory of new Set([
    ...territories.keys(),
    ...[...previous.values()].filter((one) => !one.ofLists).map((one) => one.territory),
  ])) {
    const candidates = territories.get(territory) ?? [];
    const named = pointers.filter((pointer) => pointer.territory === territory);
    const agreement = named.length > 0 && named.every(({ recognitionAgreement }) => recognitionAgreement);
    if (agreement) {
      refused.push({
        name: territory,
        reason: 'recognition-agreement',
        detail: 'lists under a mutual recognition agreement are not followed',
      });
      continue;
    }
    const signers = named.length > 0 ? named.flatMap(({ certificates }) => certificates) : options.signers;
    const kept = previous.get(territory);
    const chosen = choose(candidates, { ...options, signers, refused, territory, orphaned, previous: kept });
    if (chosen !== null) lists.push(chosen);
  }
  return { lotl, lists: lists.sort((a, b) => (a.territory < b.territory ? -1 : 1)), refused, selfNamed };
}

const keyOf = ({ territory, ofLists }: AcceptedList): string => (ofLists ? 'EU, list of lists' : territory);

interface Candidate extends ReadList {
  readonly file: ListFile;
}

interface Choosing extends Omit<CollectOptions, 'previous'> {
  readonly refused: RefusedList[];
  readonly territory: string;
  /** The list of lists itself was refused. */
  readonly orphaned: boolean;
  readonly previous: AcceptedList | undefined;
}

/** The one in force: of those that hold the one with the highest sequence; else the last good one while it is in time. */
function choose(candidates: readonly Candidate[], choosing: Choosing): AcceptedList | null {
  const problems: RefusedList[] = [];
  const good: AcceptedList[] = [];
  for (const candidate of candidates) {
    const verdict = admit(candidate, choosing);
    if ('reason' in verdict) problems.push(verdict);
    else good.push(verdict);
  }
  good.sort((a, b) => (b.list.sequence ?? 0) - (a.list.sequence ?? 0) || (b.list.issued ?? 0) - (a.list.issued ?? 0));
  const [best, ...others] = good;
  for (const other of others)
    if (best !== undefined && other.sha256 !== best.sha256)
      problems.push({ name: other.name, reason: 'superseded', detail: `sequence ${best.list.sequence} is there too` });
  const { previous, refused, at, acceptStale = false } = choosing;
  // What is told of a territory is told by its name; of further files of a territory that has a good one, by theirs.
  const named = (one: RefusedList): RefusedList =>
    best === undefined && candidates.length === 1 ? { ...one, name: choosing.territory || one.name } : one;
  refused.push(...problems.map(named));
  if (best !== undefined) return best;
  if (previous === undefined || choosing.orphaned) return null;
  const reason = problems[0] === undefined ? 'no newer one could be had' : `${problems[0].reason}: ${problems[0].detail}`;
  const late = previous.list.nextUpdate !== null && previous.list.nextUpdate < at;
  if (!late || acceptStale) return { ...previous, kept: reason, stale: late };
  refused.push({
    name: choosing.territory,
    reason: 'stale',
    detail: `the last good one was to be replaced by ${toIso(previous.list.nextUpdate ?? 0)}`,
  });
  return null;
}

/** One file: its form, its time, its signature. */
function admit({ file, document, list }: Candidate, choosing: Choosing): AcceptedList | RefusedList {
  const { at, signers, acceptStale = false, previous, territory, orphaned } = choosing;
  const refuse = (reason: string, detail: string): RefusedList => ({ name: file.name, reason, detail });
  if (list.territory === null || list.sequence === null || list.issued === null || list.version === null)
    return refuse('incomplete', 'territory, sequence, version or time of issue is missing');
  const late = list.nextUpdate !== null && list.nextUpdate < at;
  if (late && !acceptStale) return refuse('stale', `it was to be replaced by ${toIso(list.nextUpdate ?? 0)}`);
  if (orphaned) return refuse('no-list-of-lists', 'the list of lists was refused, so nobody says who may sign');
  if (list.issued > at) return refuse('not-yet-issued', `it is of ${toIso(list.issued)}`);
  if (list.deviations.includes('NextUpdate is missing')) return refuse('incomplete', 'NextUpdate is missing');
  if (list.version !== 5 && list.version !== 6 && list.issued >= GRACE_ENDS) return refuse('version', `version ${list.version}`);
  if (signers.length === 0) return refuse('no-signers', `nobody says who may sign the list of ${territory}`);
  const signature = checkListSignature({ document, list }, { signers, at: list.issued });
  if (!signature.ok) return refuse(signature.reason, signature.detail);
  if (previous !== undefined && isBefore(list, previous.list))
    return refuse('rolled-back', `sequence ${list.sequence} of ${toIso(list.issued)}, but ${previous.list.sequence} was seen before`);
  return {
    ...{ territory: list.territory, name: file.name, bytes: file.bytes, list, sha256: toHex(digest('SHA-256', file.bytes)) },
    ...{ signer: signature.signer.fingerprint, fetchedAt: file.fetchedAt, stale: late, kept: null, ofLists: false },
  };
}

const isBefore = (one: TrustedList, seen: TrustedList): boolean =>
  (one.sequence ?? 0) < (seen.sequence ?? 0) || (one.sequence === seen.sequence && (one.issued ?? 0) < (seen.issued ?? 0));

interface ChoosingLotl extends Omit<CollectOptions, 'previous'> {
  readonly refused: RefusedList[];
  readonly previous: AcceptedList | undefined;
}

/** The list of lists in force, by who may sign it: the given signers, or those by whom pivots replaced them. */
function chooseLotl(candidates: readonly Candidate[], options: ChoosingLotl): AcceptedList | null {
  const { refused, previous } = options;
  const problems: RefusedList[] = [];
  const good: AcceptedList[] = [];
  for (const one of candidates) {
    const { signers, problem } = options.selfNamed
      ? { signers: ownSigners(one.list), problem: null }
      : lotlSigners(one, candidates, options);
    const verdict = admit(one, { ...options, signers, territory: one.file.name, orphaned: false, previous });
    if (!('reason' in verdict)) good.push({ ...verdict, ofLists: true });
    else if (verdict.reason === 'wrong-signer' && problem !== null) problems.push({ ...verdict, reason: 'pivot', detail: problem });
    else problems.push(verdict);
  }
  good.sort((a, b) => (b.list.sequence ?? 0) - (a.list.sequence ?? 0) || (b.list.issued ?? 0) - (a.list.issued ?? 0));
  const [best, ...others] = good;
  const pivots = new Set(pivotNumbers(best?.list));
  for (const one of others)
    if (best !== undefined && one.sha256 !== best.sha256 && !pivots.has(one.list.sequence ?? 0))
      problems.push({ name: one.name, reason: 'superseded', detail: `sequence ${best.list.sequence} is there too` });
  const isPivot = ({ name }: RefusedList): boolean =>
    candidates.some(({ file, list }) => file.name === name && list.sequence !== best?.list.sequence && pivots.has(list.sequence ?? 0));
  refused.push(...problems.filter((one) => best === undefined || !isPivot(one)));
  if (best !== undefined || previous === undefined) return best ?? null;
  const [problem] = problems;
  return keep(previous, problem === undefined ? 'no newer one could be had' : `${problem.reason}: ${problem.detail}`, options);
}

function keep(previous: AcceptedList, why: string, { at, acceptStale = false, refused }: ChoosingLotl): AcceptedList | null {
  const late = previous.list.nextUpdate !== null && previous.list.nextUpdate < at;
  if (!late || acceptStale) return { ...previous, kept: why, stale: late };
  refused.push({
    name: previous.name,
    reason: 'stale',
    detail: `the last good one was to be replaced by ${toIso(previous.list.nextUpdate ?? 0)}`,
  });
  return null;
}

/**
 * Who may sign a list of lists. Pivots are former ones with which the signers changed: each is signed by those whom the one before
 * names, the oldest by those of the official journal. The list of lists names its pivots where it tells of itself.
 */
function lotlSigners(
  { list }: Candidate,
  candidates: readonly Candidate[],
  { signers: given }: Pick<CollectOptions, 'signers'>,
): { readonly signers: readonly Bytes[]; readonly problem: string | null } {
  let signers = given;
  const numbers = pivotNumbers(list).filter((number) => number !== list.sequence);
  for (const number of numbers.sort((a, b) => a - b)) {
    const found = candidates.filter((one) => one.list.sequence === number);
    if (found.length === 0) return { signers: given, problem: `the pivot ${number} is missing` };
    const good = found.find((one) => checkListSignature(one, { signers, at: one.list.issued ?? 0 }).ok);
    if (good === undefined) return { signers: given, problem: `the pivot ${number} is not signed by those whom the one before names` };
    signers = ownSigners(good.list);
  }
  return { signers: signers === given ? given : [...given, ...signers], problem: null };
}

/** Sequence numbers of the pivots that a list of lists names, its own among them where it is one. */
export const pivotNumbers = (list: TrustedList | undefined): number[] => [...new Set(pivotAddresses(list).map(({ number }) => number))];

/** Where the pivots are. */
export const pivotAddresses = (list: TrustedList | undefined): { readonly number: number; readonly url: string }[] =>
  (list?.informationUris ?? []).slice(0, MOST_PIVOTS).flatMap(({ text: url }) => {
    const found = /pivot-(\d{1,6})[\w-]*\.xml$/i.exec(url);
    return found === null ? [] : [{ number: Number(found[1]), url }];
  });

/** Whom a list of lists names as its own signers. */
const ownSigners = ({ pointers, type }: TrustedList): readonly Bytes[] =>
  pointers.filter((pointer: Pointer) => pointer.type === type).flatMap(({ certificates }) => certificates);

const MOST_PIVOTS = 100;
