/** What a trusted list says (TS 119 612, 5): plain facts, in the order of the document. */
import type { Bytes } from '../base/bytes.ts';
import type { Instant } from '../base/instant.ts';

export interface TrustedList {
  /** Value of TSLTag. */
  readonly tag: string;
  /** 5.3.1; null where it is missing or no number. */
  readonly version: number | null;
  /** 5.3.2. */
  readonly sequence: number | null;
  /** 5.3.3: a URI. */
  readonly type: string | null;
  readonly operatorNames: readonly LocalText[];
  readonly schemeNames: readonly LocalText[];
  readonly informationUris: readonly LocalText[];
  /** 5.3.8: how statuses are determined. */
  readonly determination: string | null;
  /** 5.3.9: URIs of the rules that govern the list. */
  readonly communityRules: readonly string[];
  /** 5.3.10: for example `AT`, or `EU`. */
  readonly territory: string | null;
  /** 5.3.12: days that history is kept; 65535 for ever. */
  readonly historicalPeriod: number | null;
  readonly pointers: readonly Pointer[];
  /** 5.3.14. */
  readonly issued: Instant | null;
  /** 5.3.15; null for a closed list, which will have no other. */
  readonly nextUpdate: Instant | null;
  readonly distributionPoints: readonly string[];
  readonly providers: readonly Provider[];
  /** How the document departs from TS 119 612 where what it means is clear all the same. */
  readonly deviations: readonly string[];
}

/** A text or URI in one language (5.1.4). */
export interface LocalText {
  readonly language: string;
  readonly text: string;
}

/** 5.3.13: where another list is, and whose keys sign it. */
export interface Pointer {
  readonly location: string;
  /** DER certificates, any of which may sign the other list. */
  readonly certificates: readonly Bytes[];
  readonly type: string | null;
  readonly territory: string | null;
  readonly mimeType: string | null;
  readonly operatorNames: readonly LocalText[];
  readonly communityRules: readonly string[];
  /** A mutual recognition agreement with a third country stands in it. */
  readonly recognitionAgreement: boolean;
}

/** A trust service provider (5.4). */
export interface Provider {
  readonly names: readonly LocalText[];
  readonly tradeNames: readonly LocalText[];
  readonly informationUris: readonly LocalText[];
  readonly services: readonly Service[];
}

/** A trust service: the present state first, then its history, the latest first (5.5, 5.6). */
export interface Service {
  readonly states: readonly ServiceState[];
}

export interface ServiceState {
  /** 5.5.1: a URI. */
  readonly type: string;
  readonly names: readonly LocalText[];
  /** 5.5.3: DER certificates; states of history may give a name and key identifier only. */
  readonly certificates: readonly Bytes[];
  readonly subjectNames: readonly string[];
  readonly keyIdentifiers: readonly Bytes[];
  /** 5.5.4: a URI. */
  readonly status: string;
  /** 5.5.5. */
  readonly from: Instant;
  /** When the next state began; null for the present one. */
  readonly until: Instant | null;
  readonly qualifications: readonly Qualification[];
  /** 5.5.9.4: URIs, for example of the use that certificates are for. */
  readonly additional: readonly string[];
  /** 5.5.9.1: revocation data tells of certificates that expired since then. */
  readonly expiredSince: Instant | null;
  readonly takenOverBy: boolean;
  /** Critical extensions that are not processed here. */
  readonly unknownCritical: readonly string[];
}

/** 5.5.9.2: what certificates that meet the criteria are, whatever they say themselves. */
export interface Qualification {
  /** URIs. */
  readonly qualifiers: readonly string[];
  readonly criteria: Criteria;
}

export interface Criteria {
  readonly assert: 'all' | 'atLeastOne' | 'none';
  readonly keyUsages: readonly (readonly KeyUsageBit[])[];
  /** Each a set of certificate policies that must all be there. */
  readonly policySets: readonly (readonly string[])[];
  /** Each a set of extended key purposes that must all be there. */
  readonly keyPurposes: readonly (readonly string[])[];
  /** Each a set of attribute types that the subject's name must have. */
  readonly subjectAttributes: readonly (readonly string[])[];
  readonly lists: readonly Criteria[];
  /** There is a criterion that is not known here. */
  readonly unknown: boolean;
}

export interface KeyUsageBit {
  readonly name: string;
  readonly value: boolean;
}
