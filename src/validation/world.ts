/** What a building block may look at: the evidence, the policy, the clock as `at`, and what is proven to have existed. */
import { equal } from '../base/bytes.ts';
import type { Instant } from '../base/instant.ts';
import type { CertificateId, RevocationId, SignatureFacts, TimestampFacts, TimestampId } from '../facts/index.ts';
import type { Certificate } from '../pki/certificate.ts';
import { sameName } from '../pki/name.ts';
import type { Conclusion } from './conclusion.ts';
import type { CertificateStatus, ChainLink, Evidence, RevocationFacts } from './evidence.ts';
import { type Existence, nothingProven } from './existence.ts';
import type { Policy } from './policy-type.ts';
import type { BlockResult } from './report.ts';

export interface World {
  readonly evidence: Evidence;
  readonly policy: Policy;
  readonly at: Instant;
  readonly existence: Existence;
  /** Results that several tokens share; the same for one evidence, policy and time. */
  readonly memo: Memo;
  /** Whether revocation data serves in the past; the same for one state of `existence`. */
  readonly serves: Map<RevocationId, boolean>;
}

export interface Memo {
  /** By what their signers are under: an anchor in force now, or one that ever was. */
  readonly acceptances: Readonly<Record<Reach, Map<CertificateId, readonly Acceptance[]>>>;
  readonly revocations: Map<RevocationId, Conclusion>;
  /** The time-stamps that a time-stamp covers. */
  readonly covered: Map<TimestampId, readonly TimestampId[]>;
  /** By the certificate that made a token: the evidence under each other chain of it. */
  readonly others: Map<CertificateId, readonly Pick<World, 'evidence' | 'memo'>[]>;
}

/** Which trust anchors count: those in force at the validation time, or also those past their sunset (5.6.2). */
export type Reach = 'now' | 'ever';

/** Where nothing is proven yet. */
export const worldOf = (evidence: Evidence, policy: Policy, at: Instant, existence: Existence = nothingProven): World => ({
  evidence,
  policy,
  at,
  existence,
  memo: emptyMemo(),
  serves: new Map(),
});

export const emptyMemo = (): Memo => ({
  acceptances: { now: new Map(), ever: new Map() },
  revocations: new Map(),
  covered: new Map(),
  others: new Map(),
});

/** Something that was signed. */
export type Token =
  | { readonly context: 'signature' | 'counter-signature'; readonly facts: SignatureFacts }
  | { readonly context: 'timestamp'; readonly facts: TimestampFacts }
  | { readonly context: 'revocation'; readonly facts: RevocationFacts };

export const tokenOf = (facts: SignatureFacts): Token => ({
  context: facts.counterSignatureOf === null ? 'signature' : 'counter-signature',
  facts,
});

/** What revocation acceptance found of one revocation data for one certificate. */
export interface Acceptance {
  readonly status: CertificateStatus;
  readonly revocation: RevocationFacts;
  readonly result: BlockResult;
}

/** The chain of the certificate that made a token; empty where none was found. */
export function chainOf(world: World, certificate: CertificateId | null): readonly ChainLink[] {
  return certificate === null ? [] : (world.evidence.chains.get(certificate)?.links ?? []);
}

/** The time-stamps of the document that one of them covers. */
export function coveredTimestamps({ evidence, memo }: World, id: TimestampId): readonly TimestampId[] {
  const known = memo.covered.get(id);
  if (known) return known;
  const { timestamps } = evidence.document;
  const covered = (timestamps.get(id)?.covers ?? []).flatMap((one) => timestamps.get(one as TimestampId)?.id ?? []);
  memo.covered.set(id, covered);
  return covered;
}

/** The parsed certificate of a link: `examine` keeps one for each. */
export function certificateOf(world: World, id: CertificateId): Certificate {
  const certificate = world.evidence.certificates.get(id);
  if (!certificate) throw new Error(`evidence holds no certificate ${id}`);
  return certificate;
}

/** Whether two certificates are of one authority: the same name and the same key. */
export function isSameIssuer(world: World, one: CertificateId, other: CertificateId): boolean {
  const [a, b] = [certificateOf(world, one), certificateOf(world, other)];
  return sameName(a.subject, b.subject) && equal(a.spki, b.spki);
}

/** Whether a certificate is a trust anchor at `at` in the place `index` of a chain (5.2.6.4): an end-entity only for what it made itself. */
export function isAnchor(world: World, id: CertificateId, index: number, at: Instant): boolean {
  const anchor = world.evidence.anchors.get(id);
  return anchor !== undefined && (index === 0 || anchor.issues) && (anchor.sunset === null || at < anchor.sunset);
}

/** Place of the first trust anchor in a chain at `at`, or -1. */
export const anchorIndex = (world: World, chain: readonly ChainLink[], at: Instant): number =>
  chain.findIndex(({ certificate }, index) => isAnchor(world, certificate, index, at));

/** Places of all trust anchors in a chain, also of those past their sunset. */
export const anchorPlaces = (world: World, chain: readonly ChainLink[]): readonly number[] =>
  chain.flatMap(({ certificate }, index) => {
    const anchor = world.evidence.anchors.get(certificate);
    return anchor !== undefined && (index === 0 || anchor.issues) ? [index] : [];
  });

/** Whether an anchor is in the chain at all, be it past its sunset. */
export const endsInAnchor = (world: World, chain: readonly ChainLink[]): boolean => anchorPlaces(world, chain).length > 0;

/** Place of the first anchor that counts, or -1. */
export const anchorWithin = (world: World, chain: readonly ChainLink[], reach: Reach): number =>
  reach === 'now' ? anchorIndex(world, chain, world.at) : (anchorPlaces(world, chain)[0] ?? -1);

/** Both ends belong to it (RFC 5280, 4.1.2.5), notAfter with its whole second. */
export const isWithinValidity = ({ notBefore, notAfter }: Certificate, at: Instant): boolean => notBefore <= at && at < notAfter + 1000;
