/** XML as we write it: elements in ASCII, so that they fit into a document of any encoding (XML 1.0, 2.4 and 4.1). */
import { Fault } from '../base/fault.ts';

/** An element with its attributes in the order given (undefined: left out) around content that is XML already. */
export function element(name: string, attributes: Readonly<Record<string, string | undefined>>, ...content: readonly string[]): string {
  let start = `<${name}`;
  for (const [attribute, value] of Object.entries(attributes)) if (value !== undefined) start += ` ${attribute}="${escaped(value)}"`;
  return `${start}>${content.join('')}</${name}>`;
}

/** An element around text. */
export const textElement = (name: string, text: string, attributes: Readonly<Record<string, string | undefined>> = {}): string =>
  element(name, attributes, escaped(text));

/** What is no plain ASCII as a character reference. Throws `Fault` `bad-option` for characters that XML cannot hold. */
export function escaped(text: string): string {
  if (/^[\x20\x21\x23-\x25\x27-\x3b\x3d\x3f-\x7e]*$/.test(text)) return text;
  let result = '';
  for (const character of text) {
    const code = character.codePointAt(0) as number;
    if (!isAllowed(code))
      throw new Fault('bad-option', `XML cannot hold the character U+${code.toString(16).toUpperCase().padStart(4, '0')}`);
    result += code < 0x20 || code > 0x7e || '&<>"'.includes(character) ? `&#x${code.toString(16).toUpperCase()};` : character;
  }
  return result;
}

/** `Char` of XML 1.0, 2.2. */
const isAllowed = (code: number): boolean =>
  code === 0x9 || code === 0xa || code === 0xd || (code >= 0x20 && code <= 0xd7ff) || (code >= 0xe000 && code <= 0xfffd) || code >= 0x10000;
