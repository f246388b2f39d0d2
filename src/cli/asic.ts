/** `sign --format asic-s|asic-e`: files in one new container, or one more signature in a container that is there. */
import { statSync } from 'node:fs';
import { basename } from 'node:path';
import type { ContainerFile } from '../asic/build.ts';
import { openFileSource } from '../platform/file.ts';
import { type Arguments, oneOf, Usage } from './arguments.ts';
import { furtherFrom, statementsFrom } from './cades.ts';
import { aboutFile, outputForAll, writeWhole } from './files.ts';
import { longTermFrom } from './long-term.ts';
import { PDF_OPTIONS } from './pdf-options.ts';
import { appearanceFrom, authorityFrom, signerFrom } from './signing.ts';
import type { Terminal } from './terminal.ts';
import { XADES_OPTIONS, xadesStatementsFrom } from './xades.ts';

/** Null where another format is asked for. Throws `Usage`, `Fault`. */
export function asicFormat(args: Arguments): 'asic-s' | 'asic-e' | null {
  const format = args.get('format');
  return format === 'asic-s' || format === 'asic-e' ? format : null;
}

export async function signAsContainer(format: 'asic-s' | 'asic-e', args: Arguments, at: Terminal): Promise<number> {
  const stray = FOREIGN.find((option) => args.has(option));
  if (stray !== undefined) throw new Usage(`--${stray} is not for --format ${format}`);
  const target = args.get('output');
  if (target === undefined) throw new Usage('sign: -o OUT is missing');
  const inputs = args.positionals;
  const further = furtherInContainer(args, format);
  const output = outputForAll(inputs, target);
  const level = oneOf(args, 'level', ['B', 'T', 'LT', 'LTA'], 'B');
  const timestamps = await authorityFrom(args);
  if (level !== 'B' && timestamps === undefined) throw new Usage(`sign: --level ${level} needs --tsa URL`);
  if (args.has('content-timestamp') && timestamps === undefined) throw new Usage('sign: --content-timestamp needs --tsa URL');
  const longTerm = level === 'LT' || level === 'LTA' ? await longTermFrom(args, at) : {};
  const { digest } = appearanceFrom(args);
  const options = {
    signer: await signerFrom(args),
    level,
    at: Date.now(),
    ...(digest && { digest }),
    ...longTerm,
    ...(timestamps && { timestamps }),
  };
  const xades = xadesInside(args);
  const stated = xades ? { ...options, ...xades, ...xadesStatementsFrom(args) } : { ...options, ...statementsFrom(args) };
  const { signContainerTo, signInContainerTo } = await import('../sign-asic.ts');
  await withFiles(inputs, async (files) => {
    const [first] = files;
    await writeWhole(output, async (sink) => {
      if (further === 'parallel' && first) return signInContainerTo(sink, first.content, stated);
      if (further !== null && further !== 'parallel' && first) {
        const { countersignInContainerTo } = await import('../countersign-asic.ts');
        return countersignInContainerTo(sink, first.content, { ...options, ...statementsFrom(args), ...further });
      }
      return signContainerTo(sink, files, { format, ...stated });
    });
  });
  at.out(`${output}: signed, level ${level}, ${statSync(output).size} octets\n`);
  return 0;
}

/** As `furtherFrom`, where it fits the container. Throws `Usage`. */
export function furtherInContainer(args: Arguments, format: 'asic-s' | 'asic-e'): ReturnType<typeof furtherFrom> {
  const further = furtherFrom(args);
  const option = further === null ? (format === 'asic-s' ? 'format asic-s' : null) : further === 'parallel' ? 'parallel' : 'countersign';
  if (option !== null && args.positionals.length > 1) throw new Usage(`--${option} takes one file`);
  if (option === 'countersign' && xadesInside(args)) throw new Usage('--countersign in a container is for CAdES signatures');
  return further;
}

/** Whether the container holds XML signatures, in the words of the library. Throws `Usage`. */
export const xadesInside = (args: Arguments): { readonly signature: 'xades' } | null =>
  oneOf(args, 'signature', ['cades', 'xades'], 'cades') === 'xades' ? { signature: 'xades' } : null;

/** Opens the files, named as they are on disk but for their folders, and closes them. */
export async function withFiles<T>(paths: readonly string[], use: (files: readonly ContainerFile[]) => Promise<T>): Promise<T> {
  const open = paths.map((path) => ({ path, source: openFileSource(path) }));
  try {
    return await use(open.map(({ path, source }) => ({ name: basename(path), content: source })));
  } catch (error) {
    throw paths.length === 1 ? aboutFile(paths[0] ?? '', error) : error;
  } finally {
    for (const { source } of open) source.close();
  }
}

const FOREIGN = [
  ...Object.keys({ ...PDF_OPTIONS, ...XADES_OPTIONS }),
  ...['field', 'reason', 'location', 'contact', 'vri', 'packaging', 'mime-type', 'detached', 'jobs', 'journal'],
];
