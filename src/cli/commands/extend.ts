/** `adeskit extend`: takes a signed document to a higher level, or renews its archive. */
import { statSync } from 'node:fs';
import { type AugmentLevel, augmentTo } from '../../augment.ts';
import { openFileSource } from '../../platform/file.ts';
import { type Arguments, type Command, oneOf, Usage } from '../arguments.ts';
import { closeAll, detachedFrom } from '../cades.ts';
import { aboutFile, outputFor, writeWhole } from '../files.ts';
import { LONG_TERM, longTermFrom } from '../long-term.ts';
import { OPENING_OPTIONS, openingFrom } from '../password.ts';
import { authorityFrom } from '../signing.ts';
import type { Terminal } from '../terminal.ts';

export const extend: Command = {
  name: 'extend',
  summary: 'extend every signature of a PDF, CMS file, XML document or container, whoever made it, to a level that lasts',
  usage: ['IN -o OUT --level T|LT|LTA [--tsa URL]… [--trust FILE|DIR]…'],
  positionals: [1, 1],
  options: {
    output: { value: 'OUT', short: 'o', help: 'extended file' },
    level: { value: 'LEVEL', help: 'T: a time-stamp; LT: certificates and revocation data too; LTA: a time-stamp over those, or one more' },
    tsa: { value: 'URL', many: true, help: 'time-stamping authority; several are tried in turn' },
    trust: { value: 'FILE|DIR', many: true, help: 'trusted certificates: PEM or DER, or a folder of them' },
    detached: { value: 'FILE[=NAME]', many: true, help: 'the signed file, where it is not in IN (CAdES, XAdES)' },
    ...LONG_TERM,
    ...OPENING_OPTIONS,
  },
  notes: [
    'Before LT and LTA the file is validated. Exit status 1 where that fails: a certificate is revoked or not trusted, revocation data',
    'is missing, or is from before the signature (TRY_LATER: the message names the date when new data is due).',
  ],
  examples: [
    ['long-term validation material', 'adeskit extend signed.pdf -o lt.pdf --level LT --trust anchors/ --tsa http://tsa.example'],
    [
      'an archive, and again before its time-stamp ages',
      'adeskit extend lt.pdf -o lta.pdf --level LTA --trust anchors/ --tsa http://tsa.example',
    ],
  ],
  run,
};

async function run(args: Arguments, at: Terminal): Promise<number> {
  const [input = ''] = args.positionals;
  const target = args.get('output');
  if (target === undefined) throw new Usage('extend: -o OUT is missing');
  if (!args.has('level')) throw new Usage('extend: --level T, LT or LTA is missing');
  const to: AugmentLevel = oneOf(args, 'level', ['T', 'LT', 'LTA'], 'T');
  const output = outputFor(input, target, false);
  const timestamps = await authorityFrom(args);
  if (to === 'LTA' && timestamps === undefined) throw new Usage('extend: --level LTA needs --tsa URL');
  const longTerm = await longTermFrom(args, at);
  const opening = await openingFrom(args);
  const source = openFileSource(input);
  const detached = detachedFrom(args);
  try {
    await writeWhole(output, (sink) =>
      augmentTo(sink, source, {
        to,
        at: Date.now(),
        ...longTerm,
        ...(timestamps && { timestamps }),
        ...(detached.length > 0 && { detached }),
        ...opening,
      }),
    );
  } catch (error) {
    throw aboutFile(input, error);
  } finally {
    source.close();
    closeAll(detached);
  }
  at.out(`${output}: extended, level ${to}, ${statSync(output).size} octets\n`);
  return 0;
}
