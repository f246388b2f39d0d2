import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Fault } from '../../src/base/fault.ts';
import { latin1, toBase64, utf8 } from '../../src/base/text.ts';
import { readCertificates, readPem, readPrivateKey } from '../../src/keys/index.ts';

const block = (label: string, body: string) => `-----BEGIN ${label}-----\n${body}\n-----END ${label}-----\n`;

describe('PEM', () => {
  it('finds every block between other text, whatever ends the lines', () => {
    const file = `Bag Attributes\r\n${block('A', 'AAEC')}subject=x\n${block('B C', 'AAEC\r\nAwQF')}`.replaceAll('\n', '\r\n');
    expect(readPem(latin1(file)).map(({ label, bytes, headers }) => [label, [...bytes], headers])).toEqual([
      ['A', [0, 1, 2], []],
      ['B C', [0, 1, 2, 3, 4, 5], []],
    ]);
  });

  it('keeps the headers of RFC 1421 apart', () => {
    const [first] = readPem(latin1(block('RSA PRIVATE KEY', 'Proc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,00\n\nAAEC')));
    expect(first).toMatchObject({ headers: ['Proc-Type: 4,ENCRYPTED', 'DEK-Info: AES-128-CBC,00'], bytes: Uint8Array.of(0, 1, 2) });
  });

  it.each([
    ['a block without end', '-----BEGIN A-----\nAAEC\n', /BEGIN A without its END/],
    ['an end without its block', '-----END A-----\n', /END A without its BEGIN/],
    ['a block that ends as another', '-----BEGIN A-----\nAAEC\n-----END B-----\n', /END B without its BEGIN/],
    ['a block inside a block', `-----BEGIN A-----\n${block('B', 'AAEC')}`, /BEGIN A without its END/],
    ['what is not base64', block('A', 'A*EC'), /not base64/],
    ['an empty block', block('A', ''), /not base64/],
  ])('refuses %s', (_name, file, message) => {
    expect(() => readPem(latin1(file))).toThrow(message);
  });

  it.each([
    ['nothing', ''],
    ['text', 'hello'],
    ['another kind of block', block('PUBLIC KEY', 'AAEC')],
    ['a block that holds no certificate', block('CERTIFICATE', 'MAA=')],
    ['DER of something else', '0\u0000'],
    ['cut-off DER', '0\u0082\u0001\u0000'],
  ])('no certificates in %s', (_name, file) => {
    expect(() => readCertificates(latin1(file))).toThrow(expect.objectContaining({ name: 'Fault', code: 'malformed-input' }));
  });

  it('what is written is read back', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 200 }), { maxLength: 4 }), (all) => {
        const file = all.map((bytes) => block('X', toBase64(bytes).replace(/.{64}/g, '$&\n').trimEnd())).join('');
        expect(readPem(utf8(file)).map(({ bytes }) => bytes)).toEqual(all);
      }),
    );
  });

  it('any octets are read or a fault', () => {
    const pieces = fc.constantFrom(
      '-----BEGIN A-----\n',
      '-----END A-----\n',
      '-----BEGIN CERTIFICATE-----\n',
      'AAEC\n',
      'a: b\n',
      '\n',
      '0\u0082',
    );
    const file = fc.oneof(
      fc.array(pieces, { maxLength: 8 }).map((all) => latin1(all.join(''))),
      fc.uint8Array({ maxLength: 100 }),
    );
    const orFault = (work: () => unknown) => {
      try {
        work();
      } catch (error) {
        expect(error).toBeInstanceOf(Fault);
      }
    };
    fc.assert(
      fc.property(file, (bytes) => {
        orFault(() => readPem(bytes));
        orFault(() => readCertificates(bytes));
        orFault(() => readPrivateKey(bytes, 'password'));
      }),
    );
  });
});
