/** `prepare` and `complete` of signatures on what is signed already and of those in containers: which function is called in two halves, and with what. */
import { Fault } from '../base/fault.ts';
import type { Instant } from '../base/instant.ts';
import type { DigestName } from '../crypto/names.ts';
import type { Signer } from '../crypto/signer.ts';
import { type CompleteCallOptions, type PreparedCall, prepareCall } from '../prepare-call.ts';
import type { ContainerFile } from '../sign-asic.ts';
import { type Arguments, type Option, Usage } from './arguments.ts';
import { asicFormat, furtherInContainer, xadesInside } from './asic.ts';
import { closeAll, DETACHED_OPTION, detachedFrom, FURTHER_OPTIONS, furtherCadesFrom, furtherFrom } from './cades.ts';
import { furtherXadesFrom } from './xades.ts';

/** Beside the options of a first signature. */
export const HALVES_OPTIONS: Readonly<Record<string, Option>> = {
  ...FURTHER_OPTIONS,
  ...DETACHED_OPTION,
  signature: { value: 'NAME', help: 'asic-s, asic-e: cades (default) or xades' },
};

type Key = Pick<Signer, 'chain' | 'scheme'> & { readonly at: Instant; readonly digest?: DigestName };

/** The first half of what is asked for, over the input; null where it is a first signature outside of containers, or with CAdES in one. Throws `Usage`. */
export function callFrom(args: Arguments): ((input: readonly ContainerFile[], key: Key) => Promise<PreparedCall>) | null {
  const format = asicFormat(args);
  if (format !== null) {
    if (args.has('detached')) throw new Usage(`--detached is not for --format ${format}`);
    const [further, xades] = [furtherInContainer(args, format), xadesInside(args)];
    if (further === 'parallel') return ([file], key) => prepareCall('signInContainer', contentOf(file), { ...key, ...xades });
    if (further !== null) return ([file], key) => prepareCall('countersignInContainer', contentOf(file), { ...key, ...further });
    return xades === null ? null : (files, key) => prepareCall('signContainer', files, { format, ...key, ...xades });
  }
  if (args.has('signature')) throw new Usage('--signature is for --format asic-s and asic-e');
  const further = furtherFrom(args);
  if (further === null) return null;
  const stated = args.get('format') === 'xades' ? furtherXadesFrom(args) : furtherCadesFrom(args);
  return ([file], key) =>
    withContents(args, 'format' in stated, (contents) => {
      const options = { ...key, ...stated, ...contents };
      return further === 'parallel'
        ? prepareCall('signParallel', contentOf(file), options)
        : prepareCall('countersign', contentOf(file), { ...options, ...further });
    });
}

/** The contents that the second half needs again. */
export const withContentsOf = <T>(
  args: Arguments,
  { draft }: PreparedCall,
  use: (contents: CompleteCallOptions) => Promise<T>,
): Promise<T> => withContents(args, draft.options['format'] === 'xades', use);

async function withContents<T>(args: Arguments, named: boolean, use: (contents: CompleteCallOptions) => Promise<T>): Promise<T> {
  const files = detachedFrom(args);
  try {
    const [only, more] = files;
    if (named) return await use(only ? { files: files.map(({ name, bytes }) => ({ name, content: bytes })) } : {});
    if (more !== undefined) throw new Usage('give one --detached file');
    return await use(only ? { detached: only.bytes } : {});
  } finally {
    closeAll(files);
  }
}

function contentOf(file: ContainerFile | undefined): ContainerFile['content'] {
  if (file === undefined) throw new Fault('bad-option', 'no file to sign');
  return file.content;
}
