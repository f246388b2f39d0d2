/** What a PAdES signature is made of, beside the document and the key (EN 319 142-1, 6). */
import type { Instant } from '../base/instant.ts';
import type { PolicyToName } from '../cades/policy.ts';
import type { DigestName } from '../crypto/names.ts';
import type { Signer, SigningScheme } from '../crypto/signer.ts';
import type { AppearanceStyle } from '../pdf/appearance.ts';
import type { Permission } from './permissions.ts';

export interface PadesOptions {
  readonly chain: Signer['chain'];
  readonly scheme: SigningScheme;
  readonly digest: DigestName;
  readonly at: Instant;
  /** Octets kept free beyond level B: for a time-stamp token. */
  readonly reserve: number;
  /** Octets kept free for content time-stamps, which are signed. */
  readonly contentReserve?: number;
  /** Revocation data is to follow: what seed values may ask for. */
  readonly longTerm?: boolean;
  readonly field?: string;
  readonly reason?: string;
  readonly location?: string;
  readonly contact?: string;
  readonly name?: string;
  readonly visible?: VisibleSignature;
  readonly certify?: Permission;
  readonly lock?: FieldsToLock;
  readonly policy?: PolicyToName | 'implied';
  readonly commitmentTypes?: readonly string[];
  readonly claimedRoles?: readonly string[];
}

/** One place on a page. */
export interface SignaturePlace {
  /** 1 for the first page. */
  readonly page: number;
  /** Lower left corner and size in points, as the page is seen. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Where a signature shows and what it shows there. A field that is there brings its own places: then none is given. */
export interface VisibleSignature extends AppearanceStyle, Partial<SignaturePlace> {
  /** Further places where the same signature shows. */
  readonly more?: readonly SignaturePlace[];
  /** Lines of text; default: signer, time, reason and location. */
  readonly text?: readonly string[];
}

/** Fields that a signature locks: all of the form, only the named ones, or all but those. */
export interface FieldsToLock {
  readonly action: 'all' | 'include' | 'exclude';
  /** Fully qualified names; a name stands for the fields below it too. */
  readonly fields?: readonly string[];
  /** PDF 2.0: what may change in the document from then on, as P of a certification; in a new field only. */
  readonly permission?: Permission;
}
