/** Import of the constraints of EU DSS (`ConstraintsParameters`, its XML form of the constraints of EN 319 102-1 and TS 119 172-1). */
import type { Bytes } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { KEY_USAGES } from '../pki/extensions.ts';
import type { XmlDocument, XmlNode } from '../xml/document.ts';
import { parseXml } from '../xml/parse.ts';
import { attributeNamed, elementsOf, isElement, isNamed, nameOf, parentOf } from '../xml/query.ts';
import type { Level } from './check.ts';
import { writePolicy } from './policy-file.ts';
import { CONSTRAINTS, CONTEXTS, LEVELS, ROLES } from './policy-file-constraints.ts';
import { at, type ConstraintsFile, DSS, type IgnoredSetting, idsOf, levelAt, pathIn } from './policy-import-dss-file.ts';
import { dssSuite } from './policy-import-dss-suite.ts';
import { DSS_SECTIONS, FIXED_IN_DSS, INTEGRITY_IN_DSS, LEVELS_IN_DSS, NOT_APPLIED } from './policy-import-dss-table.ts';
import type { Context, Policy, Role } from './policy-type.ts';

export interface ImportedPolicy {
  readonly policy: Policy;
  /** Settings of the file that the engine does not model, or decides in another way. */
  readonly ignored: readonly IgnoredSetting[];
}

/**
 * The policy that a constraints file of EU DSS describes. What it does not mention is not checked there, so it is not here; what
 * this engine always checks, it checks all the same.
 *
 * @throws Fault `malformed-input` where it is not such a file; `refused` where it relaxes integrity or cryptography
 */
export function importDssConstraints(xml: Bytes): ImportedPolicy {
  const read = parseXml(xml);
  if (!read.ok)
    throw new Fault('malformed-input', `these constraints cannot be read: offset ${read.malformed.at}: ${read.malformed.reason}`);
  const file: ConstraintsFile = { document: read.value, ignored: [], seen: new Set() };
  const { root } = read.value;
  if (!isNamed(read.value, root, DSS, 'ConstraintsParameters')) {
    throw new Fault(
      'malformed-input',
      `these are no DSS constraints: the document element is ${nameOf(read.value, root).qualified.slice(0, 80)}`,
    );
  }
  refuseWeakIntegrity(file);
  const policy: Policy = {
    name: nameFrom(attributeNamed(read.value, root, 'Name')),
    levels: levelsOf(file),
    algorithms: dssSuite(file),
    acceptablePolicies: idsOf(file, at(file, 'SignatureConstraints/AcceptablePolicies')) ?? ['ANY_POLICY', 'NO_POLICY', 'IMPLICIT_POLICY'],
    supportedCriticalExtensions: criticalExtensions(file),
    forbiddenExtensions: extensionTable(file, 'ForbiddenExtensions', true),
    revocationSkip: extensionTable(file, 'RevocationDataSkip/CertificateExtensions', false),
    signerKeyUsage: signerKeyUsage(file),
    freshness: { maximumAge: maximumAge(file), withoutNextUpdate: 0 },
    revokedBy: 'latest',
    timestampDelay: millisecondsOf(file, at(file, 'Timestamp/TimestampDelay')) ?? 0,
    past: { everySignature: false, everyReason: false, revocationDataProven: false },
  };
  writePolicy(policy); // what came from the file obeys the rules of every policy file
  tellIgnored(file);
  return { policy, ignored: file.ignored };
}

const nameFrom = (written: string | null): string =>
  written
    ?.replace(/[^ -~\u00a0-\uffff]/g, ' ')
    .trim()
    .slice(0, 200) || 'imported';

/** In integrity and cryptography no file may be weaker than the engine. */
function refuseWeakIntegrity(file: ConstraintsFile): void {
  const { document } = file;
  for (let node = document.root; node < document.nodeCount; node++) {
    if (!INTEGRITY_IN_DSS.some((name) => isNamed(document, node, DSS, name)) || attributeNamed(document, node, 'Level') === null) continue;
    const level = levelAt(file, node);
    if (level !== 'fail') {
      throw new Fault(
        'refused',
        `these constraints are refused: ${pathIn(file, node)} has the level ${level.toUpperCase()}: integrity and cryptography cannot be relaxed`,
      );
    }
  }
}

/** A level for every constraint in every place where it can apply; shortened where all places agree. */
function levelsOf(file: ConstraintsFile): Policy['levels'] {
  const levels: Record<string, Level> = {};
  for (const [id, { contexts, roles }] of Object.entries(CONSTRAINTS)) {
    const places = contexts.flatMap((context) => (roles.length === 0 ? [null] : roles).map((role) => ({ context, role })));
    const found = places.map(({ context, role }) => levelFor(file, id, context, role));
    const [first] = found;
    if (first !== undefined && found.every((level) => level === first)) levels[id] = first;
    else
      for (const [i, { context, role }] of places.entries())
        levels[[context, ...(role === null ? [] : [role]), id].join('/')] = found[i] as Level;
  }
  return levels;
}

/** The strictest level of the elements that mean this constraint. */
function levelFor(file: ConstraintsFile, id: string, context: Context, role: Role | null): Level {
  const { elements, absent } = LEVELS_IN_DSS[id] ?? { elements: [], absent: 'ignore' as const };
  const found = elements.flatMap((path) => {
    const node = at(file, placed(path, context, role));
    if (node === null) return [];
    file.seen.add(node);
    return [levelAt(file, node)];
  });
  return found.length === 0 ? absent : (LEVELS[Math.max(...found.map((level) => LEVELS.indexOf(level)))] as Level);
}

