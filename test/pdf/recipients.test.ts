/** Documents encrypted for the holders of certificates, opened by their keys (ISO 32000-2, 7.6.5). */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Bytes, equal } from '../../src/base/bytes.ts';
import { fromLatin1, latin1, toHex } from '../../src/base/text.ts';
import type { OpenedEnvelope, Recipient } from '../../src/crypto/recipient.ts';
import { openRecipient } from '../../src/keys/index.ts';
import type { Method } from '../../src/pdf/crypt-filter.ts';
import { catalogOf, openPdf, type PdfDocument, requireUnlocked, resolve, valueAt } from '../../src/pdf/document.ts';
import { isKind } from '../../src/pdf/object.ts';
import { pageCount } from '../../src/pdf/page.ts';
import { faultOf } from '../support/fault.ts';
import { hasMetadata, opened, textIn } from './opened.ts';

const folder = join(import.meta.dirname, '../../vectors/pdf-recipients');
const file = (of: string): Bytes => new Uint8Array(readFileSync(join(folder, of)));
const KEYS = ['rsa', 'other', 'ec', 'x25519'] as const;
type KeyName = (typeof KEYS)[number];
const recipientOf = (name: KeyName): Recipient => openRecipient({ key: file(`${name}.pem`) });

/** File, how its streams are enciphered, who opens it as owner, who as user. */
const FILES: readonly [file: string, method: Method, owners: readonly KeyName[], users: readonly KeyName[]][] = [
  ['rc4-40', 'rc4', ['rsa'], []],
  ['rc4-128', 'rc4', ['rsa', 'other'], []],
  ['rc4-128-filters', 'rc4', ['rsa'], []],
  ['aes-128', 'aes', ['rsa', 'other'], []],
  ['aes-128-open-metadata', 'aes', ['rsa'], []],
  ['aes-256', 'aes-256', ['rsa', 'other'], []],
  ['aes-256-open-metadata', 'aes-256', ['rsa'], []],
  ['aes-256-oaep', 'aes-256', ['rsa'], []],
  ['aes-256-ec', 'aes-256', ['ec'], []],
  ['aes-256-x25519', 'aes-256', ['x25519'], []],
  ['aes-256-fill-only', 'aes-256', [], ['rsa']],
  ['aes-256-no-changes', 'aes-256', [], ['rsa']],
  ['aes-256-two-groups', 'aes-256', ['other'], ['rsa']],
  ['aes-gcm', 'aes-gcm', ['rsa', 'other'], []],
];

test('every file of the vectors is in the table', () => {
  const there = readdirSync(folder).filter((entry) => entry.endsWith('.pdf'));
  expect(FILES.map(([of]) => `${of}.pdf`).sort()).toEqual(there.sort());
});

function contentsOf(document: PdfDocument): unknown {
  const catalog = catalogOf(document);
  const note = catalog && valueAt(document, catalog, 'Note');
  const count = pageCount(document);
  return {
    pages: count.ok && count.value.walked,
    language: textIn(catalog && valueAt(document, catalog, 'Lang')),
    note: textIn(note && isKind(note, 'array') ? resolve(document, note.items[0]) : null),
    metadata: hasMetadata(document),
  };
}

describe.each(FILES)('%s', (of, method, owners, users) => {
  test.each(KEYS)('and the key %s', (name) => {
    const document = opened(file(`${of}.pdf`), { recipient: recipientOf(name) });
    const mayOpen = owners.includes(name) || users.includes(name);
    expect(document.locked?.kind).toBe(mayOpen ? undefined : 'wrong-key');
    if (!mayOpen) return;
    expect(document.security).toMatchObject({ revision: null, streams: { method }, as: owners.includes(name) ? 'owner' : 'user' });
    expect(contentsOf(document)).toEqual({ pages: 2, language: 'en', note: 'a secret string', metadata: true });
  });

  test('stays shut without a key', async () => {
    const document = opened(file(`${of}.pdf`));
    expect(document).toMatchObject({ encrypted: true, security: null, locked: { kind: 'key-needed' } });
    expect((await faultOf((async () => requireUnlocked(document))())).code).toBe('wrong-password');
  });
});

