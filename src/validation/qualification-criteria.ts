/** Whether a certificate is among those that a qualification of a trusted list is for (TS 119 612, 5.5.9.2.2). */
import type { Certificate } from '../pki/certificate.ts';
import type { KeyUsage } from '../pki/extensions.ts';
import type { Criteria, KeyUsageBit } from '../trust/list-type.ts';
import type { TrustedState } from '../trust/trust-source.ts';

/** Short names of the qualifiers that a state of a service gives to a certificate. */
export const qualifiersOf = ({ qualifications }: Pick<TrustedState, 'qualifications'>, certificate: Certificate): ReadonlySet<string> =>
  new Set(
    qualifications
      .filter(({ criteria }) => fits(criteria, certificate))
      .flatMap(({ qualifiers }) => qualifiers.map((uri) => uri.slice(uri.lastIndexOf('/') + 1))),
  );

/** A criterion that is not known here is not met, and so nothing is that asks for all. */
export function fits(criteria: Criteria, certificate: Certificate): boolean {
  const answers = [
    ...criteria.keyUsages.map((bits) => bits.every((bit) => hasUsage(bit, certificate))),
    ...criteria.policySets.map((policies) => policies.every((oid) => hasPolicy(oid, certificate))),
    ...criteria.keyPurposes.map((purposes) => purposes.every((oid) => certificate.extendedKeyUsage?.includes(oid) === true)),
    ...criteria.subjectAttributes.map((types) => types.every((type) => hasAttribute(type, certificate))),
    ...criteria.lists.map((list) => fits(list, certificate)),
    ...(criteria.unknown ? [false] : []),
  ];
  if (criteria.assert === 'atLeastOne') return answers.some(Boolean);
  // Where nothing is asked for, `none` and `all` hold of everything; an unknown criterion may hold, so `none` is not known.
  if (criteria.assert === 'none') return !criteria.unknown && !answers.some(Boolean);
  return answers.every(Boolean);
}

const hasUsage = ({ name, value }: KeyUsageBit, { keyUsage }: Certificate): boolean => {
  const usage = (name === 'nonRepudiation' || name === 'contentCommitment' ? 'nonRepudiation' : name) as KeyUsage;
  return (keyUsage?.has(usage) === true) === value;
};

export const hasPolicy = (oid: string, { policies }: Certificate): boolean => policies?.some(({ policy }) => policy === oid) === true;

const hasAttribute = (type: string, { subject }: Certificate): boolean =>
  subject.rdns.some((rdn) => rdn.some((attribute) => attribute.type === type));
