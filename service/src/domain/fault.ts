/** Why the service says no: one class, a small union of codes; each dialect turns a code into its own words and status. */

export type ServiceFaultCode =
  | 'bad-request'
  | 'unauthorized'
  | 'forbidden'
  | 'quota-exceeded'
  | 'not-found'
  | 'duplicate'
  | 'conflict'
  | 'invalid'
  | 'too-large'
  | 'unsupported-media'
  | 'too-many-requests'
  | 'reminder-limit'
  | 'qualified-unavailable'
  | 'unsafe-url'
  | 'unavailable'
  | 'busy';

export class ServiceFault extends Error {
  override readonly name = 'ServiceFault';
  readonly code: ServiceFaultCode;
  /** Facts for the answer, for example the id of the first resource of a repeated request. Never personal data. */
  readonly details: Readonly<Record<string, string | number>>;

  constructor(code: ServiceFaultCode, message: string, details: Readonly<Record<string, string | number>> = {}, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.details = details;
  }
}
