/** Import of catalogues of algorithms (TS 119 322, which builds on RFC 5698), in XML or JSON, as a suite of algorithms. */
import type { Bytes } from '../base/bytes.ts';
import type { DigestName, SchemeName } from '../crypto/names.ts';
import { CURVES, DIGESTS, KEY_OIDS, SIGNATURES } from '../crypto/table.ts';
import { defaultPolicy } from './policy-default.ts';
import { refuseRelaxed } from './policy-file.ts';
import { type CatalogueAlgorithm, readCatalogue } from './policy-import-catalogue-read.ts';
import type { IgnoredSetting } from './policy-import-dss-file.ts';
import { digestNamed, schemeNamed } from './policy-import-names.ts';
import { rowsOf } from './policy-import-rows.ts';
import type { AlgorithmRow, AlgorithmSuite } from './policy-type.ts';

export interface ImportedCatalogue {
  /** Name of the catalogue with its version. */
  readonly name: string;
  readonly algorithms: AlgorithmSuite;
  /** What the engine's suite cannot say, or does not know. */
  readonly ignored: readonly IgnoredSetting[];
}

/**
 * The suite of algorithms that a catalogue describes. The day of an `End` is the first on which the algorithm is no longer
 * relied on. A suite of signature and digest counts for its scheme, which the digest limits further.
 *
 * @throws Fault `malformed-input` where it is no such catalogue; `refused` where it relaxes cryptography
 */
export function importAlgorithmCatalogue(file: Bytes): ImportedCatalogue {
  const { name, version, issued, algorithms } = readCatalogue(file);
  const work: Work = { digests: {}, rows: new Map(), curves: [], ignored: [] };
  for (const algorithm of algorithms) take(algorithm, work);
  const suite: AlgorithmSuite = {
    digests: work.digests,
    schemes: [...work.rows].flatMap(([scheme, rows]) =>
      rowsOf(
        scheme,
        rows.map((row) => onCurve(scheme, row, work)),
      ),
    ),
    reviewed: issued,
    afterReview: 'fail',
    neverAcceptable: 'CRYPTO_CONSTRAINTS_FAILURE',
  };
  refuseRelaxed({ ...defaultPolicy, algorithms: suite });
  return { name: version === null ? name : `${name} ${version}`, algorithms: suite, ignored: work.ignored };
}

interface Work {
  readonly digests: Partial<Record<DigestName, string | null>>;
  readonly rows: Map<SchemeName, Omit<AlgorithmRow, 'scheme'>[]>;
  /** Bits of the curves that are listed. */
  readonly curves: number[];
  readonly ignored: IgnoredSetting[];
}

function take(algorithm: CatalogueAlgorithm, work: Work): void {
  const digest = digestOf(algorithm);
  if (digest !== null) return takeDigest(digest, algorithm, work);
  const scheme = schemeOf(algorithm);
  if (scheme !== null) return takeScheme(scheme, algorithm, work);
  const curve = CURVES.find(({ oid }) => algorithm.oids.includes(oid));
  if (curve === undefined) return ignore(algorithm, 'the engine does not know it', work);
  if (algorithm.evaluations.some(({ end }) => end === null)) work.curves.push(curve.bits);
  ignore(algorithm, 'curves are judged by their size', work);
}

/** By name, then by URI: the identifiers in published catalogues are not all right. */
const digestOf = ({ name, uris }: CatalogueAlgorithm): DigestName | null =>
  digestNamed(name) ?? DIGESTS.find(({ uri }) => uri !== null && uris.includes(uri))?.name ?? null;

function schemeOf({ name, oids, uris }: CatalogueAlgorithm): SchemeName | null {
  const row = SIGNATURES.find(({ oid, uri }) => (oid !== null && oids.includes(oid)) || (uri !== null && uris.includes(uri)));
  if (row) return row.scheme === 'HMAC' ? null : row.scheme;
  const key = (Object.keys(KEY_OIDS) as (keyof typeof KEY_OIDS)[]).find((each) => oids.includes(KEY_OIDS[each]));
  return schemeNamed(name) ?? (key === undefined ? null : schemeNamed(key === 'EC' ? 'ECDSA' : key));
}

function takeDigest(digest: DigestName, algorithm: CatalogueAlgorithm, { digests, ignored }: Work): void {
  const ends = algorithm.evaluations.map(({ end }) => end);
  if (algorithm.evaluations.some(({ parameters }) => parameters.length > 0))
    ignored.push({ path: algorithm.name, why: 'parameters of a digest are not looked at' });
  digests[digest] = ends.includes(null) ? null : (ends.toSorted().at(-1) ?? null);
}

function takeScheme(scheme: SchemeName, algorithm: CatalogueAlgorithm, work: Work): void {
  for (const { parameters, end } of algorithm.evaluations) {
    const sizes = parameters.filter(({ name }) => SIZES.has(name));
    const others = parameters.filter(({ name }) => !SIZES.has(name)).map(({ name }) => name);
    if (others.length > 0)
      ignore(algorithm, `of its parameters the engine looks at the size of the key alone, not at ${[...new Set(others)].join(', ')}`, work);
    const rows = work.rows.get(scheme) ?? [];
    rows.push({ minimumBits: sizes[0]?.minimum ?? 0, until: end });
    work.rows.set(scheme, rows);
  }
}

/** A scheme over curves without a size of its own begins at the smallest curve that is listed. */
function onCurve(scheme: SchemeName, row: Omit<AlgorithmRow, 'scheme'>, { curves }: Work): Omit<AlgorithmRow, 'scheme'> {
  const overCurves = scheme === 'ECDSA' || scheme === 'PLAIN-ECDSA';
  return overCurves && row.minimumBits === 0 && curves.length > 0 ? { ...row, minimumBits: Math.min(...curves) } : row;
}

function ignore({ name }: CatalogueAlgorithm, why: string, { ignored }: Work): void {
  if (!ignored.some((each) => each.path === name && each.why === why)) ignored.push({ path: name, why });
}

/** Parameters that tell the size of a key (TS 119 322). */
const SIZES: ReadonlySet<string> = new Set(['moduluslength', 'plength']);
