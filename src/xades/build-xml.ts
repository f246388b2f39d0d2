/** XML as we write it: elements in ASCII, so that they fit into a document of any encoding (XML 1.0, 2.4 and 4.1). */
import type { Bytes } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { toBase64 } from '../base/text.ts';
import { digestUri } from '../crypto/algorithm.ts';
import type { DigestName } from '../crypto/names.ts';

/** An element with its attributes in the order given (undefined: left out) around content that is XML already. */
export function element(name: string, attributes: Readonly<Record<string, string | undefined>>, ...content: readonly string[]): string {
  let xml = `<${name}`;
  for (const attribute of Object.keys(attributes)) {
    const value = attributes[attribute];
    if (value !== undefined) xml += ` ${attribute}="${escaped(value)}"`;
  }
  xml += '>';
  for (const piece of content) xml += piece;
  return `${xml}</${name}>`;
}

/** An element around text. */
export const textElement = (name: string, text: string, attributes: Readonly<Record<string, string | undefined>> = {}): string =>
  element(name, attributes, escaped(text));

/** DigestMethod and DigestValue. Throws `Fault` `unsupported` for a digest that no URI names. */
export function digestXml(name: DigestName, value: Bytes): [string, string] {
  const uri = digestUri(name);
  if (uri === null) throw new Fault('unsupported', `no URI names the digest ${name} in XML signatures: choose another`);
  return [element('ds:DigestMethod', { Algorithm: uri }), element('ds:DigestValue', {}, toBase64(value))];
}

/**
 * The exclusive canonical form (Exclusive XML Canonicalization 1.0, 3) of an element as {@link element} writes it: what it uses of the
 * prefixes that stand for `namespaces` around it is declared where it is used first. Its attributes must be in canonical order,
 * declarations before them. Null where a character is written as a reference, for which canonical forms have another rule.
 */
export function exclusiveForm(xml: string, namespaces: Readonly<Record<string, string>>): string | null {
  if (xml.includes('&')) return null;
  let form = '';
  let written = 0;
  // Prefixes that are declared, innermost last, and at which depth.
  const shown: { readonly prefix: string; readonly depth: number }[] = [];
  let depth = 0;
  for (let at = xml.indexOf('<'); at >= 0; at = xml.indexOf('<', at + 1)) {
    if (xml[at + 1] === '/') {
      depth--;
      while (shown.at(-1)?.depth === depth) shown.pop();
      continue;
    }
    const colon = xml.indexOf(':', at);
    const prefix = xml.slice(at + 1, colon);
    if (!shown.some((one) => one.prefix === prefix)) {
      let end = colon + 1;
      while (xml[end] !== ' ' && xml[end] !== '>') end++;
      if (!xml.startsWith(` xmlns:${prefix}=`, end)) {
        form += `${xml.slice(written, end)} xmlns:${prefix}="${namespaces[prefix]}"`;
        written = end;
      }
      shown.push({ prefix, depth });
    }
    depth++;
  }
  return form + xml.slice(written);
}

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
