/** `adeskit trust show`: tables by country and type of service, or the services that a search finds. */

import { Fault } from '../base/fault.ts';
import { toIso } from '../base/instant.ts';
import { parseCertificate } from '../pki/certificate.ts';
import { penOf } from '../report/layout.ts';
import { visible } from '../report/visible.ts';
import type { Snapshot, StoredService, TrustedService } from '../trust/index.ts';
import { statusName, typeName } from '../trust/names.ts';
import type { Arguments } from './arguments.ts';
import { certificatesAt } from './files.ts';
import { eachService, summary, table } from './trust-view.ts';

/** What `trust show` prints. Throws `Fault`. */
export async function shown(snapshot: Snapshot, args: Arguments, colour: boolean): Promise<string> {
  const certificate = args.get('certificate');
  const services = certificate === undefined ? chosen(snapshot, args) : await ofCertificate(snapshot, certificate);
  if (args.has('json')) return `${JSON.stringify({ ...snapshot.lists, services: services.map(plain) }, null, 2)}\n`;
  const narrowed = certificate !== undefined || args.has('search') || args.has('type');
  return narrowed ? details(services, colour) : `${summary(snapshot)}\n${counts(services).join('\n')}\n`;
}

type Shown = StoredService | TrustedService;

const plain = ({ territory, provider, states }: Shown) => ({
  territory,
  provider,
  states: states.map(({ type, status, from, until, name, additional, qualifications }) => ({
    ...{ type, status, name, additional, qualifications, from: toIso(from) },
    until: until === null ? null : toIso(until),
  })),
});

function chosen(snapshot: Snapshot, args: Arguments): Shown[] {
  const countries = new Set(args.all('country').map((one) => one.toUpperCase()));
  const [type, search] = [args.get('type')?.toLowerCase(), args.get('search')?.toLowerCase()];
  const found: Shown[] = [];
  for (const { service } of eachService(snapshot)) {
    const [present] = service.states;
    if (countries.size > 0 && !countries.has(service.territory)) continue;
    if (
      type !== undefined &&
      !typeName(present?.type ?? '')
        .toLowerCase()
        .includes(type)
    )
      continue;
    const names = [service.provider, ...service.states.map(({ name }) => name)];
    if (search === undefined || names.some((name) => name.toLowerCase().includes(search))) found.push(service);
  }
  return found;
}

/** Its own services; where it has none, those of whoever issued it. */
async function ofCertificate(snapshot: Snapshot, path: string): Promise<Shown[]> {
  const [der] = await certificatesAt([path]);
  const read = der === undefined ? null : parseCertificate(der);
  if (read === null || !read.ok) throw new Fault('malformed-input', `${path} holds no certificate that can be read`);
  const own = snapshot.find(read.value);
  if (own.services.length > 0) return [...own.services];
  return own.issuers.flatMap((issuer) => {
    const parsed = parseCertificate(issuer);
    return parsed.ok ? [...snapshot.find(parsed.value).services] : [];
  });
}

/** Services of each type by country, with how many are in force. */
function counts(services: readonly Shown[]): string[] {
  const rows = new Map<string, { all: number; granted: number }>();
  for (const { territory, states } of services) {
    const key = `${territory}\t${typeName(states[0]?.type ?? '')}`;
    const row = rows.get(key) ?? { all: 0, granted: 0 };
    row.all++;
    if (IN_FORCE.has(statusName(states[0]?.status ?? ''))) row.granted++;
    rows.set(key, row);
  }
  const sorted = [...rows].sort(([a], [b]) => (a < b ? -1 : 1));
  return table([
    ['list', 'service', 'in force', 'all'],
    ...sorted.map(([key, { all, granted }]) => [...key.split('\t'), String(granted), String(all)]),
  ]);
}

function details(services: readonly Shown[], colour: boolean): string {
  const pen = penOf(colour);
  if (services.length === 0) return 'no such service\n';
  return services
    .map(({ territory, provider, states }) => {
      const [present] = states;
      const lines = states.map(({ status, from, until, type, additional, qualifications }) => {
        const extras = [...additional.map(statusName), ...qualifications.flatMap(({ qualifiers }) => qualifiers.map(statusName))];
        const span = `${toIso(from)} – ${until === null ? 'now' : toIso(until)}`;
        return `    ${span}  ${typeName(type)} ${statusName(status)}${extras.length > 0 ? ` (${[...new Set(extras)].join(', ')})` : ''}`;
      });
      return `${pen.strong(visible(`${territory}  ${provider}`))}\n  ${visible(present?.name ?? '')}\n${lines.map(visible).join('\n')}\n`;
    })
    .join('\n');
}

const IN_FORCE: ReadonlySet<string> = new Set(['granted', 'recognisedatnationallevel']);
