import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { equal } from '../../src/base/bytes.ts';
import { Fault } from '../../src/base/fault.ts';
import { latin1 } from '../../src/base/text.ts';
import { crc32, type DeflateFormat, deflate, inflate } from '../../src/platform/deflate.ts';
import { createFileSink, openFileSource } from '../../src/platform/file.ts';
import { temporaryFolder } from '../support/folder.ts';

const folder = temporaryFolder();

describe('deflated data', () => {
  it.each<DeflateFormat>(['zlib', 'raw'])('is inflated to what it was (%s)', (format) => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
        const result = inflate(deflate(bytes, format), 2000, format);
        expect(result.outcome).toBe('complete');
        expect(equal(result.bytes, bytes)).toBe(true);
      }),
    );
  });

  it('beyond the limit gives nothing', () => {
    expect(inflate(deflate(new Uint8Array(1 << 20)), 1000)).toMatchObject({ complete: false, outcome: 'limit' });
  });

  it('that is cut short gives what there is', () => {
    const bytes = Uint8Array.from({ length: 5000 }, (_, i) => (i * i) % 251);
    const packed = deflate(bytes);
    const result = inflate(packed.subarray(0, packed.length / 2), 1 << 20);
    expect(result.outcome).toBe('truncated');
    expect(result.bytes.length).toBeGreaterThan(0);
    expect(equal(result.bytes, bytes.subarray(0, result.bytes.length))).toBe(true);
  });

  it('that is damaged gives what comes before the damage, and never throws', () => {
    const bytes = new Uint8Array(70_000).map((_, i) => (i * 7919) >> 3);
    const packed = deflate(bytes).slice();
    packed[packed.length - 1] = (packed.at(-1) as number) ^ 1;
    const result = inflate(packed, 1 << 20);
    expect(result).toMatchObject({ complete: false });
    expect(equal(result.bytes, bytes.subarray(0, result.bytes.length))).toBe(true);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (any) => void expect(inflate(any, 1000)).toHaveProperty('outcome')));
  });

  it('has the CRC-32 of ZIP and PNG', () => {
    expect(crc32(latin1('123456789'))).toBe(0xcbf43926);
    expect(crc32(latin1('6789'), crc32(latin1('12345')))).toBe(0xcbf43926);
  });
});

describe('a file as a source', () => {
  const path = join(folder, 'source');
  const bytes = Uint8Array.from({ length: 300_000 }, (_, i) => i % 253);
  writeFileSync(path, bytes);

  it('reads any part of it', () => {
    const source = openFileSource(path);
    fc.assert(
      fc.property(fc.nat(310_000), fc.nat(200_000), (offset, length) => {
        expect(equal(source.read(offset, length), bytes.subarray(offset, offset + length))).toBe(true);
      }),
    );
    source.close();
    expect(() => source.read(0, 10)).toThrow(Fault);
  });

  it.each([
    ['missing', join(folder, 'nowhere')],
    ['folder', folder],
  ])('is a fault where it is %s', (_, wrong) => {
    expect(() => openFileSource(wrong)).toThrow(Fault);
  });
});

describe('a file as a sink', () => {
  it('appears whole when it is finished', async () => {
    const path = join(folder, 'sink');
    const sink = createFileSink(path);
    sink.write(latin1('one '));
    expect(existsSync(path)).toBe(false);
    sink.write(latin1('two'));
    await sink.finish();
    sink.abort();
    expect(readFileSync(path, 'latin1')).toBe('one two');
    expect(() => sink.write(latin1('x'))).toThrow(Fault);
  });

  it('leaves the file of that name and no other when it is aborted', () => {
    const path = join(folder, 'kept');
    writeFileSync(path, 'before');
    const before = readdirSync(folder).sort();
    const sink = createFileSink(path);
    sink.write(latin1('half'));
    sink.abort();
    expect(readdirSync(folder).sort()).toEqual(before);
    expect(readFileSync(path, 'latin1')).toBe('before');
  });

  it('is a fault where the folder is missing', () => {
    expect(() => createFileSink(join(folder, 'no', 'file'))).toThrow(Fault);
  });
});
