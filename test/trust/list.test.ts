import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { fromUtf8, utf8 } from '../../src/base/text.ts';
import { sign } from '../../src/index.ts';
import type { Leaf } from '../../src/issuing/leaf.ts';
import { checkListSignature, parseTrustedList } from '../../src/trust/index.ts';
import { memoryPki } from '../support/pki.ts';
import { listXml, SIGNED_AT, signedList } from '../support/trusted-list.ts';

const pki = memoryPki({ at: Date.UTC(2024, 0, 15) });
let operator: Leaf;
let stranger: Leaf;
let list: string;

beforeAll(async () => {
  const { leaf, intermediate } = await pki();
  operator = await leaf('P-256', { subject: { CN: 'Operator' } });
  stranger = await leaf('P-256', { subject: { CN: 'Operator' } });
  const services = [{ certificate: intermediate, states: [{ status: 'granted', from: '2020-01-01T00:00:00Z' }] }];
  list = fromUtf8(await signedList({ territory: 'XX', services }, operator.signer)) ?? '';
});

const verdictOn = (text: string | Uint8Array, signers = [operator.certificate]) => {
  const read = parseTrustedList(typeof text === 'string' ? utf8(text) : text);
  if (!read.ok) return `unreadable: ${read.malformed.reason}`;
  const verdict = checkListSignature(read.value, { signers, at: SIGNED_AT });
  return verdict.ok ? 'good' : verdict.reason;
};

describe('the signature of a list', () => {
  test('holds where a named signer made it over the whole', () => expect(verdictOn(list)).toBe('good'));

  test('does not hold for another certificate of the same name', () =>
    expect(verdictOn(list, [stranger.certificate])).toBe('wrong-signer'));

  test('does not hold where nobody is named', () => expect(verdictOn(list, [])).toBe('wrong-signer'));

  test.for([
    ['a changed status', (text: string) => text.replace('Svcstatus/granted', 'Svcstatus/withdrawn'), 'altered'],
    ['a changed signing time', (text: string) => text.replace(/(<xades:SigningTime>)2024/, '$12023'), 'altered'],
    [
      'a changed value',
      (text: string) => text.replace(/(<ds:SignatureValue[^>]*>)(.)/, (_, tag, first) => `${tag}${first === 'A' ? 'B' : 'A'}`),
      'value',
    ],
    ['no signature', (text: string) => text.replace(/<ds:Signature[\s\S]*<\/ds:Signature>/, ''), 'unsigned'],
    ['the signature twice', (text: string) => text.replace(/(<ds:Signature[ >][\s\S]*<\/ds:Signature>)/, '$1$1'), 'signed-twice'],
    [
      'a signature that stands deeper',
      (text: string) => text.replace(/(<ds:Signature[ >][\s\S]*<\/ds:Signature>)/, '<SchemeInformation>$1</SchemeInformation>'),
      'not-enveloped',
    ],
    [
      'a reference to a part only',
      (text: string) => text.replace('URI=""', 'URI="#inner"').replace('<SchemeInformation>', '<SchemeInformation Id="inner">'),
      'not-the-whole-list',
    ],
    [
      'a transform that chooses',
      (text: string) =>
        text.replace(
          /(<ds:Transform Algorithm=")[^"]*enveloped-signature"(\/>|><\/ds:Transform>)/,
          '$1http://www.w3.org/TR/1999/REC-xpath-19991116"><ds:XPath>true()</ds:XPath></ds:Transform>',
        ),
      'transform',
    ],
    [
      'signed properties that are not signed',
      (text: string) => text.replace('http://uri.etsi.org/01903#SignedProperties', 'http://uri.etsi.org/odd'),
      'signed-properties',
    ],
    ['no certificate', (text: string) => text.replace(/<ds:KeyInfo[\s\S]*<\/ds:KeyInfo>/, ''), 'signing-certificate'],
    [
      'another namespace of the list',
      (text: string) => text.replaceAll('http://uri.etsi.org/02231/v2#', 'http://uri.etsi.org/02231/v9#'),
      'unreadable: the document element is TrustServiceStatusList',
    ],
  ] as const)('does not hold with %s', ([, change, reason]) => {
    const changed = change(list);
    expect(changed).not.toBe(list);
    expect(verdictOn(changed)).toBe(reason);
  });

  test('does not hold where the list is wrapped into another that nobody signed', () => {
    const inner = list.replace(/^<\?xml[^>]*\?>\s*/, '');
    const wrapped = listXml({ territory: 'XX' }).replace('</SchemeInformation>', `</SchemeInformation><Odd>${inner}</Odd>`);
    expect(verdictOn(wrapped)).toBe('not-enveloped');
  });

  test('does not hold with an algorithm that was weak then', async () => {
    const { leaf } = await pki();
    const weak = await leaf('RSA-2048', { subject: { CN: 'Operator' } });
    const bytes = await sign(utf8(listXml({ territory: 'XX' })), { format: 'xades', alone: true, signer: weak.signer, at: SIGNED_AT });
    const read = parseTrustedList(bytes);
    if (!read.ok) throw new Error(read.malformed.reason);
    const at = (year: number) => checkListSignature(read.value, { signers: [weak.certificate], at: Date.UTC(year, 0, 1) });
    expect([at(2024).ok, at(2030).ok]).toEqual([true, false]);
    expect(at(2030)).toMatchObject({ reason: 'weak-algorithm' });
  });
});

describe('reading a list', () => {
  test('tells of all that is in it', () => {
    const read = parseTrustedList(utf8(list));
    expect(read).toMatchObject({ ok: true, value: { list: { territory: 'XX', sequence: 1, version: 5, deviations: [] } } });
  });

  test('of any octets gives a value', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => typeof parseTrustedList(bytes).ok === 'boolean'));
  });

  test('with octets changed gives a value, and its signature no throw', () => {
    const bytes = utf8(list);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }), (changes) => {
        const changed = bytes.slice();
        for (const [at, value] of changes) changed[at] = value;
        return typeof verdictOn(changed) === 'string';
      }),
      { numRuns: 60 },
    );
  });
});
