/** Options objects are exact: a key that is not known is a mistake of the caller, and said so. */
import { Fault } from './fault.ts';

/** Throws `bad-option` where `options` holds a key that is not in `known`. `of` names the function for the message. */
export function exact(of: string, options: object, known: readonly string[]): void {
  for (const key of Object.keys(options)) {
    if (!known.includes(key)) throw new Fault('bad-option', `${of}: unknown option '${key}' (known: ${known.join(', ')})`);
  }
}
