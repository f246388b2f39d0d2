import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Bytes } from '../../src/base/bytes.ts';
import { Fault } from '../../src/base/fault.ts';
import { fromLatin1, latin1, utf8 } from '../../src/base/text.ts';
import { add, put, serializeUpdate, startUpdate, updatedBytes } from '../../src/pdf/append.ts';
import type { Crypts, Method } from '../../src/pdf/crypt-filter.ts';
import {
  catalogOf,
  catalogRef,
  openPdf,
  type PdfDocument,
  requireUnlocked,
  resolve,
  streamBytes,
  valueAt,
} from '../../src/pdf/document.ts';
import { deciphered, enciphered } from '../../src/pdf/encryption.ts';
import { dict, hexString, integer, isKind, literalString, name, type PdfObject, streamOf, withEntries } from '../../src/pdf/object.ts';
import { pageCount } from '../../src/pdf/page.ts';
import { passwordOctets } from '../../src/pdf/password.ts';
import { revisions } from '../../src/pdf/revision.ts';
import { objectArbitrary } from './generate.ts';
import { hasMetadata, opened, textIn } from './opened.ts';

const folder = join(import.meta.dirname, '../../vectors/pdf-encryption');
const file = (of: string): Bytes => new Uint8Array(readFileSync(join(folder, `${of}.pdf`)));

/** File, its revision of the handler, how its streams are enciphered, passwords of user and owner. */
const FILES: readonly [file: string, revision: number, method: Method, user: string, owner: string][] = [
  ['rc4-40', 2, 'rc4', 'user', 'owner'],
  ['rc4-128', 3, 'rc4', 'user', 'owner'],
  ['rc4-128-filters', 4, 'rc4', 'user', 'owner'],
  ['rc4-128-no-changes', 3, 'rc4', '', 'owner'],
  ['aes-128', 4, 'aes', 'user', 'owner'],
  ['aes-128-open-metadata', 4, 'aes', 'user', 'owner'],
  ['aes-128-object-streams', 4, 'aes', 'user', 'owner'],
  ['aes-256-r5', 5, 'aes-256', 'user', 'owner'],
  ['aes-256', 6, 'aes-256', 'user', 'owner'],
  ['aes-256-object-streams', 6, 'aes-256', 'user', 'owner'],
  ['aes-256-no-changes', 6, 'aes-256', '', 'owner'],
  ['aes-256-fill-only', 6, 'aes-256', '', 'owner'],
  ['aes-256-unicode', 6, 'aes-256', 'Käse ½', 'ΟΔΟΣ'],
  ['aes-gcm', 7, 'aes-gcm', 'user', 'owner'],
  ['aes-gcm-mac', 7, 'aes-gcm', 'user', 'owner'],
];

function contentsOf(document: PdfDocument): unknown {
  const catalog = catalogOf(document);
  const note = catalog && valueAt(document, catalog, 'Note');
  const [first = null, second = null] = note && isKind(note, 'array') ? note.items.map((item) => resolve(document, item)) : [];
  const count = pageCount(document);
  return {
    pages: count.ok && count.value.walked,
    text: [textIn(catalog && valueAt(document, catalog, 'Lang')), textIn(first)],
    inside: isKind(second, 'dict') && [textIn(valueAt(document, second, 'Text')), isKind(second.entries.get('List') ?? null, 'array')],
    metadata: hasMetadata(document),
  };
}

const CONTENTS = {
  pages: 2,
  text: ['en', 'a secret string'],
  inside: ['in a dictionary', true],
  metadata: true,
};

function faultOf(action: () => unknown): string | null {
  try {
    action();
    return null;
  } catch (error) {
    return error instanceof Fault ? error.code : String(error);
  }
}

it('every file of the vectors is in the table', () => {
  const there = readdirSync(folder).filter((entry) => entry.endsWith('.pdf') && entry !== 'plain.pdf');
  expect(FILES.map(([of]) => `${of}.pdf`).sort()).toEqual(there.sort());
  expect(existsSync(join(folder, 'case.json'))).toBe(true);
});

describe.each(FILES)('an encrypted document: %s', (of, revision, method, user, owner) => {
  it.each([
    ['user', user],
    ['owner', owner],
  ])("opens with the %s's password", (as, password) => {
    const document = opened(file(of), { password });
    expect(document).toMatchObject({ encrypted: true, locked: null, rebuilt: false, security: { revision, streams: { method }, as } });
    expect(contentsOf(document)).toEqual(CONTENTS);
  });

  it('is locked for any other password, and says so', () => {
    const document = opened(file(of), { password: 'a wrong one' });
    expect(document).toMatchObject({ encrypted: true, security: null, locked: { kind: 'wrong-password' } });
    expect(() => requireUnlocked(document)).toThrow('password given does not open it');
    const without = opened(file(of));
    expect(without.locked?.kind).toBe(user === '' ? undefined : 'password-needed');
  });

  it('opens with its password where its cross-references are damaged', () => {
    const broken = latin1(fromLatin1(file(of)).replaceAll('startxref', 'startxxxx'));
    const document = opened(broken, { password: owner });
    expect(document).toMatchObject({ rebuilt: true, encrypted: true, locked: null });
    expect(contentsOf(document)).toEqual(CONTENTS);
  });

  it.runIf(of !== 'aes-gcm-mac')('takes an update, which is enciphered as well', () => {
    const update = startUpdate(opened(file(of), { password: owner }));
    const catalog = catalogOf(update.document);
    const target = catalogRef(update.document);
    if (catalog === null || target === null) throw new Error('no catalogue');
    const value = add(update, literalString(latin1('appended in secret')));
    const octets = utf8('octets appended in secret');
    const data = add(update, streamOf(dict({}), octets));
    const contents = hexString(latin1('not enciphered'));
    const signature = add(update, dict({ Type: name('Sig'), Contents: contents, Reason: literalString(latin1('secret')) }));
    put(update, target, withEntries(catalog, { Added: value, Data: data, Signature: signature }));
    const whole = updatedBytes(serializeUpdate(update, { id: latin1('0123456789abcdef') }));
    expect(fromLatin1(whole)).not.toContain('in secret');
    expect(fromLatin1(whole)).toContain('<6E6F7420656E6369706865726564>');
    for (const password of [user, owner]) {
      const document = opened(whole, { password });
      expect(document.locked).toBe(null);
      expect(revisions(document)).toHaveLength(2);
      expect(contentsOf(document)).toEqual(CONTENTS);
      expect(textIn(resolve(document, value))).toBe('appended in secret');
      const stream = resolve(document, data);
      expect(isKind(stream, 'stream') && streamBytes(document, stream)).toMatchObject({ ok: true, value: octets });
      const dictionary = resolve(document, signature);
      if (!isKind(dictionary, 'dict')) throw new Error('no dictionary');
      expect([textIn(valueAt(document, dictionary, 'Contents')), textIn(valueAt(document, dictionary, 'Reason'))]).toEqual([
        'not enciphered',
        'secret',
      ]);
    }
  });

  it('gives a value whatever octets are wrong', () => {
    const bytes = file(of);
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 }), (changes) => {
        const changed = bytes.slice();
        for (const [at, octet] of changes) changed[at] = octet;
        const document = openPdf(changed, { password: user });
        if (document.ok && document.value.locked === null) contentsOf(document.value);
      }),
      { numRuns: 30 },
    );
  });
});

