/** Time-stamped data is read with its chain of time-stamps (RFC 5544). */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { der, TAG } from '../../src/asn1/index.ts';
import { type Bytes, concat } from '../../src/base/bytes.ts';
import { utf8 } from '../../src/base/text.ts';
import { readCmsDocument } from '../../src/cades/document.ts';
import { contentOf } from '../../src/cms/content.ts';
import { encodeContentInfo } from '../../src/cms/content-info.ts';
import { CONTENT } from '../../src/cms/oid.ts';
import { digest } from '../../src/crypto/digest.ts';
import { memoryPki } from '../support/pki.ts';

const pki = memoryPki();
const FILE = utf8('What existed then.\n');
const stamp = async (...parts: Bytes[]) => (await pki()).timestampAuthority.stamp(digest('SHA-256', ...parts), 'SHA-256');

interface Shape {
  readonly inside: boolean;
  readonly hashProtected: boolean | null;
  readonly renewals: number;
}

async function stampedData({ inside, hashProtected, renewals }: Shape): Promise<Bytes> {
  const metaData = hashProtected === null ? null : der.sequence(der.boolean(hashProtected), der.utf8String('file.txt'));
  const chain = [der.sequence(await stamp(...(hashProtected && metaData ? [metaData] : []), FILE))];
  for (let i = 0; i < renewals; i++) chain.push(der.sequence(await stamp(chain.at(-1) ?? FILE)));
  const parts = [der.integer(1), der.encode(TAG.IA5_STRING, utf8('file:///file.txt'))];
  if (metaData) parts.push(metaData);
  if (inside) parts.push(der.octetString(FILE));
  return encodeContentInfo(CONTENT.timestampedData, der.sequence(...parts, der.context(0, ...chain)));
}

const facts = (bytes: Bytes, file: Bytes | null) => {
  const read = readCmsDocument(bytes, file ? [{ name: null, content: contentOf(file) }] : []);
  if (!read.ok) throw new Error(read.malformed.reason);
  return [...read.value.timestamps.values()].map(({ type, value, references: [imprint] }) => [
    type,
    value,
    imprint?.found,
    imprint?.intact,
  ]);
};

describe.each<[string, Shape]>([
  ['a file inside', { inside: true, hashProtected: null, renewals: 0 }],
  ['a file inside with metadata that is protected, renewed twice', { inside: true, hashProtected: true, renewals: 2 }],
  ['a file elsewhere with metadata that is not protected', { inside: false, hashProtected: false, renewals: 1 }],
  ['a file elsewhere with metadata that is protected', { inside: false, hashProtected: true, renewals: 0 }],
])('%s', (_, shape) => {
  test('every time-stamp is over what it must be over, and over nothing else', async () => {
    const bytes = await stampedData(shape);
    const renewed = Array.from({ length: shape.renewals }, () => ['archive', 'intact', true, true]);
    expect(facts(bytes, shape.inside ? null : FILE)).toEqual([['content', 'intact', true, true], ...renewed]);
    if (!shape.inside) {
      expect(facts(bytes, utf8('another file'))).toEqual([['content', 'intact', true, false], ...renewed]);
      expect(facts(bytes, null)).toEqual([['content', 'intact', false, false], ...renewed]);
    }
  });
});

test('mutated octets give a value, never a throw', async () => {
  const bytes = await stampedData({ inside: true, hashProtected: true, renewals: 1 });
  fc.assert(
    fc.property(fc.nat(bytes.length - 1), fc.nat(255), fc.boolean(), (at, octet, cut) => {
      const mutated = cut ? bytes.slice(0, at) : concat([bytes.slice(0, at), Uint8Array.of(octet), bytes.slice(at + 1)]);
      readCmsDocument(mutated, []);
    }),
    { numRuns: 300 },
  );
});
