/** The `Cryptographic` element of EU DSS constraints as a suite of algorithms (TS 119 312). */
import { Fault } from '../base/fault.ts';
import { fromIso } from '../base/instant.ts';
import type { DigestName, SchemeName } from '../crypto/names.ts';
import type { XmlNode } from '../xml/document.ts';
import { attributeNamed, elementsNamed, textOf } from '../xml/query.ts';
import { at, type ConstraintsFile, DSS, levelAt, pathIn } from './policy-import-dss-file.ts';
import { digestNamed, schemeNamed } from './policy-import-names.ts';
import { rowsOf } from './policy-import-rows.ts';
import type { AlgorithmSuite } from './policy-type.ts';

/** The suite of the whole file. Throws `malformed-input` where it has none: then nothing would be acceptable. */
export function dssSuite(file: ConstraintsFile): AlgorithmSuite {
  const root = at(file, 'Cryptographic');
  if (root === null) throw new Fault('malformed-input', 'these constraints hold no suite of algorithms (Cryptographic)');
  const expiry = at(file, 'Cryptographic/AlgoExpirationDate');
  const sizes = new Map(algorithms(file, 'Cryptographic/MiniPublicKeySize').map((each) => [each.name, each.size ?? 0]));
  const ends = algorithms(file, 'Cryptographic/AlgoExpirationDate');
  const digests: Partial<Record<DigestName, string | null>> = {};
  for (const { name } of algorithms(file, 'Cryptographic/AcceptableDigestAlgo')) {
    const digest = digestNamed(name);
    if (digest === null) unknown(file, 'AcceptableDigestAlgo', name);
    else digests[digest] = ends.find((each) => each.name === name)?.until ?? null;
  }
  const schemes = algorithms(file, 'Cryptographic/AcceptableEncryptionAlgo').flatMap(({ name }) => {
    const scheme: SchemeName | null = schemeNamed(name);
    if (scheme === null) return unknown(file, 'AcceptableEncryptionAlgo', name);
    const least = sizes.get(name) ?? 0;
    const rows = ends.filter((each) => each.name === name).map(({ size, until }) => ({ minimumBits: Math.max(size ?? 0, least), until }));
    return rowsOf(scheme, rows.length === 0 ? [{ minimumBits: least, until: null }] : rows);
  });
  const reviewed = expiry === null ? null : attributeNamed(file.document, expiry, 'UpdateDate');
  return {
    digests,
    schemes,
    reviewed: reviewed === null ? null : dayOf(file, expiry as XmlNode, reviewed),
    afterReview: expiry === null || reviewed === null ? 'fail' : levelAt(file, expiry, 'LevelAfterUpdate'),
    neverAcceptable: 'CRYPTO_CONSTRAINTS_FAILURE_NO_POE',
  };
}

interface Algo {
  readonly name: string;
  readonly size: number | null;
  readonly until: string | null;
}

function algorithms(file: ConstraintsFile, path: string): Algo[] {
  const parent = at(file, path);
  if (parent === null) return [];
  file.seen.add(parent);
  return elementsNamed(file.document, parent, DSS, 'Algo').map((node) => {
    const [size, until] = [attributeNamed(file.document, node, 'Size'), attributeNamed(file.document, node, 'Date')];
    if (size !== null && !/^\d{1,5}$/.test(size))
      throw new Fault('malformed-input', `${pathIn(file, node)}: Size is '${size.slice(0, 40)}'`);
    return {
      name: textOf(file.document, node).trim(),
      size: size === null ? null : Number(size),
      until: until === null ? null : dayOf(file, node, until),
    };
  });
}

function dayOf(file: ConstraintsFile, node: XmlNode, written: string): string {
  if (/^\d{4}$/.test(written)) return `${written}-01-01`;
  if (/^\d{4}-\d\d-\d\d$/.test(written) && fromIso(written) !== null) return written;
  throw new Fault('malformed-input', `${pathIn(file, node)}: '${written.slice(0, 40)}' is no day such as 2029-01-01`);
}

function unknown(file: ConstraintsFile, path: string, name: string): [] {
  file.ignored.push({ path: `Cryptographic/${path}`, why: `the engine knows no algorithm '${name.slice(0, 80)}'` });
  return [];
}
