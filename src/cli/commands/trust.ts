/** `adeskit trust`: snapshots of trusted lists, made, shown, compared and verified again (TS 119 612, TS 119 615). */
import { existsSync } from 'node:fs';
import { Fault } from '../../base/fault.ts';
import { type Instant, toIso } from '../../base/instant.ts';
import { visible } from '../../report/visible.ts';
import { type BuiltSnapshot, buildSnapshot, type ListFile, listsOf, type Snapshot } from '../../trust/index.ts';
import { type Arguments, type Command, Usage } from '../arguments.ts';
import { certificatesAt, writeWhole } from '../files.ts';
import type { Terminal } from '../terminal.ts';
import { timeFrom } from '../time.ts';
import { listFilesAt, snapshotAt } from '../trust-files.ts';
import { shown } from '../trust-show.ts';
import { differences, summary } from '../trust-view.ts';

export const trust: Command = {
  name: 'trust',
  summary: 'EU trusted lists: build, show, compare and verify snapshots',
  usage: [
    'build -o SNAPSHOT (--from DIR | --lotl URL) [--signers FILE|DIR]… [--at TIME] [--accept-stale] [--previous SNAPSHOT]',
    'show SNAPSHOT [--country CC] [--type TYPE] [--search NAME | --certificate FILE] [--json]',
    'diff OLD NEW [--json]',
    'verify SNAPSHOT [--signers FILE|DIR]… [--at TIME]',
  ],
  positionals: [1, 3],
  options: {
    output: { value: 'SNAPSHOT', short: 'o', help: 'build: where the snapshot goes; what is there is the last good one' },
    from: { value: 'DIR', help: 'build: lists at hand, XML or gzip' },
    lotl: { value: 'URL', help: 'build: fetch the list of lists, and all that it names' },
    signers: { value: 'FILE|DIR', many: true, help: 'who may sign the list of lists, by the official journal' },
    at: { value: 'TIME', help: 'time that lists must be in force at, ISO 8601; default: now' },
    'accept-stale': { help: 'build: take lists past their next update; snapshot and reports say so' },
    previous: { value: 'SNAPSHOT', help: 'build: the last good snapshot, where it is not the output' },
    cache: { value: 'DIR', help: 'build: keep what is fetched, and ask whether it is new' },
    'allow-private': { value: 'HOST', many: true, help: 'build: may be fetched from though it is on the own network' },
    country: { value: 'CC', many: true, help: 'show: of this territory only' },
    type: { value: 'TYPE', help: 'show: services whose type holds this, such as CA/QC' },
    search: { value: 'NAME', help: 'show: services and providers whose name holds this' },
    certificate: { value: 'FILE', help: 'show: the services of a certificate, or of its issuer' },
    json: { help: 'show, diff: print one JSON object' },
  },
  notes: [
    'Without --signers a list of lists at hand is taken at its word about who signs it; the snapshot and every report then say so.',
    'A list that cannot be verified is refused by name; where the last good snapshot has one that is still in force, that one stays.',
    'Exit status: 0 worked, 1 refused (no snapshot is written), 2 wrong usage or input that cannot be read.',
  ],
  examples: [
    ['from the network', 'adeskit trust build -o eu.snapshot --lotl https://ec.europa.eu/tools/lotl/eu-lotl.xml --signers journal/'],
    ['from files', 'adeskit trust build -o eu.snapshot --from lists/ --signers journal/ --at 2026-01-31T12:00:00Z'],
    ['what is in it', 'adeskit trust show eu.snapshot --country AT --type CA/QC'],
  ],
  run,
};

async function run(args: Arguments, at: Terminal): Promise<number> {
  const [verb = '', first = '', second = ''] = args.positionals;
  const count = COUNTS.get(verb);
  if (count === undefined) throw new Usage(`trust: '${verb}' is none of ${[...COUNTS.keys()].join(', ')}`);
  if (args.positionals.length - 1 !== count)
    throw new Usage(
      `trust ${verb}: ${args.positionals.length - 1 < count ? 'something is missing' : 'too many arguments'} (see adeskit trust --help)`,
    );
  if (verb === 'build') return build(args, at);
  if (verb === 'verify') return verify(snapshotAt(first), args, at);
  if (verb === 'diff') at.out(differences(snapshotAt(first), snapshotAt(second), args.has('json')));
  else at.out(await shown(snapshotAt(first), args, at.colour));
  return 0;
}

const COUNTS: ReadonlyMap<string, number> = new Map([
  ['build', 0],
  ['show', 1],
  ['diff', 2],
  ['verify', 1],
]);