describe('a document', () => {
  const answering = (answer: OpenedEnvelope): Recipient => ({ open: () => answer });
  const changed = (of: string, from: string | RegExp, to: string): Bytes => latin1(fromLatin1(file(`${of}.pdf`)).replace(from, to));
  const anyone = answering({ kind: 'opened', content: new Uint8Array(24) });
  test.each<[string, Bytes, Recipient, string | undefined]>([
    ['whose envelope is damaged', file('aes-256.pdf'), answering({ kind: 'damaged', reason: 'it is' }), 'damaged'],
    ['whose envelope is not supported', file('aes-256.pdf'), answering({ kind: 'unsupported', reason: 'it is' }), 'unsupported'],
    ['whose envelope holds no seed', file('aes-256.pdf'), answering({ kind: 'opened', content: new Uint8Array(19) }), 'damaged'],
    ['by a program of another name', changed('aes-256', '/Adobe.PubSec', '/Entrust.PPKF'), anyone, undefined],
    ['of a version that is not known', changed('aes-256', '/V 5', '/V 7'), anyone, 'unsupported'],
    ['without crypt filters, though of their version', changed('aes-256', 'pkcs7.s5', 'pkcs7.s4'), anyone, 'unsupported'],
    ['of a kind that is not known', changed('aes-256', 'adbe.pkcs7.s5', 'adbe.pkcs7.s9'), anyone, 'unsupported'],
    ['without recipients', changed('aes-256', '/Recipients', '/Recipient_'), anyone, 'damaged'],
    ['with a key of an odd size', changed('rc4-128', '/Length 128', '/Length 200'), anyone, 'damaged'],
  ])('%s', (_, bytes, recipient, kind) => {
    expect(opened(bytes, { recipient }).locked?.kind).toBe(kind);
  });

  test('with octets changed is opened, locked or refused, and never read by a key that it is not for', () => {
    const original = file('aes-256-two-groups.pdf');
    const start = fromLatin1(original).indexOf('/Filter /Adobe.PubSec');
    const from = fromLatin1(original).lastIndexOf(' obj', start);
    fc.assert(
      fc.property(fc.nat(4000), fc.nat(255), (at, value) => {
        const bytes = original.slice();
        bytes[from + (at % (bytes.length - from))] = value;
        for (const name of ['rsa', 'ec'] as const) {
          const document = openPdf(bytes, { recipient: recipientOf(name) });
          if (!document.ok || document.value.locked !== null) continue;
          if (name === 'ec') expect(document.value.security?.streams.method ?? 'none').toBe('none');
          contentsOf(document.value);
        }
      }),
      { numRuns: 150 },
    );
  });

  test('asks for what it can do with few envelopes, however many it has', () => {
    let asked = 0;
    const many: Recipient = {
      open: (envelope) => {
        asked += 1;
        expect(toHex(envelope)).toBe('00');
        return { kind: 'for-others' };
      },
    };
    const dictionary = (count: number): Bytes =>
      latin1(fromLatin1(file('rc4-128.pdf')).replace(/\/Recipients\s*\[[^\]]*\]/s, `/Recipients [${'<00>'.repeat(count)}]`));
    expect(opened(dictionary(64), { recipient: many }).locked?.kind).toBe('wrong-key');
    expect(asked).toBeLessThanOrEqual(64 * 4);
    asked = 0;
    expect(opened(dictionary(65), { recipient: many }).locked?.kind).toBe('damaged');
    expect(asked).toBe(0);
  });
});

test('the octets of a document are left as they are', () => {
  const bytes = file('aes-256.pdf');
  const before = bytes.slice();
  contentsOf(opened(bytes, { recipient: recipientOf('rsa') }));
  expect(equal(bytes, before)).toBe(true);
});
