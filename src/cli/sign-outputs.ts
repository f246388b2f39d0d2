/** Where the signed files of one `sign` go. */
import { type Arguments, Usage } from './arguments.ts';
import { cadesOutput } from './cades.ts';
import { outputFor } from './files.ts';
import { xadesOutput } from './xades.ts';

/** Where each input goes, in their order. Throws `Usage` where two would go to one place. */
export function outputsFor(args: Arguments, inputs: readonly string[], several: boolean): string[] {
  const target = args.get('output');
  if (target === undefined) throw new Usage('sign: -o OUT is missing');
  const format = args.get('format');
  const outputs = inputs
    .map((input) => outputFor(input, target, several))
    .map((output) =>
      format === 'xades' ? xadesOutput(args, target, output) : format === 'cades' ? cadesOutput(args, target, output) : output,
    );
  if (new Set(outputs).size < outputs.length)
    throw new Usage('sign: two inputs have the same name, so one output would overwrite the other');
  return outputs;
}
