/** Ways to sign: the signature methods of Ignisign, which are its signer profiles too, with what each needs to know of a signer. */
import type { IdentityMethod, Mode, SignatureLevel } from '../../domain/model.ts';

export const METHOD_NAMES = ['SIMPLE_STD', 'ADVANCED_SMS', 'ADVANCED_STD', 'QUALIFIED_STD'] as const;
export type MethodName = (typeof METHOD_NAMES)[number];

interface Method {
  readonly level: SignatureLevel;
  readonly method: Readonly<Record<Mode, IdentityMethod>>;
  /** Members of a signer that must be there. */
  readonly inputs: readonly string[];
}

const NAMED = ['email', 'firstName', 'lastName'] as const;

export const METHODS: Readonly<Record<MethodName, Method>> = {
  SIMPLE_STD: { level: 'simple', method: { live: 'none', test: 'none' }, inputs: NAMED },
  ADVANCED_SMS: { level: 'advanced', method: { live: 'sms-code', test: 'sms-code' }, inputs: [...NAMED, 'phoneNumber'] },
  ADVANCED_STD: { level: 'advanced', method: { live: 'email-code', test: 'email-code' }, inputs: NAMED },
  QUALIFIED_STD: { level: 'qualified', method: { live: 'video', test: 'video' }, inputs: NAMED },
};
