/** What the security store has to hold for every signature and time-stamp: chains, and the revocation data that counts (EN 319 142-1, 6.3). */
import type { Instant } from './base/instant.ts';
import type {
  CertificateId,
  EncodedRevocation,
  PdfSignatureFacts,
  RevocationId,
  SignatureFacts,
  SignatureId,
  TimestampFacts,
  TimestampId,
} from './facts/index.ts';
import type { SignatureMaterial, StoreMaterial } from './pades/augment-store.ts';
import type { PdfDocument } from './pdf/document.ts';
import { signatureFields } from './pdf/field.ts';
import { worldUnder } from './validation/candidate-chains.ts';
import { isPassed, type Report } from './validation/index.ts';
import type { Context } from './validation/policy-type.ts';
import { acceptancesOf, needsRevocation } from './validation/revocation-acceptance.ts';
import { isFresh } from './validation/revocation-freshness.ts';
import { type Acceptance, anchorIndex, chainOf, type World } from './validation/world.ts';

/** A document examined and judged, on the way to a higher level. */
export interface Examined {
  readonly world: World;
  readonly report: Report;
  /** Revocation data that the document does not hold, by identity. */
  readonly found: ReadonlyMap<RevocationId, EncodedRevocation>;
}

/**
 * Everything for the store (of a PDF, or SignedData itself), and what of it belongs to each signature and document time-stamp in a field,
 * to each signature and time-stamp file of a container, or to each signature with its own time-stamps. `renewing`: another
 * time-stamp follows, so that the last one so far needs the newest data there is.
 */
export function materialOf(
  examined: Examined,
  document: PdfDocument | null,
  renewing: boolean,
): {
  all: StoreMaterial;
  signatures: readonly SignatureMaterial[];
  byFile: ReadonlyMap<string, StoreMaterial>;
  bySignature: ReadonlyMap<SignatureId, StoreMaterial>;
} {
  const { report, world } = examined;
  const { signatures, timestamps } = world.evidence.document;
  const newest = newestOf([...timestamps.values()]);
  const judged = [...report.signatures.flatMap((one) => [one, ...one.timestamps]), ...report.timestamps];
  const chains = new Map(judged.map(({ facts, chain }) => [facts.id, chain.map(({ fingerprint }) => fingerprint)]));
  const under = ({ id }: { readonly id: string }): World => worldUnder(chains.get(id) ?? [], world);
  const stamps = new Map<TimestampId, Ids>();
  for (const facts of timestamps.values()) {
    const { certificate } = facts.signer;
    const isLast = facts.id === newest?.id;
    const times =
      isLast && renewing ? { since: world.at, currentAt: Infinity } : { since: facts.time, currentAt: isLast ? world.at : facts.time };
    stamps.set(facts.id, gather(under(facts), { context: 'timestamp', certificate, ...times }));
  }
  const best = new Map(report.signatures.map(({ facts, bestSignatureTime }) => [facts.id, bestSignatureTime]));
  const owned = signatures.map((facts) => {
    const since = best.get(facts.id) ?? world.at;
    const context: Context = facts.counterSignatureOf === null ? 'signature' : 'counter-signature';
    const ids = gather(under(facts), { context, certificate: facts.signer.certificate, since, currentAt: since });
    return { facts, ids };
  });
  const contents = document === null ? new Map<string, SignatureMaterial['contents']>() : contentsByField(document);
  const inField = (facts: SignatureFacts | TimestampFacts, ids: readonly Ids[]): SignatureMaterial[] => {
    const found = contents.get((facts.pdf as PdfSignatureFacts | null)?.fieldName ?? '');
    return found === undefined ? [] : [{ contents: found, ...encoded(examined, joined(ids)) }];
  };
  const ownStamps = ({ timestamps: own }: SignatureFacts): Ids[] =>
    own.flatMap((id) => (timestamps.get(id)?.pdf === null ? (stamps.get(id) ?? []) : []));
  const inFiles = new Map<string, Ids[]>();
  const ofFile = (name: string | null, ids: readonly Ids[]): void => {
    if (name !== null) inFiles.set(name, [...(inFiles.get(name) ?? []), ...ids]);
  };
  const isContainers = (id: TimestampId): boolean => timestamps.get(id)?.type === 'container';
  for (const { facts, ids } of owned)
    ofFile(facts.name, [ids, ...facts.timestamps.flatMap((id) => (isContainers(id) ? [] : (stamps.get(id) ?? [])))]);
  for (const { id, name } of timestamps.values()) if (isContainers(id)) ofFile(name, [stamps.get(id) ?? NOTHING]);
  const withStamps = owned.map(({ facts, ids }) => [facts.id, encoded(examined, joined([ids, ...ownStamps(facts)]))] as const);
  return {
    bySignature: new Map(withStamps),
    byFile: new Map([...inFiles].map(([name, ids]) => [name, encoded(examined, joined(ids))])),
    all: encoded(examined, joined([...owned.map(({ ids }) => ids), ...stamps.values()])),
    signatures: [
      ...owned.flatMap(({ facts, ids }) => inField(facts, [ids, ...ownStamps(facts)])),
      ...[...timestamps.values()].flatMap((facts) => inField(facts, [stamps.get(facts.id) ?? NOTHING])),
    ],
  };
}

