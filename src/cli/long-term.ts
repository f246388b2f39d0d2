/** What `sign` and `extend` share for levels LT and LTA: trust, where to fetch, what to do where data is missing. */
import type { LongTermOptions } from '../long-term.ts';
import { type Arguments, type Option, Usage } from './arguments.ts';
import { certificatesAt } from './files.ts';
import { LISTS_OPTION, listsFrom } from './lists-option.ts';
import { SOURCE_OPTIONS, sourcesFrom } from './sources.ts';
import type { Terminal } from './terminal.ts';

export const LONG_TERM: Readonly<Record<string, Option>> = {
  ...LISTS_OPTION,
  vri: { help: 'LT: write the VRI dictionary too' },
  force: { help: 'LT: go on where revocation data is missing or too old, or a signature is not valid' },
  wait: { value: 'SECONDS', help: 'LT: wait as long for revocation data that is new enough' },
  offline: { help: 'LT: fetch nothing, take what the file holds' },
  ...SOURCE_OPTIONS,
  'allow-host': { value: 'HOST[:PORT]', many: true, help: 'LT: may be fetched from although it is on the own network' },
};

/** Throws `Usage`, `Fault`. */
export async function longTermFrom(args: Arguments, at: Terminal): Promise<LongTermOptions> {
  const trust = await certificatesAt(args.all('trust'));
  const trustSource = await listsFrom(args);
  const maximum = waitFrom(args);
  const sources = await fetchedFrom(args);
  return {
    trust,
    ...(trustSource && { trustSource }),
    ...(sources && { sources }),
    vri: args.has('vri') ? 'write' : 'none',
    override: args.has('force'),
    ...(maximum > 0 && { wait: { maximum, sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)) } }),
    onProgress: (step) => {
      if (step.step === 'time-stamp') at.progress('asking for a time-stamp …');
      else if (step.step === 'examine') at.progress('fetching and checking certificates and revocation data …');
      else if (step.step === 'wait') at.progress(`waiting ${Math.round(step.milliseconds / 1000)} s: ${step.because}`);
    },
  };
}

/** What a person names may be on the own network; what a file leads to may not. */
async function fetchedFrom(args: Arguments): Promise<LongTermOptions['sources']> {
  const { givenHosts } = await import('../net/index.ts');
  return sourcesFrom(args, { allowPrivate: [...givenHosts(args.all('tsa')), ...args.all('allow-host')], alwaysAnew: args.has('wait') });
}

function waitFrom(args: Arguments): number {
  const given = args.get('wait');
  if (given === undefined) return 0;
  if (!/^\d{1,7}$/.test(given)) throw new Usage(`--wait is '${given}', but must be a number of seconds`);
  return Number(given) * 1000;
}
