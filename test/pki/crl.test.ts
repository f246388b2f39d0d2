/** CRLs: entries found without objects, lists that say nothing (RFC 5280, 5). */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { der } from '../../src/asn1/index.ts';
import type { Bytes } from '../../src/base/bytes.ts';
import { countCrlEntries, findInCrl, parseCrl, parseName, verifyCrl } from '../../src/pki/index.ts';
import * as make from './authority.ts';

const key = make.keyNumber(0);
const shape = { issuer: 'CN=Issuer', issuerKey: key } as const;
const at = make.DAY0;
const serial = (value: number): Bytes => der.integer(value).subarray(2);
const critical = (oid: string, value: Bytes): Bytes => make.extension(oid, value, true);
const certificateIssuer = (name: string): Bytes => critical('2.5.29.29', der.sequence(make.directory(name)));
const indirect = critical('2.5.29.28', der.sequence(der.implicit(4, Uint8Array.of(0xff))));
const find = (crl: make.CrlShape, number: number, issuer?: string) =>
  findInCrl(make.makeCrl(crl), serial(number), issuer === undefined ? undefined : make.must(parseName(make.nameDer(issuer))));

test('an entry is found with its date and reason', () => {
  const entries = [make.crlEntry(300, at), make.crlEntry(7, at + 1000, make.reasonCode(1)), make.crlEntry(9, at)];
  expect(find({ ...shape, entries }, 7)).toMatchObject({ ok: true, value: { revocationDate: at + 1000, reason: 'keyCompromise' } });
  expect(find({ ...shape, entries }, 300)).toMatchObject({ ok: true, value: { revocationDate: at, reason: null } });
  expect(find({ ...shape, entries }, 8)).toEqual({ ok: true, value: null });
  expect(find({ ...shape, entries: null }, 8)).toEqual({ ok: true, value: null });
  expect(countCrlEntries(make.makeCrl({ ...shape, entries }))).toEqual({ ok: true, value: 3 });
});

test('dates after 2049 and long entries are read as well', () => {
  const late = Date.UTC(2051, 0, 1);
  const long = make.extension('1.2.3', der.octetString(new Uint8Array(300)));
  const entries = [make.crlEntry(1, late), make.crlEntry(2, at, long), make.crlEntry(3, late, make.reasonCode(5))];
  expect(find({ ...shape, entries }, 1)).toMatchObject({ value: { revocationDate: late } });
  expect(find({ ...shape, entries }, 2)).toMatchObject({ value: { revocationDate: at } });
  expect(find({ ...shape, entries }, 3)).toMatchObject({ value: { revocationDate: late, reason: 'cessationOfOperation' } });
});

test('in an indirect CRL the certificate issuer stays in force until the next one', () => {
  const entries = [
    make.crlEntry(1, at),
    make.crlEntry(2, at, certificateIssuer('CN=Other')),
    make.crlEntry(3, at, make.reasonCode(1)),
    make.crlEntry(4, at, certificateIssuer('CN=Issuer')),
  ];
  const crl = { ...shape, entries, extensions: [indirect] };
  const listed = (issuer: string): number[] =>
    [1, 2, 3, 4].filter((number) => {
      const found = find(crl, number, issuer);
      return found.ok && found.value !== null;
    });
  expect(listed('CN=Issuer')).toEqual([1, 4]);
  expect(listed('CN=Other')).toEqual([2, 3]);
  expect(listed('CN=Third')).toEqual([]);
});

describe('a list says nothing at all', () => {
  const cases: [string, Partial<make.CrlShape>][] = [
    [
      'with an unknown critical extension of any entry',
      { entries: [make.crlEntry(1, at), make.crlEntry(2, at, critical('1.2.3', der.NULL))] },
    ],
    [
      'with a certificate issuer and not indirect',
      { entries: [make.crlEntry(1, at), make.crlEntry(2, at, certificateIssuer('CN=Other'))] },
    ],
    ['with an entry without a date', { entries: [make.crlEntry(1, at), der.sequence(der.integer(2))] }],
    [
      'with an entry that has more than it may',
      { entries: [make.crlEntry(1, at), der.sequence(der.integer(2), der.time(at), der.sequence(make.reasonCode(1)), der.NULL)] },
    ],
    ['with something else among the entries', { entries: [make.crlEntry(1, at), der.NULL] }],
    ['with entry extensions in version 1', { version: null, entries: [make.crlEntry(1, at, make.reasonCode(1))] }],
  ];
  test.each(cases)('%s', (_, change) => expect(find({ ...shape, ...change }, 1).ok).toBe(false));
});

