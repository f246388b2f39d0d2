import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { augment } from '../src/augment.ts';
import { utf8 } from '../src/base/text.ts';
import { encodePrepared } from '../src/prepare.ts';
import { completeContainer, prepareContainer, readPreparedContainer } from '../src/prepare-asic.ts';
import { signContainer } from '../src/sign-asic.ts';
import { validate } from '../src/validate.ts';
import { faultOf } from './support/fault.ts';
import { memoryPki } from './support/pki.ts';

const pki = memoryPki();
const FILES = [
  { name: 'a.txt', content: utf8('one') },
  { name: 'b/c.xml', content: utf8('<c/>') },
];

describe.each([
  ['asic-s', FILES.slice(0, 1)],
  ['asic-e', FILES],
] as const)('%s in two halves', (format, files) => {
  test('is what signing at once gives, travels as JSON, and is extended later', async () => {
    const { leaf, root, timestampAuthority: timestamps } = await pki();
    const { signer } = await leaf('RSA-2048');
    const at = Date.now();
    const { chain, scheme } = signer;
    const prepared = prepareContainer(files, { format, chain, scheme, at });
    const read = readPreparedContainer(encodePrepared(prepared));
    expect(read).toEqual(prepared);
    const value = await signer.sign(prepared.toBeSigned, prepared.digest);
    if (read === null) throw new Error('nothing read');
    const container = await completeContainer(files, read, value);
    const hash = (octets: Uint8Array): string => createHash('sha256').update(octets).digest('hex');
    expect(hash(container)).toBe(hash(await signContainer(files, { format, signer, at })));
    const judged = await validate(container, { trust: [root], at: Date.now(), policy: 'dss-6.4-no-revocation' });
    expect(judged.signatures).toMatchObject([{ level: 'CAdES-BASELINE-B', conclusion: { indication: 'PASSED' } }]);
    const stamped = await completeContainer(files, read, value, { timestamps });
    expect((await validate(stamped, { trust: [root], at: Date.now() })).signatures).toMatchObject([{ level: 'CAdES-BASELINE-T' }]);
    const extended = await augment(container, { to: 'T', at: Date.now(), timestamps });
    expect((await validate(extended, { trust: [root], at: Date.now() })).signatures).toMatchObject([{ level: 'CAdES-BASELINE-T' }]);
  });

  test('takes neither other files nor the value of another key', async () => {
    const { leaf } = await pki();
    const [{ signer }, { signer: other }] = [await leaf('P-256'), await leaf('P-256')];
    const { chain, scheme } = signer;
    const prepared = prepareContainer(files, { format, chain, scheme, at: Date.now() });
    const value = await signer.sign(prepared.toBeSigned, prepared.digest);
    const changed = files.map((file) => ({ ...file, content: utf8('else') }));
    expect(await faultOf(completeContainer(changed, prepared, value))).toMatchObject({ code: 'bad-option' });
    expect(await faultOf(completeContainer(files, prepared, await other.sign(prepared.toBeSigned, prepared.digest)))).toMatchObject({
      code: 'signer-refused',
    });
    expect(() => prepareContainer([], { format, chain, scheme, at: Date.now() })).toThrow(/needs a file/);
  });
});
