/** CRLs read in pieces: the same answers as in memory, in a memory that does not grow with the list (RFC 5280, 5). */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { der } from '../../src/asn1/index.ts';
import { type Bytes, concat } from '../../src/base/bytes.ts';
import { type Source, sourceOf } from '../../src/base/source.ts';
import { generateKey, issueCrl, issuingKey } from '../../src/issuing/index.ts';
import { findInCrl, findInCrlSource, openCrl, parseCrl, parseName, verifyCrlSource } from '../../src/pki/index.ts';
import { temporaryFolder } from '../support/folder.ts';
import * as make from './authority.ts';

const key = make.keyNumber(0);
const shape = { issuer: 'CN=Issuer', issuerKey: key } as const;
const at = make.DAY0;
const serial = (value: number): Bytes => der.integer(value).subarray(2);
const nameOf = (text: string) => make.must(parseName(make.nameDer(text)));
const indirect = make.extension('2.5.29.28', der.sequence(der.implicit(4, Uint8Array.of(0xff))), true);
const certificateIssuer = (name: string): Bytes => make.extension('2.5.29.29', der.sequence(make.directory(name)), true);

/** What both ways find: equal, or the test fails. */
function found(crl: Bytes, number: number, issuer?: string): unknown {
  const whole = make.must(parseCrl(crl));
  const sourced = make.must(openCrl(sourceOf(crl)));
  const name = issuer === undefined ? undefined : nameOf(issuer);
  const inMemory = findInCrl(whole, serial(number), name);
  const inPieces = findInCrlSource(sourced, serial(number), name);
  const told = (found: typeof inMemory) => (found.ok ? found.value : found.malformed.reason);
  expect(told(inPieces)).toEqual(told(inMemory));
  return told(inMemory);
}

/** Entries of many forms, in several pieces of 64 KiB. */
const many = Array.from({ length: 6000 }, (_, i) => {
  if (i % 7 === 0) return make.crlEntry(i, at, make.reasonCode(i % 6));
  if (i % 11 === 0) return make.crlEntry(i, Date.UTC(2051, 0, 1));
  if (i % 13 === 0) return make.crlEntry(i, at, make.extension('1.2.3', der.octetString(new Uint8Array(i % 400))));
  return make.crlEntry(i, at + i * 1000);
});

describe('the same as in memory', () => {
  test.each([0, 1, 7, 11, 13, 2999, 5998, 5999])('entry %i of six thousand', (number) => {
    expect(found(make.encodeCrl({ ...shape, entries: many }), number)).toMatchObject({ serial: serial(number) });
  });

  test.each<[string, Partial<make.CrlShape>]>([
    ['no list', { entries: null }],
    ['an empty list', { entries: [] }],
    ['no nextUpdate', { nextUpdate: null, entries: [make.crlEntry(5, at)] }],
    ['version 1', { version: null, entries: [make.crlEntry(5, at)] }],
    ['nothing but the required', { version: null, nextUpdate: null, entries: null }],
  ])('the frame, with %s', (_title, more) => {
    const crl = make.encodeCrl({ ...shape, ...more });
    const { bytes: _bytes, tbs: _tbs, entries: _entries, fingerprint: _fingerprint, ...whole } = make.must(parseCrl(crl));
    expect(make.must(openCrl(sourceOf(crl))).frame).toMatchObject(whole);
    found(crl, 5);
  });

  test('a certificateIssuer stays in force over the border of two pieces', () => {
    const entries = [make.crlEntry(70_000, at, certificateIssuer('CN=Other')), ...many, make.crlEntry(70_001, at)];
    const crl = make.encodeCrl({ ...shape, entries, extensions: [indirect] });
    expect(found(crl, 70_001, 'CN=Other')).not.toBeNull();
    expect(found(crl, 70_001)).toBeNull();
  });

  test.each<[string, Bytes]>([
    ['an entry cut off by the end of the list', Uint8Array.of(0x30, 0x20, 0x02, 0x01)],
    ['a header cut off by the end of the list', Uint8Array.of(0x30)],
    ['a length that is indefinite', Uint8Array.of(0x30, 0x80, 0x00, 0x00)],
    ['an entry with a critical extension that nobody knows', make.crlEntry(1, at, make.extension('1.2.3', der.NULL, true))],
  ])('%s: the list says nothing', (_title, last) => {
    expect(found(make.encodeCrl({ ...shape, entries: [...many, last] }), 1)).toBeTypeOf('string');
  });

  test('an entry longer than a piece is read, one longer than any honest one is not', () => {
    const long = (length: number): Bytes =>
      make.encodeCrl({ ...shape, entries: [...many, make.crlEntry(70_000, at, make.extension('1.2.3', new Uint8Array(length)))] });
    expect(found(long(300_000), 70_000)).toMatchObject({ serial: serial(70_000) });
    const sourced = make.must(openCrl(sourceOf(long(1_100_000))));
    expect(findInCrlSource(sourced, serial(3))).toMatchObject({
      ok: false,
      malformed: { reason: expect.stringContaining('an entry of more than') },
    });
  });

  test('whatever octets are changed, both read or neither does, and find the same', () => {
    const crl = make.encodeCrl({ ...shape, entries: many.slice(0, 20) });
    fc.assert(
      fc.property(fc.nat(crl.length - 1), fc.integer({ min: 0, max: 255 }), fc.nat(25), (place, octet, number) => {
        const altered = crl.with(place, octet);
        const sourced = openCrl(sourceOf(altered));
        const whole = parseCrl(altered);
        expect(sourced.ok).toBe(whole.ok);
        if (sourced.ok && whole.ok)
          expect(findInCrlSource(sourced.value, serial(number)).ok).toBe(findInCrl(whole.value, serial(number)).ok);
      }),
      { numRuns: 500 },
    );
  });

  test.each(['RSA-2048', 'RSA-PSS', 'P-256', 'Ed25519'] as const)(
    'a signature by %s verifies, and not after a change',
    async (algorithm) => {
      const issuing = issuingKey(await generateKey(algorithm), { pss: algorithm === 'RSA-PSS' });
      const revoked = Array.from({ length: 4000 }, (_, i) => ({ serial: i + 1, at }));
      const crl = await issueCrl({ issuer: { CN: 'Issuer' }, key: issuing, thisUpdate: at, nextUpdate: at + 1000, number: 1, revoked });
      const issuer = make.makeCertificate({
        subject: 'CN=Issuer',
        key: { ...key, spki: issuing.publicKey },
        issuer: 'CN=Issuer',
        issuerKey: key,
      });
      const check = (bytes: Bytes) => verifyCrlSource(make.must(openCrl(sourceOf(bytes))), issuer);
      expect(check(crl)).toBe('intact');
      expect(check(crl.with(70_000, (crl[70_000] as number) ^ 1))).toBe('broken');
    },
  );
});

