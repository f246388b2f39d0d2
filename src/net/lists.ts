/** Trusted lists over HTTP: the list of lists and its pivots first, then, once it is verified, every list that it names (TS 119 612, 5.3.13). */

import type { Bytes } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import type { Instant } from '../base/instant.ts';
import { exact } from '../base/options.ts';
import { collectLists, type ListFile } from '../trust/collect.ts';
import { parseTrustedList, pivotAddresses, type RefusedList } from '../trust/index.ts';
import { LIST_MIME_TYPE } from '../trust/names.ts';
import type { HttpClient } from './http.ts';

export interface FetchListsOptions {
  readonly client: HttpClient;
  /** Address of the list of lists. */
  readonly lotl: string;
  /** DER: who may sign it, by the official journal. */
  readonly signers: readonly Bytes[];
  readonly at: Instant;
  readonly acceptStale?: boolean;
  /** Lists asked for at once; default 8. */
  readonly parallel?: number;
  /** Octets of one list; default 32 MiB. */
  readonly maximumBytes?: number;
  readonly onProgress?: (done: number, all: number, name: string) => void;
}

export interface FetchedLists {
  readonly files: readonly ListFile[];
  /** What could not be had, by territory. */
  readonly unavailable: readonly RefusedList[];
}

/**
 * Fetches what a snapshot is built from. A list of lists that does not hold is followed nowhere. Nothing is thrown for a server that
 * does not answer as it should; it is told in `unavailable`.
 *
 * @throws Fault `bad-option`
 */
export async function fetchLists(options: FetchListsOptions): Promise<FetchedLists> {
  exact('fetchLists', options, ['client', 'lotl', 'signers', 'at', 'acceptStale', 'parallel', 'maximumBytes', 'onProgress']);
  const { lotl, signers, at, acceptStale = false, parallel = 8 } = options;
  const unavailable: RefusedList[] = [];
  const [first] = await fetchAll([{ name: 'EU', url: lotl }], 1, options, unavailable, 0, 1);
  const read = first === undefined ? null : parseTrustedList(first.bytes);
  if (first === undefined || read === null || !read.ok) return { files: first === undefined ? [] : [first], unavailable };
  const { list } = read.value;
  const pivots = pivotAddresses(list).filter(({ number }) => number !== list.sequence);
  const former = await fetchAll(
    pivots.map(({ number, url }) => ({ name: `pivot ${number}`, url })),
    parallel,
    options,
    unavailable,
    1,
    1 + pivots.length,
  );
  const head = [first, ...former];
  if (collectLists(head, { at, signers, acceptStale }).lotl === null) return { files: head, unavailable };
  const places = new Map<string, Wanted>();
  for (const { mimeType, type, location, territory } of list.pointers.slice(0, MOST_LISTS))
    if (mimeType === LIST_MIME_TYPE && type !== list.type) places.set(location, { name: territory ?? location, url: location });
  const lists = await fetchAll([...places.values()], parallel, options, unavailable, head.length, head.length + places.size);
  return { files: [...head, ...lists], unavailable };
}

interface Wanted {
  readonly name: string;
  readonly url: string;
}

/** So many at once, in the given order. */
async function fetchAll(
  wanted: readonly Wanted[],
  parallel: number,
  { client, at, maximumBytes = LARGEST, onProgress }: FetchListsOptions,
  unavailable: RefusedList[],
  before: number,
  all: number,
): Promise<ListFile[]> {
  const found = new Map<number, ListFile>();
  let next = 0;
  let done = before;
  const worker = async (): Promise<void> => {
    for (let i = next++; i < wanted.length; i = next++) {
      const { name, url } = wanted[i] as Wanted;
      try {
        const response = await client.send({ url, accept: `${LIST_MIME_TYPE}, application/xml, text/xml`, maximumBytes });
        if (response.status === 200) found.set(i, { name: url, bytes: response.body, fetchedAt: at });
        else unavailable.push({ name, reason: 'unavailable', detail: `${url}: status ${response.status}` });
      } catch (error) {
        if (!(error instanceof Fault)) throw error;
        unavailable.push({ name, reason: 'unavailable', detail: error.message });
      }
      onProgress?.(++done, all, name);
    }
  };
  await Promise.all(Array.from({ length: Math.max(1, Math.min(parallel, wanted.length)) }, worker));
  return wanted.flatMap((_, i) => found.get(i) ?? []);
}

/** Octets: the largest list of today has a third of it. */
const LARGEST = 1 << 25;
/** Europe has 31, twice where it publishes a PDF too. */
const MOST_LISTS = 500;
