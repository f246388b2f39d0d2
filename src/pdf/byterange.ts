/** What a signature covers: /ByteRange held against the file and /Contents (ISO 32000-2, 12.8.1). */

/** Why a byte range is not one that can be trusted. */
export type ByteRangeProblem =
  | 'missing'
  | 'not-four-integers'
  | 'negative'
  | 'not-from-start'
  | 'overlap'
  | 'past-end'
  | 'contents-missing'
  | 'contents-not-hexadecimal'
  /** The string is in an object stream or was not read from the file: no octets of the file are its own. */
  | 'contents-not-in-file'
  | 'gap-is-not-contents';

export interface ByteRangeCheck {
  /** No problem at all: everything from the first octet to `end` but the /Contents string is covered. */
  readonly valid: boolean;
  readonly problems: readonly ByteRangeProblem[];
  /** The two ranges as `[offset, length]`; null where they are not four integers inside the file, in order. */
  readonly ranges: readonly [readonly [number, number], readonly [number, number]] | null;
  /** Where the second range ends, or null. */
  readonly end: number | null;
  /** Valid, and the second range ends exactly at the end of the file: not even white space may follow. */
  readonly coversWholeFile: boolean;
}

/** The /Contents string in the file: `start` of `<`, `end` after `>`. */
export interface ContentsPlace {
  readonly hex: boolean;
  readonly start: number;
  readonly end: number;
}

/** Checks a byte range against a file of `size` octets. `values` are the array's items, null for what is no integer; null: no array. */
export function checkByteRange(values: readonly (number | null)[] | null, contents: ContentsPlace | null, size: number): ByteRangeCheck {
  const problems: ByteRangeProblem[] = [];
  if (contents === null) problems.push('contents-missing');
  else if (!contents.hex) problems.push('contents-not-hexadecimal');
  else if (contents.start < 0) problems.push('contents-not-in-file');
  if (values === null) return failed([...problems, 'missing']);
  const [a = null, b = null, c = null, d = null] = values;
  if (values.length !== 4 || a === null || b === null || c === null || d === null) return failed([...problems, 'not-four-integers']);
  if (![a, b, c, d].every(Number.isSafeInteger)) return failed([...problems, 'not-four-integers']);
  if (a < 0 || b < 0 || c < 0 || d < 0) return failed([...problems, 'negative']);
  if (a !== 0) problems.push('not-from-start');
  const overlap = c < a + b;
  if (overlap) problems.push('overlap');
  const pastEnd = c + d > size || a + b > size;
  if (pastEnd) problems.push('past-end');
  if (contents !== null && contents.start >= 0 && (contents.start !== a + b || contents.end !== c)) problems.push('gap-is-not-contents');
  const valid = problems.length === 0;
  const ranges =
    overlap || pastEnd
      ? null
      : ([
          [a, b],
          [c, d],
        ] as const);
  return { valid, problems, ranges, end: c + d, coversWholeFile: valid && c + d === size };
}

function failed(problems: readonly ByteRangeProblem[]): ByteRangeCheck {
  return { valid: false, problems, ranges: null, end: null, coversWholeFile: false };
}
