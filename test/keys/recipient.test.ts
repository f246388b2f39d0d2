/** Envelopes that OpenSSL made, opened by the keys that they are for (RFC 5652, 6; RFC 3370, 3560, 3565, 5753). */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Bytes } from '../../src/base/bytes.ts';
import { fromUtf8, utf8 } from '../../src/base/text.ts';
import { parseEnvelopedData } from '../../src/cms/enveloped-data.ts';
import { openRecipient, readPrivateKey, recipientFromKey } from '../../src/keys/index.ts';
import { accepts, hasOpenssl, openssl } from '../cms/openssl.ts';
import { faultOf } from '../support/fault.ts';
import { temporaryFolder } from '../support/folder.ts';

const folder = temporaryFolder();
const vectors = join(import.meta.dirname, '../../vectors/pdf-recipients');
const pem = (name: string): string => join(vectors, `${name}.pem`);
const read = (path: string): Bytes => new Uint8Array(readFileSync(path));
const recipient = (name: string) => openRecipient({ key: read(pem(name)) });
const TEXT = 'twenty octets of seed';
writeFileSync(join(folder, 'in'), TEXT);

/** A CMS for one of the keys, or several. */
function made(names: readonly string[], options: readonly string[], recipientOptions: readonly string[] = []): Bytes {
  const to = join(folder, 'out');
  const recipients = names.flatMap((name) => ['-recip', pem(name), ...recipientOptions]);
  openssl('cms', '-encrypt', '-binary', '-in', join(folder, 'in'), '-outform', 'DER', '-out', to, ...options, ...recipients);
  return read(to);
}

const has = hasOpenssl();
const OAEP = ['-keyopt', 'rsa_padding_mode:oaep'];

describe.skipIf(!has)('an envelope', () => {
  test.each<[string, string, string[], string[]]>([
    ['for RSA by PKCS #1', 'rsa', ['-aes256'], []],
    ['for RSA by OAEP and SHA-1', 'rsa', ['-aes256'], OAEP],
    ['for RSA by OAEP and SHA-256', 'rsa', ['-aes256'], [...OAEP, '-keyopt', 'rsa_oaep_md:sha256']],
    ['for RSA by OAEP with a label', 'rsa', ['-aes256'], [...OAEP, '-keyopt', 'rsa_oaep_label:0102']],
    ['for a key identifier', 'rsa', ['-aes128', '-keyid'], []],
    ['in AES-192', 'rsa', ['-aes192'], []],
    ['in triple DES', 'rsa', ['-des3'], []],
    ['for EC', 'ec', ['-aes256'], []],
    ['for EC by SHA-256', 'ec', ['-aes128'], ['-keyopt', 'ecdh_kdf_md:sha256']],
    ['for EC by SHA-512 and the cofactor', 'ec', ['-aes256'], ['-keyopt', 'ecdh_kdf_md:sha512', '-keyopt', 'ecdh_cofactor_mode:1']],
    ['for EC and a key identifier', 'ec', ['-aes256', '-keyid'], []],
    ['in BER', 'rsa', ['-aes256', '-stream'], []],
  ])('%s opens', (_, name, options, recipientOptions) => {
    const opened = recipient(name).open(made([name], options, recipientOptions));
    expect(opened.kind === 'opened' && fromUtf8(opened.content)).toBe(TEXT);
  });

  test('for several opens for each of them and nobody else', () => {
    const envelope = made(['rsa', 'ec'], ['-aes256']);
    expect(['rsa', 'ec', 'other', 'x25519'].map((name) => recipient(name).open(envelope).kind)).toEqual([
      'opened',
      'opened',
      'for-others',
      'for-others',
    ]);
  });

  test('that is damaged is told, wherever', () => {
    const envelopes = [made(['rsa'], ['-aes256']), made(['ec', 'rsa'], ['-aes256'])];
    const [rsa, ec] = [recipient('rsa'), recipient('ec')];
    fc.assert(
      fc.property(fc.constantFrom(...envelopes), fc.nat(), fc.nat(255), fc.boolean(), (envelope, at, value, cut) => {
        const bytes = cut ? envelope.slice(0, at % envelope.length) : envelope.slice();
        if (!cut) bytes[at % bytes.length] = value;
        for (const one of [rsa, ec]) expect(['opened', 'for-others', 'unsupported', 'damaged']).toContain(one.open(bytes).kind);
      }),
      { numRuns: 200 },
    );
  });

  test('of octets that are none is damaged', () => {
    fc.assert(fc.property(fc.uint8Array(), (bytes) => !parseEnvelopedData(bytes).ok));
    expect(recipient('rsa').open(utf8('no envelope')).kind).toBe('damaged');
  });

  test.skipIf(!accepts('cms', '-help'))('for a password, or a signature, is for others or none at all', () => {
    const to = join(folder, 'pwri');
    openssl('cms', '-encrypt', '-in', join(folder, 'in'), '-outform', 'DER', '-out', to, '-aes256', '-pwri_password', 'x');
    expect(recipient('rsa').open(read(to)).kind).toBe('for-others');
    openssl('cms', '-sign', '-in', join(folder, 'in'), '-outform', 'DER', '-out', to, '-signer', pem('other'));
    expect(recipient('rsa').open(read(to)).kind).toBe('damaged');
  });
});

describe.skipIf(!has)('the key of a recipient', () => {
  const pkcs12 = (): Bytes => {
    openssl('pkcs12', '-export', '-in', pem('rsa'), '-out', join(folder, 'rsa.p12'), '-passout', 'pass:secret');
    return read(join(folder, 'rsa.p12'));
  };

  test('may be in a PKCS #12 file, or apart from its certificate', () => {
    const envelope = made(['rsa'], ['-aes256']);
    const blocks = fromUtf8(read(pem('rsa')))?.split(/(?=-----BEGIN CERTIFICATE)/) ?? [];
    const [key = '', certificate = ''] = blocks;
    const ways = [
      openRecipient({ key: pkcs12(), password: 'secret' }),
      openRecipient({ key: utf8(key), certificates: [utf8(certificate)] }),
      recipientFromKey({ key: readPrivateKey(utf8(key)), certificates: [der(certificate)] }),
    ];
    for (const one of ways) expect(one.open(envelope).kind).toBe('opened');
  });

  test.each<[string, () => unknown, string]>([
    ['with the certificate of another', () => openRecipient({ key: read(pem('rsa')), certificates: read(pem('other')) }), 'bad-option'],
    ['by another password', () => openRecipient({ key: pkcs12(), password: 'wrong' }), 'wrong-password'],
    ['of octets that are none', () => openRecipient({ key: utf8('x') }), 'malformed-input'],
  ])('%s is refused', async (_, open, code) => {
    expect((await faultOf((async () => open())())).code).toBe(code);
  });
});

const der = (text: string): Bytes => new Uint8Array(Buffer.from(text.replace(/-----[^-]+-----|\s/g, ''), 'base64'));