describe('an encrypted document', () => {
  it('with a code over all of it takes no update', () => {
    expect(faultOf(() => startUpdate(opened(file('aes-gcm-mac'), { password: 'owner' })))).toBe('unsupported');
  });

  it('whose octets were tampered with is told by the tags of AES-GCM', () => {
    const bytes = file('aes-gcm');
    const document = opened(bytes, { password: 'user' });
    const metadata = valueAt(document, catalogOf(document) ?? (dict({}) as never), 'Metadata');
    if (!isKind(metadata, 'stream')) throw new Error('no metadata');
    const changed = bytes.with(metadata.start + 20, (bytes[metadata.start + 20] as number) ^ 1);
    const again = opened(changed, { password: 'user' });
    const tampered = valueAt(again, catalogOf(again) ?? (dict({}) as never), 'Metadata');
    expect(isKind(tampered, 'stream') && streamBytes(again, tampered)).toMatchObject({ ok: false, malformed: { what: 'encryption' } });
  });

  it.each([
    ['a handler that is not known', '/Filter/Other/V 4', 'unsupported'],
    ['a version that is not known', '/Filter/Standard/V 9/R 3', 'unsupported'],
    ['a method that is not known', '/Filter/Standard/V 4/R 4/CF<</A<</CFM/Other>>>>', 'unsupported'],
    ['a crypt filter that is missing', '/Filter/Standard/V 4/R 4/StmF/A', 'malformed-input'],
    ['no keys', '/Filter/Standard/V 2/R 3', 'malformed-input'],
  ])('with %s is locked for good', (_, entries, code) => {
    const plain = fromLatin1(file('plain')).replace('/Root', `/Encrypt<<${entries}>>/Root`);
    expect(faultOf(() => requireUnlocked(opened(latin1(plain), { password: 'user' })))).toBe(code);
  });
});

describe('a password', () => {
  it.each([
    ['as it is', 'abc', true, ['616263']],
    ['with other spaces and soft hyphens', 'I\u00adX\u00a0', true, ['495820', '49c2ad58c2a0']],
    ['in a compatibility form', '\u2168', true, ['4958', 'e285a8']],
    ['of PDFDocEncoding', '\u2022\u00e4', false, ['80e4', 'e280a2c3a4', '3fe4']],
    ['longer than counts', 'x'.repeat(200), false, ['78'.repeat(32)]],
  ])('%s becomes octets', (_, password, modern, expected) => {
    expect(passwordOctets(password, modern).map((octets) => Buffer.from(octets).toString('hex'))).toEqual(expected);
  });
});

it.each(['rc4', 'aes', 'aes-256', 'aes-gcm', 'none'] as const)('what is enciphered by %s comes back as it was', (method) => {
  const length = method === 'aes' ? 16 : method === 'rc4' ? 9 : 32;
  const crypt = { method, fileKey: new Uint8Array(length).fill(7) };
  const security: Crypts = { strings: crypt, streams: crypt, embeddedFiles: crypt, filters: new Map(), encryptMetadata: true };
  const plainly = (value: PdfObject): string =>
    JSON.stringify(value, (key, item) => (HOW_WRITTEN.has(key) ? undefined : item instanceof Map ? [...item] : item));
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 8_388_607 }),
      fc.nat(65_535),
      objectArbitrary,
      fc.uint8Array({ maxLength: 70 }),
      (num, gen, value, data) => {
        const written = enciphered(security, num, gen, value, (item) => item);
        expect(plainly(deciphered(security, num, gen, written, (item) => item))).toBe(plainly(value));
        const stream = deciphered(
          security,
          num,
          gen,
          enciphered(security, num, gen, streamOf(dict({ A: integer(1) }), data), (item) => item),
          (item) => item,
        );
        const octets = isKind(stream, 'stream')
          ? (stream.decipher ?? ((all: Bytes) => all))(stream.source.read(stream.start, stream.length))
          : null;
        expect(octets).toEqual(data);
      },
    ),
    { numRuns: 100 },
  );
});

const HOW_WRITTEN: ReadonlySet<string> = new Set(['hex', 'start', 'end']);
