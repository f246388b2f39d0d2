/** One address of a customer for live and test events alike, with one secret. */
import type { Core } from '../domain/core.ts';
import { ServiceFault } from '../domain/fault.ts';
import type { Mode, Realm } from '../domain/model.ts';
import {
  changeEndpoint,
  type Delivery,
  type Endpoint,
  endpointSecret,
  listDeliveries,
  listEndpoints,
  newSecret,
  saveEndpoint,
} from './endpoints.ts';

/** Whose address, and of which interface. */
export interface AddressOwner {
  readonly tenant: string;
  readonly dialect: string;
}

export interface Address extends Endpoint {
  readonly realm: Realm;
}

/** The address as it stands in the modes; the first stands for both. Empty: there is none yet. */
export async function readAddress(core: Core, { tenant, dialect }: AddressOwner): Promise<readonly Address[]> {
  const found = await Promise.all(
    MODES.map(async (mode) => {
      const realm = { tenant, mode };
      const endpoint = (await listEndpoints(core, realm, dialect)).find(({ disabled }) => !disabled);
      return endpoint ? [{ ...endpoint, realm }] : [];
    }),
  );
  return found.flat();
}

/** The address; throws `ServiceFault` `invalid` where there is none. */
export async function requireAddress(core: Core, owner: AddressOwner): Promise<readonly [Address, ...Address[]]> {
  const [first, ...rest] = await readAddress(core, owner);
  if (!first) throw new ServiceFault('invalid', 'There is no webhook yet.');
  return [first, ...rest];
}

/** Saves the address, or changes it; the secret of a new one, else null. Throws `ServiceFault` `unsafe-url`. */
export async function saveAddress(core: Core, owner: AddressOwner, url: string, privateHosts: readonly string[]): Promise<string | null> {
  const before = await readAddress(core, owner);
  for (const { realm, id } of before) await changeEndpoint(core, realm, id, { url }, privateHosts);
  if (before.length > 0) return null;
  const secret = newSecret();
  for (const mode of MODES) await saveEndpoint(core, { tenant: owner.tenant, mode }, owner.dialect, url, privateHosts, { secret });
  return secret;
}

/** Throws `ServiceFault` `invalid` where there is no address. */
export async function revealSecret(core: Core, owner: AddressOwner): Promise<string> {
  const [{ realm, id }] = await requireAddress(core, owner);
  return endpointSecret(core, realm, id);
}

/** A new secret for both modes. Throws `ServiceFault` `invalid` where there is no address. */
export async function rotateSecret(core: Core, owner: AddressOwner, privateHosts: readonly string[]): Promise<string> {
  const found = await requireAddress(core, owner);
  const secret = newSecret();
  for (const { realm, id } of found) await changeEndpoint(core, realm, id, { secret }, privateHosts);
  return secret;
}

/** The newest deliveries of both modes, with the address that they go to. */
export async function addressDeliveries(
  core: Core,
  owner: AddressOwner,
  limit: number,
): Promise<readonly (Delivery & { readonly url: string })[]> {
  const found = await readAddress(core, owner);
  const lists = await Promise.all(
    found.map(async ({ realm, id, url }) => (await listDeliveries(core, realm, limit, id)).map((delivery) => ({ ...delivery, url }))),
  );
  return lists
    .flat()
    .sort((one, other) => other.createdAt - one.createdAt)
    .slice(0, limit);
}

const MODES: readonly Mode[] = ['live', 'test'];
