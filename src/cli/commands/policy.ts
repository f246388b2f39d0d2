/** `adeskit policy`: checks, compares, shows and imports validation policies. */

import { utf8 } from '../../base/text.ts';
import { visible } from '../../report/visible.ts';
import { diffPolicies, type PolicyDifference } from '../../validation/policy-diff.ts';
import { policySchema, writePolicy } from '../../validation/policy-file.ts';
import { importAlgorithmCatalogue } from '../../validation/policy-import-catalogue.ts';
import { importDssConstraints } from '../../validation/policy-import-dss.ts';
import type { IgnoredSetting } from '../../validation/policy-import-dss-file.ts';
import type { Policy } from '../../validation/policy-type.ts';
import { type Arguments, type Command, Usage } from '../arguments.ts';
import { aboutFile, readBytes, writeWhole } from '../files.ts';
import { policyFile, policyFrom } from '../policy.ts';
import type { Terminal } from '../terminal.ts';

export const policy: Command = {
  name: 'policy',
  summary: 'check, compare, show and import validation policies',
  usage: ['check FILE', 'diff A B [--json]', 'show NAME|FILE', 'schema', 'import dss|ts119322 IN -o OUT [--base NAME|FILE]'],
  positionals: [1, 3],
  options: {
    json: { help: 'diff: print one JSON object' },
    output: { value: 'FILE', short: 'o', help: 'import: where the policy goes' },
    base: { value: 'NAME|FILE', help: 'import ts119322: the policy that gets these algorithms; default: default' },
    name: { value: 'NAME', help: 'import: what the policy is called' },
  },
  notes: [
    'A and B are names of policies (default, eu-qes, dss-6.4, dss-6.4-no-revocation) or files. Integrity and cryptography cannot be',
    'relaxed: a file that tries is refused. Exit status: 0 worked, 1 refused, 2 wrong usage or a file that cannot be read.',
  ],
  examples: [
    ['is this file a policy?', 'adeskit policy check ours.json'],
    ['what is stricter and what is laxer in ours', 'adeskit policy diff default ours.json'],
    ['constraints of EU DSS as a policy', 'adeskit policy import dss constraint.xml -o ours.json'],
    ['a catalogue of algorithms on top of eu-qes', 'adeskit policy import ts119322 catalogue.xml --base eu-qes -o ours.json'],
  ],
  run,
};

async function run(args: Arguments, at: Terminal): Promise<number> {
  const [verb = '', ...rest] = args.positionals;
  const [first = '', second = ''] = rest;
  const count = COUNTS.get(verb);
  if (count === undefined) throw new Usage(`policy: '${verb}' is none of ${[...COUNTS.keys()].join(', ')}`);
  if (rest.length !== count)
    throw new Usage(`policy ${verb}: ${rest.length < count ? 'something is missing' : 'too many arguments'} (see adeskit policy --help)`);
  if (verb === 'check') at.out(`${visible(policyFile(first).name)}: this is a policy\n`);
  else if (verb === 'schema') at.out(`${JSON.stringify(policySchema(), null, 2)}\n`);
  else if (verb === 'show') at.out(writePolicy(policyFrom(first)));
  else if (verb === 'diff') compare(policyFrom(first), policyFrom(second), args, at);
  else await importFrom(first, second, args, at);
  return 0;
}

/** How many arguments follow each. */
const COUNTS: ReadonlyMap<string, number> = new Map([
  ['check', 1],
  ['diff', 2],
  ['show', 1],
  ['schema', 0],
  ['import', 2],
]);

function compare(a: Policy, b: Policy, args: Arguments, at: Terminal): void {
  const differences = diffPolicies(a, b);
  if (args.has('json')) at.out(`${JSON.stringify({ from: a.name, to: b.name, differences }, null, 2)}\n`);
  else at.out(table(a, b, differences));
}

function table(a: Policy, b: Policy, differences: readonly PolicyDifference[]): string {
  const [from, to] = [visible(a.name), visible(b.name)];
  if (differences.length === 0) return `${from} and ${to} demand the same\n`;
  const groups = (['stricter', 'laxer', 'other'] as const).map((is) => ({ is, rows: differences.filter((each) => each.is === is) }));
  const width = Math.max(...differences.map(({ setting }) => setting.length));
  return groups
    .filter(({ rows }) => rows.length > 0)
    .map(({ is, rows }) => {
      const lines = rows.map((row) => `  ${row.setting.padEnd(width)}  ${row.from} → ${row.to}\n`);
      return `${HEADINGS[is].replace('B', to).replace('A', from)} (${rows.length})\n${lines.join('')}`;
    })
    .join('\n');
}

const HEADINGS = { stricter: 'B is stricter than A', laxer: 'B is laxer than A', other: 'B differs from A' } as const;

async function importFrom(kind: string, path: string, args: Arguments, at: Terminal): Promise<void> {
  const output = args.get('output');
  if (output === undefined) throw new Usage('policy import: -o FILE is missing');
  const { policy: read, ignored } = imported(kind, path, args);
  const name = args.get('name');
  const written = writePolicy(name === undefined ? read : { ...read, name });
  await writeWhole(output, (sink) => sink.write(utf8(written)));
  for (const { path: where, why } of ignored) at.note(visible(`not taken over: ${where}: ${why}`));
}

function imported(kind: string, path: string, args: Arguments): { readonly policy: Policy; readonly ignored: readonly IgnoredSetting[] } {
  const file = readBytes(path);
  try {
    if (kind === 'dss') return importDssConstraints(file);
    if (kind !== 'ts119322') throw new Usage(`policy import: '${kind}' is neither dss nor ts119322`);
    const { name, algorithms, ignored } = importAlgorithmCatalogue(file);
    const base = policyFrom(args.get('base') ?? 'default');
    return { policy: { ...base, name: `${base.name}, ${name}`, algorithms }, ignored };
  } catch (error) {
    throw aboutFile(path, error);
  }
}
