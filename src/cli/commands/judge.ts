/** `adeskit judge`: judges stored evidence again, without the document and without a network. */
import { basename } from 'node:path';
import { Fault } from '../../base/fault.ts';
import { readEvidence } from '../../validation/evidence-file.ts';
import { verifyEvidence } from '../../validation/evidence-file-verify.ts';
import { judge as judgeEvidence } from '../../validation/judge.ts';
import type { Arguments, Command } from '../arguments.ts';
import { readBytes } from '../files.ts';
import { policyFrom } from '../policy.ts';
import { printReport, REPORT_OPTIONS, reportFormat } from '../report-output.ts';
import type { Terminal } from '../terminal.ts';
import { timeFrom } from '../time.ts';

export const judge: Command = {
  name: 'judge',
  summary: 'judge stored evidence again: later, or under another policy',
  usage: ['EVIDENCE [--policy NAME|FILE] [--at TIME] [--verify] [--text | --json | --html | --etsi]'],
  positionals: [1, 1],
  options: {
    policy: { value: 'NAME|FILE', help: 'default, eu-qes, dss-6.4, dss-6.4-no-revocation, or a policy file' },
    at: { value: 'TIME', help: 'time to judge at, ISO 8601, for example 2026-01-31T12:00:00Z; default: now' },
    verify: { help: 'verify certificates and revocation data in the evidence anew first' },
    ...REPORT_OPTIONS,
  },
  notes: [
    'EVIDENCE is a file that validate --save-evidence wrote. It does not hold the document: that its signatures verified is taken',
    'from it as it stands, so keep it where nobody changes it. Exit status as of validate.',
  ],
  examples: [
    ['the verdict of then', 'adeskit judge evidence.json --at 2026-01-31T12:00:00Z'],
    ['what another policy says', 'adeskit judge evidence.json --policy eu-qes --json'],
  ],
  run,
};

async function run(args: Arguments, at: Terminal): Promise<number> {
  const format = reportFormat(args, 'judge');
  const [path = ''] = args.positionals;
  const policy = policyFrom(args.get('policy') ?? 'default');
  const time = timeFrom(args);
  const read = readEvidence(readBytes(path));
  if (!read.ok) throw new Fault('malformed-input', `${path} is no evidence that this version reads: ${read.malformed.reason}`);
  const [difference] = args.has('verify') ? verifyEvidence(read.value) : [];
  if (difference) {
    const { subject, what, stored, found } = difference;
    throw new Fault('refused', `${path}: ${what} of ${subject}: the evidence says ${stored}, verified anew ${found}`);
  }
  return printReport(judgeEvidence(read.value, policy, time), basename(path), format, args, at);
}