test('only the frame is read to open a list, and each octet of the entries once to search it', () => {
  const crl = make.encodeCrl({ ...shape, entries: many });
  let octets = 0;
  const counting: Source = {
    size: crl.length,
    read: (offset, length) => {
      const piece = sourceOf(crl).read(offset, length);
      octets += piece.length;
      return piece;
    },
  };
  const sourced = make.must(openCrl(counting));
  expect(octets).toBeLessThan(500);
  octets = 0;
  findInCrlSource(sourced, serial(5999));
  expect(octets).toBeLessThan(crl.length * 1.01);
});

describe('a million entries', () => {
  const folder = temporaryFolder();
  const path = join(folder, 'large.crl');
  beforeAll(() => {
    const entries = concat(Array.from({ length: 1_000_000 }, (_, i) => make.crlEntry(0x10_0000_0000 + i, at)));
    writeFileSync(path, make.encodeCrl({ ...shape, entries: [entries] }));
  });

  // The peak that other systems tell begins with that of the process that started it.
  test.skipIf(process.platform !== 'linux')('are searched, their signature checked, in 30 MB beside the engine itself', () => {
    const script = `
      const { openFileSource } = await import(${JSON.stringify(join(import.meta.dirname, '../../src/platform/file.ts'))});
      const pki = await import(${JSON.stringify(join(import.meta.dirname, '../../src/pki/index.ts'))});
      const issuer = pki.parseCertificate(new Uint8Array(Buffer.from(process.argv[2], 'base64'))).value;
      const { readFileSync } = await import('node:fs');
      const peak = () => Number(/VmHWM:\\s+(\\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1]);
      const before = peak();
      const source = openFileSource(process.argv[1]);
      const crl = pki.openCrl(source).value;
      const last = Uint8Array.from(Buffer.from((0x1000000000 + 999999).toString(16), 'hex'));
      const found = pki.findInCrlSource(crl, last);
      const absent = pki.findInCrlSource(crl, Uint8Array.of(5));
      console.log(JSON.stringify({ size: source.size, found: found.value?.revocationDate, absent: absent.value, value: pki.verifyCrlSource(crl, issuer), grown: peak() - before }));`;
    const issuer = Buffer.from(make.root('CN=Issuer', key).bytes).toString('base64');
    const told = execFileSync(process.execPath, ['--input-type=module', '-e', script, path, issuer], { encoding: 'utf8' });
    const { size, grown, ...rest } = JSON.parse(told) as Record<string, number>;
    expect(rest).toEqual({ found: at, absent: null, value: 'intact' });
    expect(size).toBeGreaterThan(24_000_000);
    expect(grown).toBeLessThan(30_000);
  });
});
