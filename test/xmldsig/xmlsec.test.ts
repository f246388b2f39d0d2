/** xmlsec1 as the judge of XML signatures, both ways (XMLDSig 1.1, RFC 9231). */
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readKeyInfo } from '../../src/xmldsig/key-info.ts';
import { DS } from '../../src/xmldsig/names.ts';
import { checkReferences } from '../../src/xmldsig/reference.ts';
import { checkXmlValue } from '../../src/xmldsig/verify.ts';
import { inFolder, run, versionOf } from '../judges/run.ts';
import { CANONICAL, ENVELOPED, KEY, readDocument, signed, template, transform } from './sign.ts';

const version = await versionOf('xmlsec1', ['--version']);
if (version === null) console.warn('xmlsec1: not run, it is not installed');

const KEYS = {
  rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
  ec: KEY,
  dsa: generateKeyPairSync('dsa', { modulusLength: 2048, divisorLength: 256 }),
} as const;
const pem = (key: KeyObject): string => key.export({ type: 'pkcs8', format: 'pem' }).toString();

const MORE = 'http://www.w3.org/2001/04/xmldsig-more#';
const XPATH = transform(
  'http://www.w3.org/TR/1999/REC-xpath-19991116',
  '<ds:XPath xmlns:p="urn:p">not(ancestor-or-self::ds:Signature) and not(self::comment()) and not(self::p:c)</ds:XPath>',
);
const FILTER2 = 'http://www.w3.org/2002/06/xmldsig-filter2';
const filters = [
  ['intersect', '//*[@n]'],
  ['subtract', '//b'],
  ['union', '//i'],
].map(([kind, path]) => `<f:XPath xmlns:f="${FILTER2}" Filter="${kind}">${path}</f:XPath>`);
const BODY = '<Doc xmlns:p="urn:p" xml:lang="en"><!--1--><a n="1">x<b z="1" y=""><i/>&#13;</b><p:c d="&lt;\n"/></a>';
// This version of xmlsec1 writes no ECKeyValue.
const KEY_VALUE = '<ds:KeyInfo><ds:KeyValue/></ds:KeyInfo>';

test.skipIf(version === null).each([
  ['RSA', 'rsa', `${MORE}rsa-sha256`, ENVELOPED],
  ['RSA with SHA-1', 'rsa', `${DS}rsa-sha1`, ENVELOPED],
  ['RSA with SHA-512', 'rsa', `${MORE}rsa-sha512`, ENVELOPED + CANONICAL],
  ['ECDSA', 'ec', `${MORE}ecdsa-sha256`, ENVELOPED + transform('http://www.w3.org/2006/12/xml-c14n11#WithComments')],
  ['ECDSA with SHA-384', 'ec', `${MORE}ecdsa-sha384`, XPATH],
  ['DSA', 'dsa', 'http://www.w3.org/2009/xmldsig11#dsa-sha256', XPATH + CANONICAL],
  ['RSA after XPath Filter 2.0', 'rsa', `${MORE}rsa-sha384`, transform(FILTER2, filters.join(''))],
] as const)('what xmlsec1 signs validates: %s', async (_, kind, method, transforms) => {
  const document = `${BODY}${template([{ uri: '', transforms }], kind === 'ec' ? '' : KEY_VALUE).replace(`${MORE}ecdsa-sha256`, method)}</Doc>`;
  const made = await inFolder({ 'in.xml': document, 'key.pem': pem(KEYS[kind].privateKey) }, async (folder) => {
    const [input, output] = [join(folder, 'in.xml'), join(folder, 'out.xml')];
    const ran = await run('xmlsec1', ['--sign', '--privkey-pem', join(folder, 'key.pem'), '--output', output, input]);
    expect(ran.stderr).toBe('');
    return readFileSync(output, 'utf8');
  });
  const { document: parsed, signature } = readDocument(made);
  const references = checkReferences(signature, signature.signedInfo.references, { external: () => null });
  expect(references.map(({ intact, problem }) => problem ?? intact)).toEqual([true]);
  const spki = new Uint8Array(KEYS[kind].publicKey.export({ type: 'spki', format: 'der' }));
  expect(checkXmlValue(signature, spki).value).toBe('intact');
  const brought = readKeyInfo(parsed, signature.keyInfo).keys.map((key) => checkXmlValue(signature, key).value);
  if (kind !== 'ec') expect(brought).toEqual(['intact']);
});

test.skipIf(version === null).each([
  ['enveloped', `${BODY}${template([{ uri: '', transforms: ENVELOPED + CANONICAL }])}</Doc>`],
  ['enveloping', template([{ uri: '#o' }], `<ds:Object Id="o">${BODY}</Doc></ds:Object>`)],
  ['with XPath', `${BODY}${template([{ uri: '', transforms: XPATH }])}</Doc>`],
  ['with XPath Filter 2.0', `${BODY}${template([{ uri: '', transforms: transform(FILTER2, filters.join('')) }])}</Doc>`],
])('what the engine digests, xmlsec1 verifies: %s', async (_, document) => {
  const files = { 'in.xml': signed(document), 'key.pem': KEY.publicKey.export({ type: 'spki', format: 'pem' }).toString() };
  await inFolder(files, async (folder) => {
    const ran = await run('xmlsec1', [
      '--verify',
      '--id-attr:Id',
      'Object',
      '--pubkey-pem',
      join(folder, 'key.pem'),
      join(folder, 'in.xml'),
    ]);
    expect({ status: ran.status, said: ran.stdout + ran.stderr }).toMatchObject({ status: 0 });
  });
});
