/** What a snapshot of trusted lists holds, for people and machines. */
import { toIso } from '../base/instant.ts';
import { visible } from '../report/visible.ts';
import type { Snapshot, StoredList, StoredService } from '../trust/index.ts';
import { statusName, typeName } from '../trust/names.ts';

/** One line for each list, and what was refused. */
export function summary(snapshot: Snapshot): string {
  const { counts, acceptStale, selfNamed, missing } = snapshot.head;
  const lines = [
    `snapshot ${snapshot.id}`,
    `lists checked for ${toIso(snapshot.at)}${acceptStale ? '; lists past their next update were ACCEPTED' : ''}${selfNamed ? '; the list of lists names its own signers' : ''}`,
    `${counts.providers} providers, ${counts.services} services, ${counts.states - counts.services} former states, ${counts.certificates} certificates`,
    '',
    ...table([['list', 'sequence', 'version', 'issued', 'next update', ''], ...snapshot.stored.map(rowOf)]),
  ];
  const { refused } = snapshot.lists;
  if (refused.length > 0)
    lines.push('', 'refused', ...refused.map(({ name, reason, detail }) => visible(`  ${name}: ${reason}: ${detail}`)));
  if (missing.length > 0) lines.push('', `named by the list of lists, and not there: ${missing.join(', ')}`);
  return `${lines.join('\n')}\n`;
}

const rowOf = ({ territory, sequence, version, issued, nextUpdate, stale, kept, ofLists }: StoredList): string[] => [
  ofLists ? `${territory} (list of lists)` : territory,
  String(sequence),
  String(version),
  toIso(issued),
  nextUpdate === null ? 'closed' : toIso(nextUpdate),
  [...(stale ? ['STALE'] : []), ...(kept === null ? [] : [`kept (${kept})`])].join(', '),
];

/** Columns as wide as they need be. */
export function table(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => [...(row[i] ?? '')].length)));
  return rows.map((row) =>
    row
      .map((cell, i) => visible(cell) + ' '.repeat(Math.max(0, (widths[i] ?? 0) - [...cell].length)))
      .join('  ')
      .trimEnd(),
  );
}

/** What changed between two snapshots: lists, and services that came, went or have another status. */
export function differences(from: Snapshot, to: Snapshot, json: boolean): string {
  const lists = listDifferences(from, to);
  const services = serviceDifferences(from, to);
  if (json) return `${JSON.stringify({ from: from.id, to: to.id, lists, services }, null, 2)}\n`;
  if (lists.length + services.length === 0) return 'the same lists and services\n';
  const lines = [
    ...lists.map(({ territory, from: before, to: after }) => `${territory}: list ${before ?? 'none'} → ${after ?? 'none'}`),
    ...services.map(({ service, from: before, to: after }) => `${service}: ${before ?? 'not there'} → ${after ?? 'gone'}`),
  ];
  return `${lines.map(visible).join('\n')}\n`;
}

function listDifferences(from: Snapshot, to: Snapshot) {
  const key = ({ territory, ofLists }: StoredList): string => (ofLists ? `${territory} (list of lists)` : territory);
  const [before, after] = [new Map(from.stored.map((one) => [key(one), one])), new Map(to.stored.map((one) => [key(one), one]))];
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((territory) => {
    const [a, b] = [before.get(territory), after.get(territory)];
    return a?.sha256 === b?.sha256 ? [] : [{ territory, from: a?.sequence ?? null, to: b?.sequence ?? null }];
  });
}

function serviceDifferences(from: Snapshot, to: Snapshot) {
  const [before, after] = [servicesOf(from), servicesOf(to)];
  return [...new Set([...before.keys(), ...after.keys()])].sort().flatMap((service) => {
    const [a, b] = [before.get(service), after.get(service)];
    return a === b ? [] : [{ service, from: a ?? null, to: b ?? null }];
  });
}

function servicesOf(snapshot: Snapshot): Map<string, string> {
  const found = new Map<string, string>();
  for (const { service } of eachService(snapshot)) {
    const [present] = service.states;
    if (present === undefined) continue;
    const name = `${service.territory} ${service.provider}: ${typeName(present.type)} ${present.name}`;
    const key = found.has(name) ? `${name} (${[...found.keys()].filter((other) => other.startsWith(name)).length + 1})` : name;
    found.set(key, statusName(present.status));
  }
  return found;
}

export function* eachService(snapshot: Snapshot): Generator<{ readonly number: number; readonly service: StoredService }> {
  for (let number = 0; number < snapshot.size; number++) yield { number, service: snapshot.service(number) };
}
