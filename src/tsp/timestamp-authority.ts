/** The TimestampAuthority port (RFC 3161): gets one time-stamp token for a message imprint. */
import type { Bytes } from '../base/bytes.ts';
import type { DigestName } from '../crypto/names.ts';

export interface TimestampAuthority {
  /**
   * A time-stamp token (DER ContentInfo) whose imprint is `imprint`, already checked: status, nonce, imprint, token
   * signature and extended key usage. Throws `Fault` `timestamp-refused` or `network`.
   */
  stamp(imprint: Bytes, digest: DigestName): Promise<Bytes>;
  /** Digests that the authority takes, best first; absent: any. */
  readonly digests?: readonly DigestName[];
}
