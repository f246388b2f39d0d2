/** Shapes of plain data: one description from which a value is written as JSON, read back strictly, and told as JSON Schema (2020-12). */
import type { Bytes } from '../base/bytes.ts';
import { fromIso } from '../base/instant.ts';
import { fromBase64, toBase64 } from '../base/text.ts';

/** What a value of type `T` looks like in JSON. */
export interface Shape<T> {
  /** In JSON Schema. */
  readonly schema: object;
  /** Whether it may be left out among members. */
  readonly optional?: true;
  write(value: T): unknown;
  /** Throws {@link Misshapen}. */
  read(json: unknown, path: string): T;
}

/** JSON that is not of the shape; leaves this folder never. */
export class Misshapen extends Error {
  override readonly name = 'Misshapen';
  readonly path: string;
  readonly reason: string;
  constructor(path: string, reason: string) {
    super(`${path === '' ? 'the whole' : path}: ${reason}`);
    this.path = path;
    this.reason = reason;
  }
}

const same = <T>(value: T): unknown => value;

/** A value that is itself in JSON, where `is` holds. */
function plainShape<T>(schema: object, what: string, is: (json: unknown) => boolean): Shape<T> {
  return {
    schema,
    write: same,
    read: (json, path) => {
      if (!is(json)) throw new Misshapen(path, `must be ${what}, not ${shown(json)}`);
      return json as T;
    },
  };
}

export const text: Shape<string> = plainShape({ type: 'string' }, 'a text', (json) => typeof json === 'string');
export const flag: Shape<boolean> = plainShape({ type: 'boolean' }, 'true or false', (json) => typeof json === 'boolean');
export const number: Shape<number> = plainShape(
  { type: 'number' },
  'a number',
  (json) => typeof json === 'number' && Number.isFinite(json),
);

/** A whole number in a range. */
export const whole = (minimum: number, maximum = Number.MAX_SAFE_INTEGER): Shape<number> =>
  plainShape(
    { type: 'integer', minimum, ...(maximum < Number.MAX_SAFE_INTEGER && { maximum }) },
    `a whole number of at least ${minimum}${maximum < Number.MAX_SAFE_INTEGER ? ` and at most ${maximum}` : ''}`,
    (json) => typeof json === 'number' && Number.isSafeInteger(json) && json >= minimum && json <= maximum,
  );

/** Milliseconds since the epoch that a calendar has. */
export const instant: Shape<number> = plainShape(
  { type: 'number', minimum: -8.64e15, maximum: 8.64e15 },
  'a time in milliseconds since 1970',
  (json) => typeof json === 'number' && Math.abs(json) <= 8.64e15,
);

/** One of a few words, or of a few whole numbers. */
export const oneOf = <const T extends string | number>(allowed: readonly T[]): Shape<T> =>
  plainShape({ enum: allowed }, `one of ${allowed.join(', ')}`, (json) => allowed.includes(json as T));

/** Text that looks like `pattern`. */
export const matching = (pattern: RegExp, what: string): Shape<string> =>
  plainShape({ type: 'string', pattern: pattern.source }, what, (json) => typeof json === 'string' && pattern.test(json));

/** A day, ISO 8601, that a calendar has. */
export const day: Shape<string> = plainShape(
  { type: 'string', format: 'date' },
  'a day such as 2029-01-01',
  (json) => typeof json === 'string' && /^\d{4}-\d\d-\d\d$/.test(json) && fromIso(json) !== null,
);

export const octets: Shape<Bytes> = {
  schema: { type: 'string', contentEncoding: 'base64' },
  write: toBase64,
  read: (json, path) => {
    const bytes = typeof json === 'string' ? fromBase64(json) : null;
    if (bytes === null) throw new Misshapen(path, 'must be base64');
    return bytes;
  },
};

export const nullable = <T>(of: Shape<T>): Shape<T | null> => ({
  schema: { anyOf: [of.schema, { type: 'null' }] },
  write: (value) => (value === null ? null : of.write(value)),
  read: (json, path) => (json === null ? null : of.read(json, path)),
});

export const optional = <T>(of: Shape<T>): Shape<T> => ({ ...of, optional: true });

