/** Whether the names of a certificate are within the name constraints of those above it (RFC 5280, 4.2.1.10; RFC 9549; RFC 9598, 6). */
import { Reader } from '../asn1/index.ts';
import { type Budget, spend } from '../base/budget.ts';
import { type Bytes, equal } from '../base/bytes.ts';
import { attempt } from '../base/parsed.ts';
import type { Certificate } from './certificate.ts';
import type { NameConstraints } from './extensions.ts';
import type { GeneralName } from './general-name.ts';
import { attributeValues, isEmptyName, withinName } from './name.ts';

/**
 * Why the certificate breaks the constraints, or null where it does not. `constraints`: those of every certificate above, each
 * of which must hold. Spends one step for each comparison; once they are spent, that is the answer.
 */
export function breach(certificate: Certificate, constraints: readonly NameConstraints[], steps: Budget): string | null {
  if (constraints.length === 0) return null;
  const names = namesOf(certificate);
  for (const { permitted, excluded } of constraints) {
    const permittedByForm = Map.groupBy(permitted, formOf);
    const excludedByForm = Map.groupBy(excluded, formOf);
    for (const name of names) {
      const form = formOf(name);
      const within = permittedByForm.get(form) ?? [];
      const outside = excludedByForm.get(form) ?? [];
      if (!spend(steps, within.length + outside.length)) return 'more comparisons of names than are allowed';
      if (within.length > 0 && !within.some((base) => matches(name, base, 'permitted'))) return `${show(name)} is not permitted`;
      if (outside.some((base) => matches(name, base, 'excluded'))) return `${show(name)} is excluded`;
    }
  }
  return null;
}

/** Subject, alternative names, and where there are none the mail address in the subject. */
function namesOf(certificate: Certificate): GeneralName[] {
  const { subject, subjectAltNames } = certificate;
  const names: GeneralName[] = [...(subjectAltNames ?? [])];
  if (!isEmptyName(subject)) names.push({ kind: 'directoryName', name: subject });
  if (!subjectAltNames) names.push(...attributeValues(subject, EMAIL_ADDRESS).map((value) => ({ kind: 'rfc822Name', value }) as const));
  return names;
}

/** Names are compared within a form only; SmtpUTF8Mailbox is of the form of mail addresses (RFC 9598, 6). */
const formOf = (name: GeneralName): string => {
  if (name.kind !== 'otherName') return name.kind;
  return name.type === SMTP_UTF8_MAILBOX ? 'rfc822Name' : `otherName ${name.type}`;
};

/** What cannot be decided breaks the constraint, whichever it is. */
function matches(name: GeneralName, base: GeneralName, list: 'permitted' | 'excluded'): boolean {
  const undecided = list === 'excluded';
  switch (base.kind) {
    case 'directoryName':
      return name.kind === 'directoryName' && withinName(name.name, base.name);
    case 'dNSName':
      return name.kind === 'dNSName' ? dnsMatches(name.value, base.value, list) : undecided;
    case 'rfc822Name': {
      const address = mailAddress(name);
      return address === null ? undecided : mailMatches(address, base.value, list);
    }
    case 'uniformResourceIdentifier': {
      const host = name.kind === 'uniformResourceIdentifier' ? uriHost(name.value) : null;
      return host === null ? undecided : hostMatches(host, base.value, list);
    }
    case 'iPAddress':
      return name.kind === 'iPAddress' ? addressMatches(name.value, base.value, undecided) : undecided;
    case 'registeredID':
      return name.kind === 'registeredID' && (name.value === base.value || name.value.startsWith(`${base.value}.`));
    case 'otherName':
      return name.kind === 'otherName' && equal(name.value, base.value) ? true : undecided;
    case 'x400Address':
      return name.kind === 'x400Address' && equal(name.value, base.value) ? true : undecided;
    case 'ediPartyName':
      return name.kind === 'ediPartyName' && equal(name.value, base.value) ? true : undecided;
  }
}

