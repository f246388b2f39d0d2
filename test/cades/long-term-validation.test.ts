/** The long-term-validation attribute gives its token and its material, and what it is over is never taken as checked (TS 101 733, 6.4.2). */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { der } from '../../src/asn1/index.ts';
import { utf8 } from '../../src/base/text.ts';
import { readCmsDocument } from '../../src/cades/document.ts';
import { readLongTermValidation } from '../../src/cades/long-term-validation.ts';
import { encodeAttribute } from '../../src/cms/attribute.ts';
import { addUnsignedAttribute, encodeOcspInfo } from '../../src/cms/build.ts';
import { ATTRIBUTE } from '../../src/cms/oid.ts';
import { digest } from '../../src/crypto/digest.ts';
import { sign } from '../../src/sign.ts';
import { memoryPki } from '../support/pki.ts';

const pki = memoryPki();
const TIME = der.generalizedTime(Date.UTC(2020, 1, 1));

test('its certificates, revocation data and token are read, the imprint of the token is not said to be found', async () => {
  const { leaf, root, intermediate, timestampAuthority } = await pki();
  const content = utf8('content');
  const cms = await sign(content, { format: 'cades', signer: (await leaf()).signer, at: Date.now() });
  const token = await timestampAuthority.stamp(digest('SHA-256', content), 'SHA-256');
  const crl = der.sequence(der.sequence(der.integer(1)));
  const extra = [der.context(0, root, intermediate), der.context(1, crl, encodeOcspInfo(der.sequence(der.integer(3))))];
  const value = der.sequence(TIME, der.context(0, token), ...extra);
  expect(readLongTermValidation(value)).toEqual({
    tokens: [token],
    certificates: [root, intermediate],
    crls: [crl],
    ocsps: [der.sequence(der.integer(3))],
  });
  expect(readLongTermValidation(der.sequence(TIME, ...extra)).certificates).toEqual([root, intermediate]);
  const read = readCmsDocument(addUnsignedAttribute(cms, 0, encodeAttribute(ATTRIBUTE.longTermValidation, value)), []);
  if (!read.ok) throw new Error(read.malformed.reason);
  const [stamp] = read.value.timestamps.values();
  expect(stamp).toMatchObject({ type: 'archive', value: 'intact', references: [{ found: false, intact: false }] });
  expect(read.value.certificates.size).toBeGreaterThanOrEqual(3);
});

test('any octets give parts, never a throw', () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), (octets) => void readLongTermValidation(der.sequence(TIME, octets))));
});
