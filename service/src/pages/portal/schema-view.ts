/** JSON schemas (draft 2020-12, and OpenAPI 3.0's own) as nested lists, and a sample value of one. */
import { randomUUID } from 'node:crypto';
import { pdfFile } from '../../sealing/pdf-file.ts';
import { html, type Markup } from '../markup.ts';
import type { PortalWords } from './words.ts';

export interface Schema {
  readonly type?: string | readonly string[];
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly items?: Schema;
  readonly anyOf?: readonly Schema[];
  readonly oneOf?: readonly Schema[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly format?: string;
  readonly pattern?: string;
  readonly nullable?: boolean;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly description?: string;
}

/** The members of a schema; what is deeper than anybody reads is left out. */
export function schemaView(schema: Schema, words: PortalWords, depth = 0): Markup {
  const shape = withoutNull(schema);
  const choices = shape.oneOf ?? shape.anyOf;
  if (depth > DEEPEST) return html``;
  if (choices)
    return html`<p class="soft">${words.api.oneOf}</p><ul class="schema">${choices.map((one) => html`<li><span class="type">${typeText(one, words)}</span>${schemaView(one, words, depth + 1)}</li>`)}</ul>`;
  if (shape.items) return schemaView(shape.items, words, depth);
  const members = Object.entries(shape.properties ?? {});
  if (members.length === 0) return html``;
  const item = ([name, member]: readonly [string, Schema]): Markup =>
    html`<li>${memberView(name, member, shape.required?.includes(name) === true, words)}${schemaView(member, words, depth + 1)}</li>`;
  return html`<ul class="schema">${members.map(item)}</ul>`;
}

/** A name with its type, and what is said of it. */
export function memberView(name: string, schema: Schema, required: boolean, words: PortalWords): Markup {
  const { description } = withoutNull(schema);
  return html`<code>${name}</code> <span class="type">${typeText(schema, words)}</span>${required && html` <span class="required">${words.api.required}</span>`}${description !== undefined && html` <span class="soft">${description}</span>`}`;
}

/** A type in few words: `string (email), 1–254`. */
export function typeText(schema: Schema, words: PortalWords): string {
  const shape = withoutNull(schema);
  const orNull = shape !== schema || schema.nullable === true ? ' | null' : '';
  if (shape.const !== undefined) return `${JSON.stringify(shape.const)}${orNull}`;
  if (shape.enum) return `${shape.enum.map((value) => JSON.stringify(value)).join(' | ')}${orNull}`;
  if (shape.oneOf ?? shape.anyOf) return words.api.oneOf;
  if (shape.items) return `[ ${typeText(shape.items, words)} ]${range(shape.minItems, shape.maxItems)}${orNull}`;
  const type = [shape.type].flat().join(' | ') || words.api.anything;
  const format = shape.format === undefined ? '' : ` (${shape.format})`;
  const limits = type === 'string' ? range(shape.minLength, shape.maxLength) : range(shape.minimum, shape.maximum);
  return `${type}${format}${limits}${orNull}`;
}

/** A value that fits, of what is required; of everything where nothing is. */
export function sampleOf(schema: Schema, name = '', depth = 0): unknown {
  const shape = withoutNull(schema);
  const known = KNOWN.find(([pattern]) => pattern.test(name))?.[1];
  if (shape.const !== undefined) return shape.const;
  if (shape.default !== undefined && shape.default !== null) return shape.default;
  if (shape.enum) return shape.enum[0];
  const [choice] = shape.oneOf ?? shape.anyOf ?? [];
  if (choice) return sampleOf(choice, name, depth);
  if (shape.items) return depth > DEEPEST ? [] : [sampleOf(shape.items, name, depth + 1)];
  if (shape.properties) {
    const { required = [], properties } = shape;
    const members = Object.entries(properties).filter(
      ([member]) => required.length === 0 || required.includes(member) || WANTED.test(member),
    );
    return depth > DEEPEST ? {} : Object.fromEntries(members.map(([member, inner]) => [member, sampleOf(inner, member, depth + 1)]));
  }
  const type = [shape.type].flat()[0];
  if (type === 'integer' || type === 'number') return shape.minimum !== undefined && shape.minimum > 0 ? shape.minimum : 1;
  if (type === 'boolean') return true;
  if (type === 'object') return {};
  // A name of one's own for what is made; two of the same would be refused.
  if (name === 'id' && shape.format === undefined) return randomUUID();
  return known ?? FORMATS[shape.format ?? ''] ?? name;
}

function range(from: number | undefined, to: number | undefined): string {
  const low = from !== undefined && from > -LIMIT ? from : undefined;
  const high = to !== undefined && to < LIMIT ? to : undefined;
  if (low !== undefined && high !== undefined) return `, ${low}–${high}`;
  return low !== undefined ? `, ≥ ${low}` : high !== undefined ? `, ≤ ${high}` : '';
}

/** `anyOf` of something and null is that thing. */
function withoutNull(schema: Schema): Schema {
  const choices = schema.anyOf?.filter(({ type }) => type !== 'null');
  const [only] = choices ?? [];
  return choices?.length === 1 && only && schema.anyOf?.length === 2
    ? { ...only, ...(schema.description !== undefined && { description: schema.description }) }
    : schema;
}

/** A PDF of one empty page, small enough to stand in a field. */
const SMALL_PDF = pdfFile(
  ['<</Type/Catalog/Pages 2 0 R>>', '<</Type/Pages/Kids[3 0 R]/Count 1>>', '<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>'],
  '/Root 1 0 R',
).toString('base64');

const KNOWN: readonly (readonly [name: RegExp, value: string])[] = [
  [/(^|_)(b64|base64)$/i, SMALL_PDF],
  [/mail$/i, 'ada@example.com'],
  [/^first_?name$/i, 'Ada'],
  [/^last_?name$/i, 'Example'],
  [/(file|original|document)_?name$/i, 'contract.pdf'],
  [/name$/i, 'Ada Example'],
  [/mime/i, 'application/pdf'],
  [/birth/i, '1992-09-15'],
  [/date/i, '2030-12-31'],
  [/^document_?number$/i, '11111111111'],
  [/phone_?number$/i, '+491701234567'],
  [/url$/i, 'https://example.com/contract.pdf'],
];
const FORMATS: Readonly<Record<string, string>> = {
  email: 'ada@example.com',
  uri: 'https://example.com/hook',
  date: '2030-12-31',
  'date-time': '2030-12-31T12:00:00Z',
  uuid: '3f0c8c6e-6d0e-4f5e-9a44-9a3d0f6f5a10',
};
/** Not required by themselves, but one of a few that are. */
const WANTED = /^(email|base64)$/i;
const DEEPEST = 6;
const LIMIT = Number.MAX_SAFE_INTEGER;
