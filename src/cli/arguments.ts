/** Arguments of a command: strict, so that a mistyped option never changes what is done silently. */
import { parseArgs } from 'node:util';
import type { Terminal } from './terminal.ts';

/** A mistake on the command line: exit status 2. */
export class Usage extends Error {
  override readonly name = 'Usage';
}

export interface Option {
  /** What the value is, for example `FILE`; absent: the option takes none. */
  readonly value?: string;
  readonly short?: string;
  /** May be given more than once. */
  readonly many?: true;
  readonly help: string;
}

export interface Command {
  readonly name: string;
  readonly summary: string;
  /** What follows the name, one line for each way to call it. */
  readonly usage: readonly string[];
  readonly options: Readonly<Record<string, Option>>;
  /** What it does and the call that does it. */
  readonly examples: readonly (readonly [what: string, call: string])[];
  /** More to know, in the help. */
  readonly notes?: readonly string[];
  /** How many positional arguments. */
  readonly positionals: readonly [least: number, most: number];
  run(args: Arguments, at: Terminal): Promise<number>;
}

/** What was given; options by their long name. */
export interface Arguments {
  readonly positionals: readonly string[];
  /** All as it was written, for a thread that reads it again. */
  readonly given: readonly string[];
  /** Long names of the options that were given. */
  names(): Iterable<string>;
  has(option: string): boolean;
  /** The value of an option, or undefined. */
  get(option: string): string | undefined;
  /** Every value of an option that may be given more than once. */
  all(option: string): readonly string[];
}

/** Throws `Usage`. */
export function parse(command: Command, args: readonly string[]): Arguments {
  const { name, options } = command;
  const { tokens } = tokensOf(command, args);
  const given = new Map<string, string[]>();
  const positionals: string[] = [];
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const option = Object.hasOwn(options, token.name) ? options[token.name] : undefined;
    if (option === undefined) throw new Usage(`${name}: unknown option '${token.rawName}' (see adeskit ${name} --help)`);
    if (option.value === undefined && token.value !== undefined) throw new Usage(`${name}: ${token.rawName} takes no value`);
    if (option.value !== undefined && (token.value === undefined || (!token.inlineValue && token.value.startsWith('--')))) {
      throw new Usage(`${name}: ${token.rawName} needs a value (${option.value})`);
    }
    const values = given.get(token.name) ?? [];
    if (values.length > 0 && !option.many) throw new Usage(`${name}: ${token.rawName} is given twice`);
    given.set(token.name, [...values, token.value ?? '']);
  }
  checkCount(command, positionals.length);
  return {
    positionals,
    given: args,
    names: () => given.keys(),
    has: (option) => given.has(option),
    get: (option) => given.get(option)?.[0],
    all: (option) => given.get(option) ?? [],
  };
}

/** Not strict here: the checks above say more than those of the runtime. */
const tokensOf = ({ options }: Command, args: readonly string[]) =>
  parseArgs({
    args: [...args],
    strict: false,
    tokens: true,
    allowPositionals: true,
    options: Object.fromEntries(
      Object.entries(options).map(([name, { value, short, many }]) => [
        name,
        {
          type: value === undefined ? ('boolean' as const) : ('string' as const),
          ...(short && { short }),
          ...(many && { multiple: true }),
        },
      ]),
    ),
  });

function checkCount({ name, positionals: [least, most], usage }: Command, count: number): void {
  if (count >= least && count <= most) return;
  throw new Usage(`${name}: ${count < least ? 'something is missing' : 'too many arguments'}; usage: adeskit ${name} ${usage[0] ?? ''}`);
}

/** The value of an option that must be one of a few words; throws `Usage`. */
export function oneOf<Word extends string>(args: Arguments, option: string, words: readonly Word[], otherwise: Word): Word {
  const given = args.get(option);
  if (given === undefined) return otherwise;
  const word = words.find((each) => each === given);
  if (word === undefined) throw new Usage(`--${option} is '${given}', but can be ${words.join(', ')} only`);
  return word;
}

/** The value of an environment variable that an option names; throws `Usage` where it is not set. */
export function fromEnvironment(args: Arguments, option: string): string | undefined {
  const variable = args.get(option);
  if (variable === undefined) return undefined;
  const value = process.env[variable];
  if (value === undefined) throw new Usage(`--${option}: the environment variable ${variable} is not set`);
  return value;
}
