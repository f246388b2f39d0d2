/** Encrypted documents signed, extended and validated, held against the outside judges (ISO 32000-2, 7.6; ISO/TS 32003). */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { augment } from '../../src/augment.ts';
import { equal } from '../../src/base/bytes.ts';
import { fromLatin1 } from '../../src/base/text.ts';
import type { Recipient } from '../../src/crypto/recipient.ts';
import { openRecipient } from '../../src/keys/index.ts';
import { httpCertificateSource, httpRevocationSource } from '../../src/net/index.ts';
import { changesByRevision } from '../../src/pdf/changes.ts';
import { revisions } from '../../src/pdf/revision.ts';
import { toJson } from '../../src/report/json.ts';
import { sign } from '../../src/sign.ts';
import { validate } from '../../src/validate.ts';
import { closeJudges, pdfsig, present, pyhankoJudge, qpdfCheck } from '../judges/judges.ts';
import { inFolder } from '../judges/run.ts';
import { opened, withSection } from '../pdf/signed.ts';
import { faultOf } from '../support/fault.ts';
import { pemEncode } from '../support/pem.ts';
import { servedPki } from '../support/pki.ts';

let now = Date.UTC(2026, 9, 1, 12);
const pki = servedPki({ clock: () => now });
const HTTP = { allowPrivate: true, retries: 0 };
const SOURCES = { certificates: httpCertificateSource(HTTP), revocations: httpRevocationSource(HTTP) };
afterAll(closeJudges);

const file = (of: string): Uint8Array => new Uint8Array(readFileSync(join(import.meta.dirname, `../../vectors/pdf-encryption/${of}.pdf`)));

const forHolders = (of: string): Uint8Array =>
  new Uint8Array(readFileSync(join(import.meta.dirname, `../../vectors/pdf-recipients/${of}`)));
const recipientOf = (key: string): Recipient => openRecipient({ key: forHolders(`${key}.pem`) });

/** Files with the keys that may sign and that may read. */
const FOR_HOLDERS: readonly [file: string, signs: string, reads: string][] = [
  ['rc4-128', 'rsa', 'other'],
  ['aes-128', 'other', 'rsa'],
  ['aes-256-ec', 'ec', 'ec'],
  ['aes-256-two-groups', 'other', 'rsa'],
  ['aes-gcm', 'rsa', 'other'],
];

test.each(FOR_HOLDERS)('%s for holders of certificates is signed and extended to LTA, and stays theirs', async (of, signs, reads) => {
  const [original, { leaf, root, timestampAuthority }] = [forHolders(`${of}.pdf`), await pki()];
  const { signer } = await leaf('P-256');
  const [recipient, trust, timestamps] = [recipientOf(signs), [root], timestampAuthority];
  const visible = { page: 1, x: 10, y: 10, width: 150, height: 50 };
  const signed = await sign(original, { signer, at: now, level: 'T', timestamps, reason: 'A secret reason', visible, recipient });
  expect(equal(signed.subarray(0, original.length), original)).toBe(true);
  expect(fromLatin1(signed)).not.toContain('secret reason');
  now += 3_600_000;
  const extended = await augment(signed, { to: 'LTA', at: now, trust, sources: SOURCES, timestamps, recipient });
  const report = toJson(await validate(extended, { at: now, trust, recipient: recipientOf(reads) }));
  expect(report.signatures).toMatchObject([{ level: 'PAdES-BASELINE-LTA', indication: 'TOTAL_PASSED', valid: true }]);
  expect(report.signatures[0]?.pdf?.modifications.every(({ allowed }) => allowed)).toBe(true);
  for (const wrong of [{}, { recipient: recipientOf('x25519') }])
    expect((await faultOf(validate(extended, { at: now, ...wrong }))).code).toBe('wrong-password');
});

test.each(['aes-256-no-changes', 'aes-256-fill-only', 'aes-256-two-groups'])(
  '%s: who holds no right to it adds no signature field',
  async (of) => {
    const { signer } = await (await pki()).leaf('P-256');
    const fault = await faultOf(sign(forHolders(`${of}.pdf`), { signer, at: now, recipient: recipientOf('rsa') }));
    expect([fault.code, fault.message]).toEqual(['refused', expect.stringContaining('only a recipient with all rights')]);
  },
);

/** Files with the passwords that may sign and that may read. What AES-GCM enciphers, qpdf cannot open; revision 5, pyHanko cannot. */
const FILES: readonly [file: string, signs: string | undefined, reads: string | undefined][] = [
  ['rc4-40', 'owner', 'user'],
  ['rc4-128', 'user', 'owner'],
  ['rc4-128-no-changes', 'owner', undefined],
  ['aes-128', 'user', 'user'],
  ['aes-128-object-streams', 'user', 'owner'],
  ['aes-256-r5', 'user', 'user'],
  ['aes-256', 'owner', 'user'],
  ['aes-256-object-streams', 'user', 'owner'],
  ['aes-256-unicode', 'Käse ½', 'ΟΔΟΣ'],
  ['aes-256-no-changes', 'owner', undefined],
  ['aes-gcm', 'user', 'owner'],
];