/** Whether what an object tells of an instant `since` and before includes that instant: revocation data is dated in whole seconds. */
export const isSince = (thisUpdate: Instant | null, since: Instant): boolean =>
  thisUpdate !== null && thisUpdate >= Math.floor(since / 1000) * 1000;

/** The last time-stamp by time; of equal ones the later in the document. */
const newestOf = (timestamps: readonly TimestampFacts[]): TimestampFacts | null =>
  timestamps.reduce<TimestampFacts | null>((last, one) => (last === null || one.time >= last.time ? one : last), null);

/** What is wanted for the certificate that made a token. */
interface Wanted {
  readonly context: Context;
  readonly certificate: CertificateId | null;
  /** Its revocation data should not be older; null: any does. */
  readonly since: Instant | null;
  /** The revocation data of its issuers should be fresh at this time. */
  readonly currentAt: Instant;
}

interface Ids {
  readonly certificates: Set<CertificateId>;
  readonly revocations: Set<RevocationId>;
}

/** The chain of a token up to its anchor, revocation data for each certificate that needs some, and the same for who signed that. */
function gather(world: World, wanted: Wanted, into: Ids = { certificates: new Set(), revocations: new Set() }): Ids {
  const chain = chainOf(world, wanted.certificate);
  const anchor = anchorIndex(world, chain, world.at);
  for (const [index, link] of chain.slice(0, anchor < 0 ? chain.length : anchor + 1).entries()) {
    into.certificates.add(link.certificate);
    if (!needsRevocation(world, wanted.context, index === 0 ? 'signer' : 'ca', link, index === anchor)) continue;
    const chosen = choose(world, link.certificate, index === 0 ? wanted : { ...wanted, since: null });
    if (chosen === null || into.revocations.has(chosen.revocation.id)) continue;
    into.revocations.add(chosen.revocation.id);
    const { signer, producedAt } = chosen.revocation;
    gather(world, { context: 'revocation', certificate: signer.certificate, since: null, currentAt: producedAt }, into);
  }
  return into;
}

/** The newest data of the document that serves; else the newest there is. Without trust nothing is acceptable: then what is intact. */
function choose(world: World, certificate: CertificateId, { since, currentAt }: Wanted): Acceptance | null {
  const all = acceptancesOf(world, certificate);
  const usable = all.filter(({ result }) => isPassed(result.conclusion));
  const { revocations } = world.evidence.document;
  const held = usable.find(
    ({ status }) =>
      revocations.has(status.revocation) &&
      (since === null ? isFresh(status, currentAt, world.policy.freshness) : isSince(status.thisUpdate, since)),
  );
  return held ?? usable[0] ?? all.find(({ revocation, status }) => revocation.value === 'intact' && status.authorised) ?? null;
}

function contentsByField(document: PdfDocument): Map<string, SignatureMaterial['contents']> {
  const contents = new Map<string, SignatureMaterial['contents']>();
  for (const { name, signature } of signatureFields(document)) {
    if (signature?.contents) contents.set(name, signature.contents.bytes);
  }
  return contents;
}

function encoded({ world, found }: Examined, { certificates, revocations }: Ids): StoreMaterial {
  const { evidence } = world;
  const encodings = [...revocations].flatMap((id) => evidence.document.revocations.get(id) ?? found.get(id) ?? []);
  const ofKind = (wanted: EncodedRevocation['kind']) => encodings.filter(({ kind }) => kind === wanted).map(({ bytes }) => bytes);
  return {
    certificates: [...certificates].flatMap((id) => evidence.certificates.get(id)?.bytes ?? []),
    crls: ofKind('crl'),
    ocsps: ofKind('ocsp'),
  };
}

const joined = (all: readonly Ids[]): Ids => ({
  certificates: new Set(all.flatMap(({ certificates }) => [...certificates])),
  revocations: new Set(all.flatMap(({ revocations }) => [...revocations])),
});

const NOTHING: Ids = { certificates: new Set(), revocations: new Set() };
