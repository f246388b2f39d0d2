/** Writing XML 1.0: elements as data, everything in them escaped, nothing that XML does not allow. */

export interface XmlElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly (XmlElement | string)[];
}

/** What may stand as a child; null and false leave nothing. */
type Child = XmlElement | string | null | false | readonly (XmlElement | null | false)[];

export const element = (name: string, ...children: readonly Child[]): XmlElement => ({ name, attributes: {}, children: kept(children) });

export const withAttributes = (made: XmlElement, attributes: Readonly<Record<string, string>>): XmlElement => ({ ...made, attributes });

/** A document with its declaration, in UTF-8, indented. */
export function writeXml(root: XmlElement): string {
  const parts: string[] = ['<?xml version="1.0" encoding="UTF-8"?>\n'];
  write(root, '', parts);
  return parts.join('');
}

function write({ name, attributes, children }: XmlElement, margin: string, parts: string[]): void {
  parts.push(margin, '<', name);
  for (const [key, value] of Object.entries(attributes)) parts.push(' ', key, '="', escapedXml(value), '"');
  if (children.length === 0) return void parts.push('/>\n');
  // Text stands alone in its element: white space around it would be part of it.
  if (children.some((child) => typeof child === 'string')) {
    parts.push('>', ...children.map((child) => (typeof child === 'string' ? escapedXml(child) : '')), '</', name, '>\n');
    return;
  }
  parts.push('>\n');
  for (const child of children) if (typeof child !== 'string') write(child, `${margin}  `, parts);
  parts.push(margin, '</', name, '>\n');
}

/** Characters that no XML 1.0 document may hold, not even as a reference (2.2), become U+FFFD; those that reorder text are written as references. */
export const escapedXml = (text: string): string =>
  text
    .replace(FORBIDDEN, '\ufffd')
    .replace(
      /[&<>"'\t\n\r\u0080-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
      (found) => NAMED[found] ?? `&#${found.charCodeAt(0)};`,
    );

const kept = (children: readonly Child[]): (XmlElement | string)[] =>
  children.flatMap((child): readonly (XmlElement | string)[] => {
    if (child === null || child === false) return [];
    if (typeof child === 'string' || !Array.isArray(child)) return [child as XmlElement | string];
    return (child as readonly (XmlElement | null | false)[]).filter((each) => each !== null && each !== false);
  });

const NAMED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };
const FORBIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what this looks for
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