describe.each(FILES)('%s', (of, signs, reads) => {
  test('is signed and extended to LTA in its own cipher, and the judges agree', async () => {
    const [original, { leaf, root, timestampAuthority }] = [file(of), await pki()];
    const { signer } = await leaf('P-256');
    const at = now;
    const with_ = (password: string | undefined) => (password === undefined ? {} : { password });
    const visible = { page: 1, x: 10, y: 10, width: 150, height: 50 };
    const signed = await sign(original, {
      signer,
      at,
      level: 'T',
      timestamps: timestampAuthority,
      reason: 'A secret reason',
      visible,
      ...with_(signs),
    });
    expect(equal(signed.subarray(0, original.length), original)).toBe(true);
    expect(fromLatin1(signed)).not.toContain('secret reason');
    const trust = [root];
    now += 3_600_000;
    const extended = await augment(signed, {
      to: 'LTA',
      at: now,
      trust,
      sources: SOURCES,
      timestamps: timestampAuthority,
      ...with_(signs),
    });
    const report = toJson(await validate(extended, { at: now, trust, ...with_(reads) }));
    expect(report.signatures).toMatchObject([
      { level: 'PAdES-BASELINE-LTA', indication: 'TOTAL_PASSED', valid: true, pdf: { byteRangeValid: true, fieldName: 'Signature1' } },
    ]);
    expect(report.signatures[0]?.pdf?.modifications.every(({ allowed }) => allowed)).toBe(true);
    expect((await faultOf(validate(extended, { at, password: 'another' }))).code).toBe('wrong-password');
    await inFolder({}, async (folder) => {
      for (const [name, bytes] of Object.entries({ signed, extended })) {
        const path = join(folder, `${name}.pdf`);
        writeFileSync(path, bytes);
        if ((await present('qpdf')) && of !== 'aes-gcm')
          expect((await qpdfCheck(path, reads ?? '')).said).toMatch(/No syntax or stream encoding errors/);
        if ((await present('pdfsig')) && reads === undefined)
          expect((await pdfsig(path)).signatures[0]).toMatchObject({ valid: true, fieldName: 'Signature1' });
        if ((await present('pyhanko')) && of !== 'aes-256-r5') {
          const judged = await pyhankoJudge({ path, password: reads ?? '', trust: [pemEncode(root)], at: now });
          expect(judged.signatures[0]).toMatchObject({ intact: true, valid: true, trusted: true, field: 'Signature1' });
        }
      }
    });
  });
});

test.each([
  ['without its password', {}, 'wrong-password', /a password is needed/],
  ['with another password', { password: 'another' }, 'wrong-password', /does not open it/],
])('an encrypted document is not signed %s', async (_, options, code, message) => {
  const { signer } = await (await pki()).leaf('P-256');
  const fault = await faultOf(sign(file('aes-256'), { signer, at: now, ...options }));
  expect([fault.code, message.test(fault.message)]).toEqual([code, true]);
});

test.each(['rc4-128-no-changes', 'aes-256-no-changes', 'aes-256-fill-only'])('%s: the user may add no signature field', async (of) => {
  const { signer } = await (await pki()).leaf('P-256');
  const fault = await faultOf(sign(file(of), { signer, at: now }));
  expect([fault.code, fault.message]).toEqual(['refused', expect.stringContaining('only the password of its owner')]);
});

describe('What an update changes in the keys of a signed document is told, and nothing allows it', () => {
  // Streams that the first keys make noise of may be pages by the second ones.
  const dictionary = (text: string) => /\n(8 0 obj.*?endobj)/s.exec(text)?.[1] ?? '';
  const ID = /\/ID \[<(\w+)>\s*<\w+>\]/;
  test.each<[string, (dictionary: string) => string, (id: string) => string]>([
    ['its filter', (was) => was.replace('/StmF /StdCF', '/StmF /Identity'), (id) => id],
    ['an identifier that keys are made of', (was) => was, () => '6965'],
    ['nothing', (was) => was, (id) => id],
  ])('%s', async (what, change, identifier) => {
    const { signer } = await (await pki()).leaf('P-256');
    const signed = await sign(file('aes-128'), { signer, at: now, password: 'user' });
    const text = fromLatin1(signed);
    const trailer = `/Encrypt 8 0 R /ID [<${identifier(ID.exec(text)?.[1] ?? '')}> <00>]`;
    const changed = withSection(
      signed,
      `${change(dictionary(text))}\n`,
      (offset) => `8 1\n${String(offset).padStart(10, '0')} 00000 n \n`,
      trailer,
    );
    // The last keys open the document: with another identifier the password is none for them.
    const before = opened(changed);
    const kinds = changesByRevision(before, revisions(before), 1)?.flat();
    expect(kinds?.map(({ kind, needs }) => [kind, needs])).toEqual(what === 'nothing' ? [] : [['encryption-changed', 'never']]);
  });
});
