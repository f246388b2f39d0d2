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
  const names = namesOf(certificate).map(prepare);
  for (const { permitted, excluded } of constraints) {
    const permittedByForm = testsByForm(permitted, 'permitted');
    const excludedByForm = testsByForm(excluded, 'excluded');
    for (const name of names) {
      const within = permittedByForm.get(name.form) ?? [];
      const outside = excludedByForm.get(name.form) ?? [];
      if (!spend(steps, within.length + outside.length)) return 'more comparisons of names than are allowed';
      if (within.length > 0 && !within.some((test) => test(name))) return `${show(name.name)} is not permitted`;
      if (outside.some((test) => test(name))) return `${show(name.name)} is excluded`;
    }
  }
  return null;
}

/** A name with what is compared of it. */
interface Prepared {
  readonly name: GeneralName;
  readonly form: string;
  /** Lower-case host of a dNSName, URI or mail address; null where there is none or it is malformed. */
  readonly host: string | null;
  /** Local part of a mail address. */
  readonly local: string | null;
}

type Test = (name: Prepared) => boolean;
type List = 'permitted' | 'excluded';

function testsByForm(bases: readonly GeneralName[], list: List): ReadonlyMap<string, readonly Test[]> {
  const tests = new Map<string, Test[]>();
  for (const base of bases) {
    const form = formOf(base);
    const known = tests.get(form);
    if (known) known.push(testOf(base, list));
    else tests.set(form, [testOf(base, list)]);
  }
  return tests;
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

function prepare(name: GeneralName): Prepared {
  const form = formOf(name);
  if (form === 'rfc822Name') return { name, form, ...mailAddress(name) };
  const host = name.kind === 'dNSName' ? dnsHost(name.value) : name.kind === 'uniformResourceIdentifier' ? uriHost(name.value) : null;
  return { name, form, host, local: null };
}

/** What cannot be decided breaks the constraint, whichever list it is of. */
function testOf(base: GeneralName, list: List): Test {
  const undecided = list === 'excluded';
  switch (base.kind) {
    case 'directoryName':
      return ({ name }) => name.kind === 'directoryName' && withinName(name.name, base.name);
    case 'dNSName':
      return dnsTest(base.value, list);
    case 'rfc822Name':
      return mailTest(base.value, undecided);
    case 'uniformResourceIdentifier':
      return hostTest(base.value, undecided);
    case 'iPAddress':
      return ({ name }) => (name.kind === 'iPAddress' ? addressMatches(name.value, base.value, undecided) : undecided);
    case 'registeredID':
      return ({ name }) => name.kind === 'registeredID' && (name.value === base.value || name.value.startsWith(`${base.value}.`));
    case 'otherName':
    case 'x400Address':
    case 'ediPartyName':
      return ({ name }) => undecided || (name.kind === base.kind && equal(name.value, base.value));
  }
}

/** `example.com` takes in itself and all below. A `*` label in the name stands for any one label. */
function dnsTest(base: string, list: List): Test {
  const undecided = list === 'excluded';
  const domain = base.toLowerCase().replace(/\.$/, '');
  if (domain === '') return () => true;
  // RFC 5280 gives a leading dot no meaning for dNSName: such a constraint cannot be decided.
  if (!isHost(domain, false)) return () => undecided;
  const below = `.${domain}`;
  return ({ host }) => {
    if (host === null) return undecided;
    if (host === domain || host.endsWith(below)) return true;
    if (list === 'permitted' || !host.startsWith('*.')) return false;
    const parent = host.slice(1);
    return domain.endsWith(parent) && !domain.slice(0, -parent.length).includes('.');
  };
}

/** `user@host` takes in that mailbox, `host` all mailboxes there, `.domain` those of every host below. */
function mailTest(base: string, undecided: boolean): Test {
  const at = base.lastIndexOf('@');
  if (at < 0) return hostTest(base, undecided);
  const [wantedLocal, wantedHost] = [base.slice(0, at), base.slice(at + 1).toLowerCase()];
  return ({ local, host }) => (host === null ? undecided : local === wantedLocal && host === wantedHost);
}

/** `.domain` takes in every host below, `host` itself only (URI and mail address). */
function hostTest(base: string, undecided: boolean): Test {
  const domain = base.toLowerCase();
  if (domain === '') return () => true;
  if (!isHost(domain.replace(/^\./, ''), false)) return () => undecided;
  if (!domain.startsWith('.')) return ({ host }) => (host === null ? undecided : host === domain);
  return ({ host }) => (host === null ? undecided : host.endsWith(domain) && host.length > domain.length);
}

function dnsHost(written: string): string | null {
  const host = written.toLowerCase().replace(/\.$/, '');
  return isHost(host, true) ? host : null;
}

function mailAddress(name: GeneralName): { local: string | null; host: string | null } {
  const text = name.kind === 'rfc822Name' ? name.value : name.kind === 'otherName' ? utf8Mailbox(name.value) : null;
  const at = text?.lastIndexOf('@') ?? -1;
  const host = text?.slice(at + 1).toLowerCase() ?? '';
  const local = text?.slice(0, Math.max(at, 0)) ?? '';
  const quoted = /^"(?:[^"\\]|\\.)*"$/.test(local);
  if (local === '' || !isHost(host, false) || (!quoted && /[\s@"(),:;<>[\\\]]/.test(local))) return { local: null, host: null };
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
