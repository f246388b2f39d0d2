/** Help texts, laid out from what each command tells of itself. */
import type { Command } from './arguments.ts';
import { COMMANDS } from './commands.ts';

export function overview(): string {
  const width = Math.max(...Object.keys(COMMANDS).map((name) => name.length));
  const lines = Object.entries(COMMANDS).map(([name, { summary }]) => `  ${name.padEnd(width)}  ${summary}`);
  return `adeskit: create and validate electronic signatures as ETSI EN 319 102-1 says

Usage: adeskit COMMAND …

${lines.join('\n')}

adeskit COMMAND --help shows options and examples. adeskit --version shows the version.

Exit status: 0 worked (validate: everything is valid), 1 refused by a rule or a remote side (validate: not everything is valid),
2 wrong usage or unreadable input.
`;
}

export function commandHelp({ name, summary, usage, options, examples, notes = [] }: Command): string {
  const entries = Object.entries(options).map(([option, { value, short, help }]): [string, string] => [
    `${short === undefined ? '    ' : `-${short}, `}--${option}${value === undefined ? '' : ` ${value}`}`,
    help,
  ]);
  const width = Math.max(...entries.map(([left]) => left.length), 8);
  return [
    `adeskit ${name}: ${summary}`,
    '',
    ...usage.map((line, i) => `${i === 0 ? 'Usage:' : '      '} adeskit ${name} ${line}`),
    '',
    ...entries.map(([left, help]) => `  ${left.padEnd(width)}  ${help}`),
    ...(notes.length === 0 ? [] : ['', ...notes]),
    '',
    'Examples:',
    ...examples.flatMap(([what, call]) => [`  # ${what}`, `  ${call}`]),
    '',
  ].join('\n');
}
