/** `adeskit timestamp`: a time-stamp over any file, as a token of its own or with the file in a container (RFC 3161, EN 319 162-1). */
import { statSync } from 'node:fs';
import { timestamp as makeTimestamp, timestampContainerTo } from '../../preserve.ts';
import { type Arguments, type Command, oneOf, Usage } from '../arguments.ts';
import { withFiles } from '../asic.ts';
import { outputFor, writeWhole } from '../files.ts';
import { appearanceFrom, authorityFrom } from '../signing.ts';
import type { Terminal } from '../terminal.ts';

export const timestamp: Command = {
  name: 'timestamp',
  summary: 'time-stamp any file, as a token beside it or in a container with it',
  usage: ['IN… -o OUT --tsa URL [--format tst|asic-s|asic-e] [--digest NAME]'],
  positionals: [1, Number.MAX_SAFE_INTEGER],
  options: {
    output: { value: 'OUT', short: 'o', help: 'the token, or the container' },
    format: { value: 'NAME', help: 'tst (default): the token alone; asic-s, asic-e: a container with the file or files and the token' },
    tsa: { value: 'URL', many: true, help: 'time-stamping authority; several are tried in turn' },
    digest: { value: 'NAME', help: 'sha256 (default), sha384, sha512, sha3-256, sha3-384 or sha3-512' },
  },
  examples: [
    [
      'a token beside the file, and its validation',
      'adeskit timestamp data.csv -o data.tst --tsa http://tsa.example && adeskit validate data.tst --detached data.csv',
    ],
    ['a container with both', 'adeskit timestamp data.csv -o data.asics --format asic-s --tsa http://tsa.example'],
    ['one over several files', 'adeskit timestamp a.csv b.csv -o ab.asice --format asic-e --tsa http://tsa.example'],
  ],
  run,
};

async function run(args: Arguments, at: Terminal): Promise<number> {
  const [input = ''] = args.positionals;
  const target = args.get('output');
  if (target === undefined) throw new Usage('timestamp: -o OUT is missing');
  const format = oneOf(args, 'format', ['tst', 'asic-s', 'asic-e'], 'tst');
  if (format !== 'asic-e' && args.positionals.length > 1) throw new Usage('timestamp: several files need --format asic-e');
  const output = outputFor(input, target, false);
  const timestamps = await authorityFrom(args);
  if (timestamps === undefined) throw new Usage('timestamp: --tsa URL is missing');
  const { digest } = appearanceFrom(args);
  const options = { timestamps, ...(digest && { digest }) };
  await withFiles(args.positionals, (files) =>
    writeWhole(output, async (sink) => {
      const [file] = files;
      if (format !== 'tst') return timestampContainerTo(sink, files, { ...options, format, at: Date.now() });
      if (file !== undefined) sink.write(await makeTimestamp(file.content, options));
    }),
  );
  at.out(`${output}: time-stamped, ${statSync(output).size} octets\n`);
  return 0;
}
