/** HTML from templates: everything put into one is escaped, unless it is markup already. */

export interface Markup {
  readonly markup: string;
}

type Part = string | number | Markup | null | undefined | false | readonly Markup[];

/** A template of HTML; null, undefined and false leave nothing. */
export function html(texts: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  return { markup: texts.map((text, index) => text + (index < parts.length ? written(parts[index] ?? null) : '')).join('') };
}

function written(part: Exclude<Part, undefined>): string {
  if (part === null || part === false) return '';
  if (typeof part === 'number') return String(part);
  if (typeof part === 'string') return escaped(part);
  return 'markup' in part ? part.markup : part.map(({ markup }) => markup).join('');
}

/** Safe as text and in quoted attributes. */
export const escaped = (text: string): string => text.replace(/[&<>"']/g, (letter) => ENTITIES[letter] ?? '');

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
