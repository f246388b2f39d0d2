/** docs/conformance.md: one section a suite, each rewritten by its own run; the summary on top follows from the sections. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type SuiteRun, summaryLine } from './outcome.ts';
import { suiteNames } from './suites/index.ts';

/** Puts the section of this run in place of the one that was there. */
export function writeSection(path: string, run: SuiteRun): void {
  writeFileSync(path, withSection(existsSync(path) ? readFileSync(path, 'utf8') : '', run));
}

/** The document with this run's section; every other section stays as it is. */
export function withSection(document: string, run: SuiteRun): string {
  const sections = new Map([...document.matchAll(SECTION)].map((match) => [match[1] ?? '', match[0]]));
  sections.set(run.name, section(run));
  const ordered = suiteNames.flatMap((name) => sections.get(name) ?? []);
  const rows = ordered.flatMap((text) => {
    const [, name, passed, failed, outOfScope, soft, uncounted] = HEADER.exec(text) ?? [];
    return name === undefined ? [] : [`| ${name} | ${passed} | ${failed} | ${outOfScope} | ${soft} | ${uncounted} |`];
  });
  const summary = [
    '| suite | passed | failed | out of scope | soft | no expectation |',
    '| --- | ---: | ---: | ---: | ---: | ---: |',
    ...rows,
  ];
  return `${INTRODUCTION}\n${summary.join('\n')}\n\n${ordered.join('\n\n')}\n`;
}

function section(run: SuiteRun): string {
  const { name, passed, failed, outOfScope, soft, uncounted } = run;
  const lines = [
    `<!-- suite ${name} ${passed} ${failed} ${outOfScope} ${soft} ${uncounted} -->`,
    `## ${name}`,
    '',
    `${summaryLine(run)}; ${outOfScope} out of scope, ${soft} soft (${run.softRight} as expected), ${uncounted} without an expectation.`,
  ];
  if (run.tables.trim() !== '') lines.push('', run.tables.trim());
  if (run.rules.length > 0) lines.push('', '| out of scope by the rule | cases |', '| --- | ---: |');
  for (const [rule, count] of run.rules) lines.push(`| ${rule.replaceAll('|', '\\|')} | ${count} |`);
  lines.push(`<!-- end ${name} -->`);
  return lines.join('\n');
}

const SECTION = /<!-- suite (\S+) [\d ]+ -->[\s\S]*?<!-- end \1 -->/g;
const HEADER = /^<!-- suite (\S+) (\d+) (\d+) (\d+) (\d+) (\d+) -->/;

const INTRODUCTION = `# Conformance

Written by the conformance runner (\`npm run -s conformance -- SUITE DIR --write-docs\`), not by hand. A case *passes* when what
the public functions answer is what the suite expects; it is *out of scope* by a rule over its inputs, never by its name; *soft*
expectations (contested ones, or ones beyond a document validator) are reported apart. Known divergences, with reason and clause,
are in \`conformance/divergences.json\` and count as failed.
`;
