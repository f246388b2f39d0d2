/** Bounds on what a ZIP may ask of its reader; honest containers stay far below them. */

export interface ZipLimits {
  /** Entries in all. */
  readonly entries: number;
  /** Octets of one name. */
  readonly name: number;
  /** Octets of one entry, inflated. */
  readonly entrySize: number;
  /** Octets of all entries, inflated. */
  readonly totalSize: number;
  /** How many times larger than deflated an entry, or all of them, may be. */
  readonly ratio: number;
  /** Octets up to which the ratio does not matter. */
  readonly ratioFrom: number;
}

export const ZIP_LIMITS: ZipLimits = {
  entries: 100_000,
  name: 4096,
  entrySize: 2 ** 36,
  totalSize: 2 ** 37,
  ratio: 100,
  ratioFrom: 1 << 22,
};
