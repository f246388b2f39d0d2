/** `adeskit complete`: the second half of signing, once the value is there. */

import { openFileSource } from '../../platform/file.ts';
import { complete as completeSignature } from '../../sign.ts';
import { type Arguments, type Command, Usage } from '../arguments.ts';
import { readDraft } from '../draft.ts';
import { outputFor, readBytes, writeWhole } from '../files.ts';
import { authorityFrom } from '../signing.ts';
import type { Terminal } from '../terminal.ts';

export const complete: Command = {
  name: 'complete',
  summary: 'embed a signature value into the document that was prepared',
  usage: ['IN --draft DRAFT --signature FILE -o OUT [--tsa URL]…'],
  positionals: [1, 1],
  options: {
    output: { value: 'OUT', short: 'o', help: 'signed file' },
    draft: { value: 'DRAFT', help: 'file that prepare wrote' },
    signature: { value: 'FILE', help: 'signature value: raw octets as CMS carries them (ECDSA as DER)' },
    tsa: { value: 'URL', many: true, help: 'add a time-stamp (level T); several are tried in turn' },
  },
  examples: [['level B', 'adeskit complete in.pdf --draft draft.json --signature value.bin -o signed.pdf']],
  run,
};

async function run(args: Arguments, at: Terminal): Promise<number> {
  const [input = ''] = args.positionals;
  const required = (option: string): string => {
    const value = args.get(option);
    if (value === undefined) throw new Usage(`complete: --${option} is missing`);
    return value;
  };
  const output = outputFor(input, required('output'), false);
  const prepared = readDraft(required('draft'));
  const value = readBytes(required('signature'));
  const timestamps = await authorityFrom(args);
  const source = openFileSource(input);
  try {
    const signed = await completeSignature(source, prepared, value, { ...(timestamps && { timestamps }) });
    await writeWhole(output, (sink) => sink.write(signed));
  } finally {
    source.close();
  }
  at.out(`${output}: signed, level ${timestamps === undefined ? 'B' : 'T'}\n`);
  return 0;
}
