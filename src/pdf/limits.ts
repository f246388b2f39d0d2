/** Bounds on what a PDF may ask of its reader; none of them is met by honest documents. */
export const LIMITS = {
  /** Arrays and dictionaries inside each other. */
  depth: 100,
  /** Octets of one object without its stream data. */
  objectSize: 1 << 26,
  /** Octets that a structural stream (cross-references, objects) may decode to. */
  decoded: 1 << 28,
  /** Cross-reference sections in one chain: one per revision, two for some. */
  sections: 8192,
  /** Subsections of all cross-reference sections. */
  subsections: 1 << 20,
  /** The highest object number (ISO 32000-1, annex C, table C.1). */
  objectNumber: 8_388_607,
  /** References that lead to references. */
  references: 32,
  /** Objects loaded while loading an object (stream lengths, object streams). */
  nestedLoads: 8,
  /** Filters of one stream. */
  filters: 16,
  /** Nodes visited in a page tree. */
  pageNodes: 1 << 21,
  /** Fields visited in a form. */
  fields: 1 << 17,
  /** Levels of a page tree or a form. */
  treeDepth: 256,
  /** Octets of these in the file, without stream data; in memory they take some ten times as much. */
  cachedOctets: 1 << 23,
  /** Octets of decoded object streams held for reuse. */
  cachedDecoded: 1 << 26,
  /** Octets from the start of the file in which the header is sought. */
  header: 1024,
} as const;

/** Octets that may be looked at in all while reading objects of a document of this size: several passes, never a quadratic cost. */
export const readingAllowance = (size: number): number => (1 << 25) + 16 * size;

/**
 * Objects held for reuse, of a document of this size; a power of two. Many that live a while make the runtime take memory
 * that it does not give back: of a file that should not be in memory only few are held.
 */
export const objectsHeld = (size: number): number => (size > 1 << 26 ? 1 << 6 : 1 << 13);