/** A path of the table in the section of a context, and of a role. */
const placed = (path: string, context: Context, role: Role | null): string =>
  path
    .replace('{context}', DSS_SECTIONS[context])
    .replace('{certificate}', `BasicSignatureConstraints/${role === 'ca' ? 'CACertificate' : 'SigningCertificate'}`);

const certificatePlaces = CONTEXTS.flatMap((context) => ROLES.map((role) => ({ context, role })));
const certificatePath = (name: string, context: Context, role: Role): string => placed(`{context}/{certificate}/${name}`, context, role);

/** Lists by context and role. `everywhere`: a place without one has an empty list, else none. */
function extensionTable(file: ConstraintsFile, name: string, everywhere: boolean): Readonly<Record<string, readonly string[]>> {
  const table: Record<string, readonly string[]> = {};
  for (const { context, role } of certificatePlaces) {
    const node = at(file, certificatePath(name, context, role));
    const ids = idsOf(file, node);
    if (node !== null) file.seen.add(parentOf(file.document, node));
    if (ids !== null || everywhere) table[`${context}/${role}`] = ids ?? [];
  }
  return table;
}

/** Those that every place allows: the engine has one list. id-pkix-ocsp-nocheck of a responder is no matter of the list. */
function criticalExtensions(file: ConstraintsFile): readonly string[] {
  const lists = certificatePlaces.flatMap(({ context, role }) => {
    const ids = idsOf(file, at(file, certificatePath('SupportedCriticalExtensions', context, role)));
    return ids === null ? [] : [ids.filter((id) => id !== OCSP_NOCHECK)];
  });
  const [first = [], ...others] = lists;
  const common = first.filter((id) => others.every((list) => list.includes(id)));
  if (lists.some((list) => list.length !== common.length)) {
    file.ignored.push({ path: 'SupportedCriticalExtensions', why: 'differs by place; only what every place allows was taken over' });
  }
  return common;
}

function signerKeyUsage(file: ConstraintsFile): Policy['signerKeyUsage'] {
  const ids = idsOf(file, at(file, certificatePath('KeyUsage', 'signature', 'signer'))) ?? [];
  for (const context of ['counter-signature', 'timestamp', 'revocation'] as const) {
    const others = idsOf(file, at(file, certificatePath('KeyUsage', context, 'signer')));
    if (others !== null && others.join() !== ids.join()) {
      file.ignored.push({
        path: certificatePath('KeyUsage', context, 'signer'),
        why: 'the engine has one list of key usages, that of SignatureConstraints',
      });
    }
  }
  return KEY_USAGES.filter((usage) => ids.includes(usage));
}

/** The shortest of all places that ask for freshness; null where none does by an age. */
function maximumAge(file: ConstraintsFile): number | null {
  const ages = certificatePlaces.flatMap(({ context, role }) => {
    const node = at(file, certificatePath('RevocationFreshness', context, role));
    const age = millisecondsOf(file, node);
    return node === null || age === null || age === 0 || levelAt(file, node) === 'ignore' ? [] : [age];
  });
  if (new Set(ages).size > 1) file.ignored.push({ path: 'RevocationFreshness', why: 'differs by place; the shortest age was taken over' });
  return ages.length === 0 ? null : Math.min(...ages);
}

/** A Value in its Unit. */
function millisecondsOf(file: ConstraintsFile, node: XmlNode | null): number | null {
  if (node === null) return null;
  file.seen.add(node);
  const [value, unit] = [attributeNamed(file.document, node, 'Value'), attributeNamed(file.document, node, 'Unit') ?? 'DAYS'];
  if (value === null) return null;
  const factor = UNITS[unit];
  if (factor === undefined || !/^\d{1,12}$/.test(value))
    throw new Fault('malformed-input', `${pathIn(file, node)}: no time: ${value.slice(0, 40)} ${unit.slice(0, 40)}`);
  return Number(value) * factor;
}

/** Tells every setting that was not taken over. */
function tellIgnored(file: ConstraintsFile): void {
  const { document, seen, ignored } = file;
  for (let node = document.root + 1; node < document.nodeCount; node++) {
    if (!isSetting(document, node) || seen.has(node)) continue;
    const name = nameOf(document, node).local;
    const path = pathIn(file, node);
    if (attributeNamed(document, node, 'Level') === 'IGNORE' && NOT_APPLIED[path] === undefined) continue;
    const fixed = FIXED_IN_DSS.find((each) => path.endsWith(each));
    if (fixed !== undefined && attributeNamed(document, node, 'Level') === 'FAIL') continue;
    ignored.push({
      path,
      why:
        NOT_APPLIED[path] ?? NOT_APPLIED[name] ?? (fixed === undefined ? 'the engine does not model it' : 'the engine always demands it'),
    });
  }
}

/** An element with a level, or a suite of its own, but no part of a suite of algorithms. */
function isSetting(document: XmlDocument, node: XmlNode): boolean {
  if (!isElement(document, node)) return false;
  const { local, namespace } = nameOf(document, node);
  if (namespace !== DSS || insideCryptographic(document, node)) return false;
  if (local === 'Cryptographic') return parentOf(document, node) !== document.root && elementsOf(document, node).length > 0;
  return attributeNamed(document, node, 'Level') !== null;
}

function insideCryptographic(document: XmlDocument, node: XmlNode): boolean {
  for (let each = parentOf(document, node); each !== 0; each = parentOf(document, each))
    if (nameOf(document, each).local === 'Cryptographic') return true;
  return false;
}

const OCSP_NOCHECK = '1.3.6.1.5.5.7.48.1.5';
const UNITS: Readonly<Record<string, number>> = {
  MILLISECONDS: 1,
  SECONDS: 1000,
  MINUTES: 60_000,
  HOURS: 3_600_000,
  DAYS: 86_400_000,
};