/** `example.com` takes in itself and all below. A `*` label in the name stands for any one label. */
function dnsMatches(written: string, base: string, list: 'permitted' | 'excluded'): boolean {
  const name = written.toLowerCase().replace(/\.$/, '');
  const domain = base.toLowerCase().replace(/\.$/, '');
  if (domain === '') return true;
  if (!isHost(name, true)) return list === 'excluded';
  // RFC 5280 gives a leading dot no meaning for dNSName: such a constraint cannot be decided.
  if (domain.startsWith('.') || !isHost(domain, false)) return list === 'excluded';
  if (name === domain || name.endsWith(`.${domain}`)) return true;
  if (list === 'permitted' || !name.startsWith('*.')) return false;
  const parent = name.slice(1);
  return domain.endsWith(parent) && !domain.slice(0, -parent.length).includes('.');
}

/** `user@host` takes in that mailbox, `host` all mailboxes there, `.domain` those of every host below. */
function mailMatches({ local, host }: { local: string; host: string }, base: string, list: 'permitted' | 'excluded'): boolean {
  const at = base.lastIndexOf('@');
  if (at >= 0) return base.slice(0, at) === local && base.slice(at + 1).toLowerCase() === host;
  return base === '' || hostMatches(host, base, list);
}

/** `.domain` takes in every host below, `host` itself only (URI and mail address). */
function hostMatches(host: string, base: string, list: 'permitted' | 'excluded'): boolean {
  const domain = base.toLowerCase();
  if (domain === '') return true;
  if (!isHost(domain.replace(/^\./, ''), false)) return list === 'excluded';
  return domain.startsWith('.') ? host.endsWith(domain) && host.length > domain.length : host === domain;
}

function mailAddress(name: GeneralName): { local: string; host: string } | null {
  const text = name.kind === 'rfc822Name' ? name.value : name.kind === 'otherName' ? utf8Mailbox(name.value) : null;
  if (text === null) return null;
  const at = text.lastIndexOf('@');
  const host = text.slice(at + 1).toLowerCase();
  const local = text.slice(0, at);
  const quoted = /^"(?:[^"\\]|\\.)*"$/.test(local);
  if (at < 1 || !isHost(host, false) || (!quoted && /[\s@"(),:;<>[\\\]]/.test(local))) return null;
  return { local, host };
}

function utf8Mailbox(value: Bytes): string | null {
  const text = attempt(() => {
    const reader = Reader.over(value, 'SmtpUTF8Mailbox');
    const mailbox = reader.text();
    reader.finish();
    return mailbox;
  });
  return text.ok ? text.value : null;
}

/** Host of the authority; null where there is none, or it is an address: such a URI cannot be constrained (4.2.1.10). */
function uriHost(uri: string): string | null {
  const authority = /^[a-z][a-z0-9+.-]*:\/\/([^/?#]*)/i.exec(uri)?.[1];
  if (authority === undefined) return null;
  const host = authority
    .slice(authority.lastIndexOf('@') + 1)
    .replace(/:\d*$/, '')
    .toLowerCase();
  return isHost(host, false) && !/^[\d.]+$/.test(host) ? host : null;
}

function addressMatches(address: Bytes, range: Bytes, undecided: boolean): boolean {
  if (address.length !== 4 && address.length !== 16) return undecided;
  if (range.length !== 2 * address.length) return false;
  for (let i = 0; i < address.length; i++) {
    const mask = range[address.length + i] as number;
    if (((address[i] as number) & mask) !== ((range[i] as number) & mask)) return false;
  }
  return true;
}

const isHost = (text: string, wildcard: boolean): boolean => text.length <= 255 && (wildcard ? WILDCARD_HOST : HOST).test(text);

const show = (name: GeneralName): string => {
  if (name.kind === 'directoryName') return `directoryName ${name.name.text}`;
  return typeof name.value === 'string' ? `${name.kind} ${name.value}` : name.kind;
};

const EMAIL_ADDRESS = '1.2.840.113549.1.9.1';
const SMTP_UTF8_MAILBOX = '1.3.6.1.5.5.7.8.9';
const HOST = /^[a-z0-9_](?:[a-z0-9_-]{0,62})(?:\.[a-z0-9_][a-z0-9_-]{0,62})*$/;
const WILDCARD_HOST = /^(?:\*|[a-z0-9_][a-z0-9_-]{0,62})(?:\.[a-z0-9_][a-z0-9_-]{0,62})*$/;
