/** What a validation policy consists of (EN 319 102-1, 5.1.4): plain data, so that it can be a JSON file. */
import type { AlgorithmRow, AlgorithmTables } from '../crypto/reliability.ts';
import type { KeyUsage } from '../pki/extensions.ts';
import type { Level } from './check.ts';

export type { AlgorithmRow };

/** The kind of token under judgement: each has its own constraints. */
export type Context = 'signature' | 'counter-signature' | 'timestamp' | 'revocation';
/** Of a certificate: the one that made the token, or an issuer in its chain. */
export type Role = 'signer' | 'ca';

export interface Policy {
  readonly name: string;
  /**
   * Levels of constraints. The key is the check's id, which `signer/` or `ca/` and a context may precede; the longest key that fits
   * wins: `timestamp/ca/revocation-available`, `timestamp/revocation-available`, `ca/revocation-available`, `revocation-available`.
   * A check that no key names has its own level, mostly `fail`.
   */
  readonly levels: Readonly<Record<string, Level>>;
  readonly algorithms: AlgorithmSuite;
  /** Signature policies: OIDs or URIs, `NO_POLICY`, `ANY_POLICY` (any explicit one), `IMPLICIT_POLICY`. */
  readonly acceptablePolicies: readonly string[];
  /** Critical extensions (OIDs) of certificates that may be there. */
  readonly supportedCriticalExtensions: readonly string[];
  /** Extensions (OIDs) that must not be there, by `context/role` or `role`. */
  readonly forbiddenExtensions: Readonly<Record<string, readonly string[]>>;
  /** Extensions (OIDs) that free a certificate from revocation data, by `context/role`. */
  readonly revocationSkip: Readonly<Record<string, readonly string[]>>;
  /** Key usages, one of which a signer needs (the constraint is `key-usage`). */
  readonly signerKeyUsage: readonly KeyUsage[];
  /** How old revocation data may be (5.2.5, the constraint is `revocation-fresh`). */
  readonly freshness: Freshness;
  /** Whether a certificate counts as revoked once any authentic data says so, or by the latest acceptable data alone. */
  readonly revokedBy: 'any' | 'latest';
  /** A time-stamp must follow the claimed signing time within so many milliseconds (the constraint is `timestamp-delay`). */
  readonly timestampDelay: number;
  /** How the past is judged (5.5 and 5.6), where the text and the reference implementation differ. */
  readonly past: PastRules;
}

/** Each is true by the text or stricter than it, and false for the reference implementation. */
export interface PastRules {
  /** Every signature goes through 5.6, not only one with archive time-stamps, evidence records or the like. */
  readonly everySignature: boolean;
  /** Times are compared for every certificate and every reason, not only for the one at which basic validation stopped. */
  readonly everyReason: boolean;
  /** Revocation data whose own signer has ended, or with a weak algorithm, must itself be shown valid in the past. */
  readonly revocationDataProven: boolean;
}

/** Ages in milliseconds. */
export interface Freshness {
  /** Null: as old as the interval from its thisUpdate to its nextUpdate. */
  readonly maximumAge: number | null;
  /** Where neither says anything: data without nextUpdate. */
  readonly withoutNextUpdate: number;
}

/** Which algorithms are good until when (TS 119 312). */
export interface AlgorithmSuite extends AlgorithmTables {
  /** Expiries after this date (when the suite was last reviewed) have the level `afterReview`; null: all fail. */
  readonly reviewed: string | null;
  readonly afterReview: Level;
  /** What an algorithm that was never acceptable means: no proof of existence can help (the standard), or as for an expired one. */
  readonly neverAcceptable: 'CRYPTO_CONSTRAINTS_FAILURE' | 'CRYPTO_CONSTRAINTS_FAILURE_NO_POE';
}