async function build(args: Arguments, at: Terminal): Promise<number> {
  const output = args.get('output');
  const [from, lotl] = [args.get('from'), args.get('lotl')];
  if (output === undefined) throw new Usage('trust build: -o SNAPSHOT is missing');
  if ((from === undefined) === (lotl === undefined)) throw new Usage('trust build: give one of --from DIR and --lotl URL');
  const signers = await certificatesAt(args.all('signers'));
  if (lotl !== undefined && signers.length === 0)
    throw new Usage('trust build --lotl: --signers is missing: nobody else says who may sign what the network gives');
  const time = timeFrom(args);
  const acceptStale = args.has('accept-stale');
  const last = args.get('previous') ?? (existsSync(output) ? output : undefined);
  const previous = last === undefined ? undefined : snapshotAt(last);
  const { files, unavailable } =
    from === undefined ? await fetched(args, at, signers, time) : { files: listFilesAt(from), unavailable: [] };
  at.progress(`verifying ${files.length} lists …`);
  const options = {
    at: time,
    signers,
    acceptStale,
    selfNamed: from !== undefined,
    unavailable,
    ...(previous !== undefined && { previous }),
  };
  const built = buildSnapshot(files, options);
  at.progress(null);
  tell(built, at);
  if (built.bytes === null) throw new Fault('refused', `no snapshot was written: ${why(built, files)}`);
  const { bytes } = built;
  await writeWhole(output, (sink) => sink.write(bytes));
  at.out(summary(snapshotAt(output)));
  return 0;
}

function tell({ collected }: BuiltSnapshot, at: Terminal): void {
  for (const { name, reason, detail } of collected.refused) at.note(visible(`refused: ${name}: ${reason}: ${detail}`));
  for (const { territory, kept } of collected.lists) if (kept !== null) at.note(visible(`kept from before: ${territory}: ${kept}`));
  if (collected.selfNamed) at.note('warning: who may sign the list of lists is taken from itself (--signers was not given)');
}

function why({ collected: { lotl, refused } }: BuiltSnapshot, files: readonly ListFile[]): string {
  if (files.length === 0) return 'there is no list';
  const stale = refused.filter(({ reason }) => reason === 'stale').length;
  return `${lotl === null ? 'the list of lists was refused' : 'every list was refused'} (${stale} of ${refused.length} past their next update)`;
}

async function fetched(args: Arguments, at: Terminal, signers: readonly Uint8Array[], time: Instant) {
  const { diskCache, fetchLists, httpClient, memoryCache } = await import('../../net/index.ts');
  const folder = args.get('cache');
  const allowPrivate = args.all('allow-private');
  const client = httpClient({
    timeoutMs: 120_000,
    cache: folder === undefined ? memoryCache() : diskCache(folder),
    ...(allowPrivate.length > 0 && { allowPrivate }),
  });
  const onProgress = (done: number, all: number, name: string): void => at.progress(bar(done, all, name));
  try {
    return await fetchLists({ client, lotl: args.get('lotl') ?? '', signers, at: time, acceptStale: args.has('accept-stale'), onProgress });
  } finally {
    client.close();
    at.progress(null);
  }
}

const bar = (done: number, all: number, name: string): string => {
  const filled = Math.round((BAR * done) / Math.max(1, all));
  return `fetching lists ${'█'.repeat(filled)}${'░'.repeat(BAR - filled)} ${done}/${all} ${name}`;
};

/** Every signature again, and that the index is the one that these lists give. */
async function verify(snapshot: Snapshot, args: Arguments, at: Terminal): Promise<number> {
  const lists = listsOf(snapshot);
  const damaged = snapshot.stored.length - lists.length;
  if (damaged > 0) throw new Fault('refused', `${damaged} lists of the snapshot are damaged`);
  const signers = await certificatesAt(args.all('signers'));
  const time = args.has('at') ? timeFrom(args) : snapshot.at;
  const files = lists.map(({ name, bytes, fetchedAt }) => ({ name, bytes, fetchedAt }));
  const { collected } = buildSnapshot(files, {
    at: time,
    signers,
    acceptStale: snapshot.head.acceptStale,
    selfNamed: signers.length === 0,
  });
  const there = new Set(collected.lists.map(({ sha256 }) => sha256));
  const lost = snapshot.stored.filter(({ ofLists, sha256, kept }) => !ofLists && kept === null && !there.has(sha256));
  const services = collected.lists.reduce((sum, { list }) => sum + list.providers.reduce((n, one) => n + one.services.length, 0), 0);
  for (const { name, reason, detail } of collected.refused) at.note(visible(`refused: ${name}: ${reason}: ${detail}`));
  if (lost.length > 0)
    throw new Fault('refused', `not verified any more at ${toIso(time)}: ${lost.map(({ territory }) => territory).join(', ')}`);
  if (services !== snapshot.size && collected.lists.length === lists.filter(({ ofLists }) => !ofLists).length)
    throw new Fault('refused', 'the index of the snapshot is not the one that its lists give');
  at.out(`${snapshot.id}\n${collected.lists.length} lists verified at ${toIso(time)}, ${snapshot.size} services\n`);
  return 0;
}

const BAR = 24;