describe('a CRL is refused', () => {
  const cases: [string, Bytes][] = [
    ['of version 1 written out', make.encodeCrl({ ...shape, version: 0 })],
    ['of version 3', make.encodeCrl({ ...shape, version: 2 })],
    ['of version 1 with extensions', make.encodeCrl({ ...shape, version: null, extensions: [indirect] })],
    [
      'whose scopes exclude each other',
      make.encodeCrl({
        ...shape,
        extensions: [critical('2.5.29.28', der.sequence(der.implicit(1, Uint8Array.of(255)), der.implicit(2, Uint8Array.of(255))))],
      }),
    ],
    ['with octets behind', Uint8Array.from([...make.encodeCrl(shape), 0])],
  ];
  test.each(cases)('%s', (_, bytes) => expect(parseCrl(bytes).ok).toBe(false));
});

test('the extensions of a CRL are read', () => {
  const point = der.sequence(
    der.context(0, der.context(0, make.uri('http://a.example/crl'))),
    der.implicit(1, Uint8Array.of(0xff)),
    der.encode(0x83, Uint8Array.of(1, 0b0110_0000)),
  );
  const crl = make.makeCrl({
    ...shape,
    extensions: [
      make.extension('2.5.29.20', der.integer(1n << 100n)),
      critical('2.5.29.27', der.integer(5)),
      critical('2.5.29.28', point),
      make.extension('2.5.29.60', der.generalizedTime(at)),
      critical('1.2.3', der.NULL),
    ],
  });
  expect(crl.number).toBe(1n << 100n);
  expect(crl.deltaBase).toBe(5n);
  expect(crl.issuingDistributionPoint).toMatchObject({
    onlyUserCertificates: true,
    onlyCaCertificates: false,
    onlySomeReasons: 0b110,
    indirect: false,
  });
  expect(crl.expiredCertsOnCrl).toBe(at);
  expect(crl.unknownCritical).toEqual(['1.2.3']);
});

test('the value of a CRL verifies with the key of its issuer only', () => {
  const crl = make.makeCrl(shape);
  expect(verifyCrl(crl, make.root('CN=Issuer', key))).toBe('intact');
  expect(verifyCrl(crl, make.root('CN=Issuer', make.keyNumber(1)))).toBe('broken');
});

test('an empty list of entries is told', () => {
  expect(make.makeCrl({ ...shape, entries: [] }).deviations).toHaveLength(1);
});

test('every serial number that is listed is found, and no other', () => {
  const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 0x7fff_ffff }), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(numbers, fc.integer({ min: 1, max: 0x7fff_ffff }), (listed, other) => {
      const entries = listed.map((number, i) => make.crlEntry(number, at + i * 1000, ...(i % 2 ? [make.reasonCode(i % 7)] : [])));
      const crl = make.makeCrl({ ...shape, entries });
      const found = listed.map((number) => make.must(findInCrl(crl, serial(number)))?.revocationDate);
      expect(found).toEqual(listed.map((_, i) => at + i * 1000));
      if (!listed.includes(other)) expect(findInCrl(crl, serial(other))).toEqual({ ok: true, value: null });
    }),
    { numRuns: 50 },
  );
});

test('mutated CRLs give a value', () => {
  const bytes = make.encodeCrl({
    ...shape,
    entries: [make.crlEntry(1, at), make.crlEntry(2, at, certificateIssuer('CN=Other')), make.crlEntry(3, at, make.reasonCode(1))],
    extensions: [indirect, make.extension('2.5.29.20', der.integer(9))],
  });
  const issuer = make.root('CN=Issuer', key);
  const change = fc.tuple(fc.nat(bytes.length - 1), fc.integer({ min: 0, max: 255 }));
  fc.assert(
    fc.property(fc.array(change, { minLength: 1, maxLength: 4 }), (changes) => {
      const mutated = bytes.slice();
      for (const [place, octet] of changes) mutated[place] = octet;
      const crl = parseCrl(mutated);
      if (!crl.ok) return;
      for (const number of [1, 2, 3, 4]) expect(typeof findInCrl(crl.value, serial(number)).ok).toBe('boolean');
      expect(['intact', 'broken', 'unsupported']).toContain(verifyCrl(crl.value, issuer));
    }),
    { numRuns: 2000 },
  );
});
