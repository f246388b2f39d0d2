/** The port through which trust comes: trusted lists, lists of one's own and plain anchors alike (EN 319 102-1, 5.2.6; TS 119 615, 4.3). */
import { type Bytes, equal } from '../base/bytes.ts';
import type { Instant } from '../base/instant.ts';
import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import { type Name, sameName } from '../pki/name.ts';
import type { LocalText, Qualification } from './list-type.ts';
import { ANCHORING, statusName, TRUSTWORTHY } from './names.ts';

/** Answers at once: what is trusted is in memory before validation begins. */
export interface TrustSource {
  find(certificate: Certificate): TrustAnswer;
  /** What the answers rest on; left out by sources that are no trusted lists. */
  readonly lists?: ListsInUse;
}

/** What is known of one certificate. */
export interface TrustAnswer {
  /** Null where it is no anchor. */
  readonly anchor: { readonly source: string; readonly sunset: Instant | null } | null;
  /** Services whose digital identity it has: the certificate itself, or its name with its key. */
  readonly services: readonly TrustedService[];
  /** DER certificates with the name of its issuer. */
  readonly issuers: readonly Bytes[];
}

/** A service of a list that was accepted, as much of it as decisions need. */
export interface TrustedService {
  /** Stable within one snapshot. */
  readonly id: string;
  /** Territory of the list. */
  readonly territory: string;
  readonly provider: string;
  /** The present state first. */
  readonly states: readonly TrustedState[];
}

export interface TrustedState {
  readonly type: string;
  readonly status: string;
  readonly from: Instant;
  readonly until: Instant | null;
  readonly name: string;
  readonly qualifications: readonly Qualification[];
  readonly additional: readonly string[];
  readonly expiredSince: Instant | null;
  readonly takenOverBy: boolean;
  readonly unknownCritical: readonly string[];
}

/** Which lists are behind a conclusion. */
export interface ListsInUse {
  /** SHA-256 of the snapshot. */
  readonly snapshot: string;
  /** Time for which the lists were checked. */
  readonly at: Instant;
  /** Lists past their next update were accepted. */
  readonly staleAccepted: boolean;
  /** Nobody but the list of lists itself said who may sign it. */
  readonly selfNamed: boolean;
  /** The next update of the list of lists; null where there is none, or it is closed. */
  readonly vouchedUntil: Instant | null;
  readonly accepted: readonly ListInUse[];
  readonly refused: readonly RefusedList[];
}

export interface ListInUse {
  readonly territory: string;
  readonly sequence: number;
  readonly issued: Instant;
  /** Null for a closed list. */
  readonly nextUpdate: Instant | null;
  readonly stale: boolean;
  /** Kept from an earlier snapshot, since the newer one was refused; null where it is not. */
  readonly kept: string | null;
  readonly version: number;
}

export interface RefusedList {
  /** Territory where known, else the file or address. */
  readonly name: string;
  readonly reason: string;
  readonly detail: string;
}

/** Since when a certificate of these services is no anchor any more: null while one is trustworthy; undefined where none ever was. */
export function sunsetOf(services: readonly TrustedService[], lists: ListsInUse): Instant | null | undefined {
  let latest: Instant | undefined;
  for (const { states, territory } of services)
    for (const { type, status, until: ended } of states) {
      if (!ANCHORING.has(type) || !TRUSTWORTHY.has(statusName(status))) continue;
      // What a list says holds until it is to be replaced: then nobody knows.
      const until = ended ?? inForceUntil(lists, territory);
      if (until === null) return null;
      if (latest === undefined || until > latest) latest = until;
    }
  return latest;
}

/**
 * Until when a list may be used: its own next update and that of the list of lists that vouches for it. Null where both are closed, or
 * lists past their next update were accepted.
 */
export const inForceUntil = (lists: ListsInUse, territory: string): Instant | null => {
  const own = lists.accepted.find((list) => list.territory === territory)?.nextUpdate ?? null;
  if (lists.staleAccepted) return null;
  return own === null ? lists.vouchedUntil : lists.vouchedUntil === null ? own : Math.min(own, lists.vouchedUntil);
};

/** Services of lists that may be used at a time. */
export const inForceAt = (services: readonly TrustedService[], lists: ListsInUse, at: Instant): readonly TrustedService[] =>
  services.filter(({ territory }) => {
    const until = inForceUntil(lists, territory);
    return until === null || at <= until;
  });

/** Certificates that the caller trusts, through the same port. Those that cannot be read are passed over. */
export function anchorsSource(certificates: readonly Bytes[], source = 'given'): TrustSource {
  const anchors = certificates.flatMap((der) => {
    const read = parseCertificate(der);
    return read.ok ? [read.value] : [];
  });
  return {
    find: (certificate) => ({
      anchor: anchors.some(({ fingerprint }) => fingerprint === certificate.fingerprint) ? { source, sunset: null } : null,
      services: [],
      issuers: anchors.filter(({ subject }) => sameName(subject, certificate.issuer)).map(({ bytes }) => bytes),
    }),
  };
}

/** Several sources as one: an anchor is one for as long as any says so. */
export function allSources(sources: readonly TrustSource[]): TrustSource {
  const lists = sources.find((one) => one.lists !== undefined)?.lists;
  return {
    find: (certificate) => {
      const answers = sources.map((source) => source.find(certificate));
      const anchors = answers.flatMap(({ anchor }) => anchor ?? []);
      const lasting = anchors.find(({ sunset }) => sunset === null);
      return {
        anchor: lasting ?? anchors.sort((a, b) => (b.sunset ?? 0) - (a.sunset ?? 0))[0] ?? null,
        services: answers.flatMap(({ services }) => services),
        issuers: answers.flatMap(({ issuers }) => issuers),
      };
    },
    ...(lists !== undefined && { lists }),
  };
}

/** Whether a certificate has the digital identity of another: the same octets, or the same name and key (TS 119 612, 5.5.3). */
export const sameIdentity = (
  one: { readonly subject: Name; readonly spki: Bytes },
  other: { readonly subject: Name; readonly spki: Bytes },
) => equal(one.spki, other.spki) && sameName(one.subject, other.subject);

/** A text in English where there is one. */
export const inEnglish = (texts: readonly LocalText[]): string =>
  (texts.find(({ language }) => /^en\b/i.test(language)) ?? texts[0])?.text ?? '';
