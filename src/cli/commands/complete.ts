/** `adeskit complete`: the second half of signing, once the value is there. */

import { openFileSource } from '../../platform/file.ts';
import { completeTo, type SignatureAnswer } from '../../prepare.ts';
import { completeContainerTo, type PreparedContainer } from '../../prepare-asic.ts';
import { completeCallTo, type PreparedCall } from '../../prepare-call.ts';
import type { ContainerFile } from '../../sign-asic.ts';
import { type Arguments, type Command, Usage } from '../arguments.ts';
import { withFiles } from '../asic.ts';
import { DETACHED_OPTION } from '../cades.ts';
import { readDraft } from '../draft.ts';
import { outputForAll, readBytes, writeWhole } from '../files.ts';
import { withContentsOf } from '../halves.ts';
import { authorityFrom } from '../signing.ts';
import type { Terminal } from '../terminal.ts';

export const complete: Command = {
  name: 'complete',
  summary: 'embed the answer of the key into the document that was prepared',
  usage: ['IN… --draft DRAFT (--signature FILE | --cms FILE) -o OUT [--tsa URL]… [--detached FILE]'],
  positionals: [1, Number.MAX_SAFE_INTEGER],
  options: {
    output: { value: 'OUT', short: 'o', help: 'signed file' },
    draft: { value: 'DRAFT', help: 'file that prepare wrote' },
    signature: { value: 'FILE', help: 'signature value: raw octets as CMS carries them (ECDSA as DER)' },
    cms: { value: 'FILE', help: 'instead: a finished CMS over the digest of the content, made elsewhere (DER)' },
    ...DETACHED_OPTION,
    tsa: { value: 'URL', many: true, help: 'add a time-stamp (level T); several are tried in turn' },
  },
  examples: [
    ['level B', 'adeskit complete in.pdf --draft draft.json --signature value.bin -o signed.pdf'],
    ['a CMS that a service made', 'adeskit complete in.pdf --draft draft.json --cms answer.p7s -o signed.pdf'],
  ],
  run,
};

async function run(args: Arguments, at: Terminal): Promise<number> {
  const [input = ''] = args.positionals;
  const required = (option: string): string => {
    const value = args.get(option);
    if (value === undefined) throw new Usage(`complete: --${option} is missing`);
    return value;
  };
  const output = outputForAll(args.positionals, required('output'));
  const prepared = readDraft(required('draft'));
  const answer = answerFrom(args);
  const timestamps = await authorityFrom(args);
  const more = timestamps && { timestamps };
  if (prepared.format === 'call') {
    await withFiles(args.positionals, (files) =>
      withContentsOf(args, prepared, (contents) =>
        writeWhole(output, (sink) => completeCallTo(sink, inputOf(prepared, files), prepared, answer, { ...more, ...contents })),
      ),
    );
  } else if (isContainer(prepared)) {
    await withFiles(args.positionals, (files) =>
      writeWhole(output, (sink) => completeContainerTo(sink, files, prepared, answer, { ...more })),
    );
  } else {
    if (args.positionals.length > 1) throw new Usage('complete: give the one file that was prepared');
    const source = openFileSource(input);
    try {
      await writeWhole(output, (sink) => completeTo(sink, source, prepared, answer, { ...more }));
    } finally {
      source.close();
    }
  }
  at.out(`${output}: signed, level ${timestamps === undefined ? 'B' : 'T'}\n`);
  return 0;
}

function answerFrom(args: Arguments): SignatureAnswer {
  const [value, cms] = [args.get('signature'), args.get('cms')];
  if (value !== undefined && cms !== undefined) throw new Usage('complete: give --signature or --cms, not both');
  if (value !== undefined) return readBytes(value);
  if (cms === undefined) throw new Usage('complete: --signature or --cms is missing');
  return { cms: readBytes(cms) };
}

/** The files of a new container, else the one that is there. */
function inputOf({ draft }: PreparedCall, files: readonly ContainerFile[]): Parameters<typeof completeCallTo>[1] {
  const [file, more] = files;
  if (draft.of === 'signContainer' || file === undefined) return files;
  if (more !== undefined) throw new Usage('complete: give the one file that was prepared');
  return file.content;
}

const isContainer = (prepared: ReturnType<typeof readDraft>): prepared is PreparedContainer =>
  prepared.format === 'asic-s' || prepared.format === 'asic-e';
