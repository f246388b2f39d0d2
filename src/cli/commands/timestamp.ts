/** `adeskit timestamp`: a time-stamp over any file, as a token of its own or with the file in a container (RFC 3161, EN 319 162-1). */
import { timestamp as makeTimestamp, timestampContainer } from '../../preserve.ts';
import { type Arguments, type Command, oneOf, Usage } from '../arguments.ts';
import { withFiles } from '../asic.ts';
import { outputFor, writeWhole } from '../files.ts';
import { appearanceFrom, authorityFrom } from '../signing.ts';
import type { Terminal } from '../terminal.ts';

export const timestamp: Command = {
  name: 'timestamp',
  summary: 'time-stamp any file, as a token beside it or in a container with it',
  usage: ['IN -o OUT --tsa URL [--format tst|asic-s] [--digest NAME]'],
  positionals: [1, 1],
  options: {
    output: { value: 'OUT', short: 'o', help: 'the token, or the container' },
    format: { value: 'NAME', help: 'tst (default): the token alone; asic-s: a container with the file and the token' },
    tsa: { value: 'URL', many: true, help: 'time-stamping authority; several are tried in turn' },
    digest: { value: 'NAME', help: 'sha256 (default), sha384, sha512, sha3-256, sha3-384 or sha3-512' },
  },
  examples: [
    [
      'a token beside the file, and its validation',
      'adeskit timestamp data.csv -o data.tst --tsa http://tsa.example && adeskit validate data.tst --detached data.csv',
    ],
    ['a container with both', 'adeskit timestamp data.csv -o data.asics --format asic-s --tsa http://tsa.example'],
  ],
  run,
};

async function run(args: Arguments, at: Terminal): Promise<number> {
  const [input = ''] = args.positionals;
  const target = args.get('output');
  if (target === undefined) throw new Usage('timestamp: -o OUT is missing');
  const format = oneOf(args, 'format', ['tst', 'asic-s'], 'tst');
  const output = outputFor(input, target, false);
  const timestamps = await authorityFrom(args);
  if (timestamps === undefined) throw new Usage('timestamp: --tsa URL is missing');
  const { digest } = appearanceFrom(args);
  const options = { timestamps, ...(digest && { digest }) };
  const made = await withFiles([input], async ([file]) => {
    if (file === undefined) throw new Usage('timestamp: IN is missing');
    return format === 'tst' ? makeTimestamp(file.content, options) : timestampContainer(file, { ...options, at: Date.now() });
  });
  await writeWhole(output, (sink) => sink.write(made));
  at.out(`${output}: time-stamped, ${made.length} octets\n`);
  return 0;
}
