/** The one error class of the engine: the caller or the world failed us (a bad document never does: that is a value). */

/**
 * What failed. `code` is API; `message` is for people and may change.
 *
 * - `bad-option`: a caller's option is unknown or has a wrong value
 * - `unsupported`: asked for something that this version or this runtime cannot do
 * - `malformed-input`: the caller's own input (a document to sign, a key, a certificate) cannot be read
 * - `wrong-password`: a key store or document does not open with the password or key given
 * - `refused`: a rule forbids it (an expired key, a locked document)
 * - `limit-exceeded`: a size, depth or count limit was reached
 * - `signer-refused`: the key's holder did not sign
 * - `timestamp-refused`: no time-stamp authority gave a usable time-stamp
 * - `revocation-unavailable`: no usable revocation data
 * - `network`: a remote side could not be reached or broke the protocol
 * - `io`: a local file could not be read or written
 */
export type FaultCode =
  | 'bad-option'
  | 'unsupported'
  | 'malformed-input'
  | 'wrong-password'
  | 'refused'
  | 'limit-exceeded'
  | 'signer-refused'
  | 'timestamp-refused'
  | 'revocation-unavailable'
  | 'network'
  | 'io';

export class Fault extends Error {
  override readonly name = 'Fault';
  readonly code: FaultCode;
  constructor(code: FaultCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