export const list = <T>(of: Shape<T>): Shape<readonly T[]> => ({
  schema: { type: 'array', items: of.schema },
  write: (values) => values.map((value) => of.write(value)),
  read: (json, path) => {
    if (!Array.isArray(json)) throw new Misshapen(path, `must be a list, not ${shown(json)}`);
    return json.map((each, i) => of.read(each, `${path}[${i}]`));
  },
});

/** A Map by text, as pairs, so that no key is special. No key twice. */
export const mapOf = <T>(of: Shape<T>): Shape<ReadonlyMap<string, T>> => {
  const pairs = list(pair(of));
  return {
    schema: pairs.schema,
    write: (map) => pairs.write([...map]),
    read: (json, path) => {
      const read = pairs.read(json, path);
      const map = new Map(read);
      if (map.size !== read.length) throw new Misshapen(path, 'has a key twice');
      return map;
    },
  };
};

const pair = <T>(of: Shape<T>): Shape<readonly [string, T]> => ({
  schema: { type: 'array', prefixItems: [text.schema, of.schema], minItems: 2, maxItems: 2 },
  write: ([key, value]) => [key, of.write(value)],
  read: (json, path) => {
    if (!Array.isArray(json) || json.length !== 2) throw new Misshapen(path, 'must be a key and its value');
    return [text.read(json[0], `${path}[0]`), of.read(json[1], `${path}[1]`)];
  },
});

/** An object whose keys are data; `problem` says what is wrong with a key. */
export const record = <T>(
  of: Shape<T>,
  keys: { readonly schema: object; problem(key: string): string | null },
): Shape<Readonly<Record<string, T>>> => ({
  schema: { type: 'object', propertyNames: keys.schema, additionalProperties: of.schema },
  write: (values) => Object.fromEntries(Object.entries(values).map(([key, value]) => [key, of.write(value)])),
  read: (json, path) => {
    const entries = Object.entries(objectAt(json, path)).map(([key, value]): [string, T] => {
      const problem = keys.problem(key);
      if (problem !== null) throw new Misshapen(step(path, key), problem);
      return [key, of.read(value, step(path, key))];
    });
    return Object.fromEntries(entries);
  },
});

/** The shape of every member of `T`; a member that may be left out has an {@link optional} one. */
export type MemberShapes<T> = { readonly [K in keyof T]-?: Shape<Exclude<T[K], undefined>> };

/** An object with these members and no others. */
export function members<T extends object>(shapes: MemberShapes<T>): Shape<T> {
  const entries = Object.entries(shapes) as [keyof T & string, Shape<unknown>][];
  const names = entries.map(([name]) => name);
  return {
    schema: {
      type: 'object',
      properties: Object.fromEntries(entries.map(([name, { schema }]) => [name, schema])),
      required: entries.filter(([, shape]) => !shape.optional).map(([name]) => name),
      additionalProperties: false,
    },
    write: (value) =>
      Object.fromEntries(entries.filter(([name]) => value[name] !== undefined).map(([name, shape]) => [name, shape.write(value[name])])),
    read: (json, path) => {
      const given = objectAt(json, path);
      for (const name of Object.keys(given)) {
        if (!names.includes(name as keyof T & string)) throw new Misshapen(step(path, name), `is not known; known are ${names.join(', ')}`);
      }
      const value: Record<string, unknown> = {};
      for (const [name, shape] of entries) {
        if (Object.hasOwn(given, name)) value[name] = shape.read(given[name], step(path, name));
        else if (!shape.optional) throw new Misshapen(step(path, name), 'is missing');
      }
      return value as T;
    },
  };
}

function objectAt(json: unknown, path: string): Readonly<Record<string, unknown>> {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) throw new Misshapen(path, `must be an object, not ${shown(json)}`);
  return json as Readonly<Record<string, unknown>>;
}

/** `a.b`, or `a["b c"]` where the key is no plain word. */
const step = (path: string, key: string): string =>
  /^[A-Za-z_$][\w$]*$/.test(key) ? `${path === '' ? '' : `${path}.`}${key}` : `${path}[${JSON.stringify(key.slice(0, 80))}]`;

function shown(json: unknown): string {
  if (Array.isArray(json)) return 'a list';
  if (typeof json === 'object' && json !== null) return 'an object';
  const written = JSON.stringify(json) ?? 'nothing';
  return written.length > 60 ? `${written.slice(0, 60)}…` : written;
}
