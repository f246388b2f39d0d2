/** Keys that the service offers to others by the API of the Cloud Signature Consortium: a JSON file of credentials and of who may use them. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Signer } from 'adeskit';
import { type CscHandler, type CscOffer, cscHandler, openPem, openPkcs11, openPkcs12, type Pkcs11Token } from 'adeskit/keys';
import { z } from 'zod';
import { ConfigurationError } from './configuration.ts';

export interface RemoteKeys {
  readonly handler: CscHandler;
  /** Whether a bearer token is one of those that may use keys. */
  knows(bearer: string): boolean;
  close(): void;
}

/** A secret: in the file, or the name of the variable of the environment that it is in. */
const secret = z.union([z.string().min(1), z.strictObject({ variable: z.string().min(1) })]);
const path = z.string().min(1);
const offered = {
  description: z.string().max(200).optional(),
  /** Asked for at each authorisation. */
  pin: secret.optional(),
  multisign: z.int().min(1).max(1000).optional(),
};
const credential = z.union([
  z.strictObject({ ...offered, p12: path, password: secret }),
  z.strictObject({ ...offered, key: path, certificates: path.optional(), password: secret.optional() }),
  z.strictObject({
    ...offered,
    pkcs11: path,
    token: z.string().optional(),
    label: z.string().optional(),
    id: z.string().optional(),
    tokenPin: secret.optional(),
    certificates: path.optional(),
  }),
]);
const file = z.strictObject({
  name: z.string().min(1).max(100).default('adeskit'),
  region: z.string().length(2).optional(),
  credentials: z.record(z.string().regex(/^[A-Za-z0-9._-]{1,64}$/), credential),
  /** SHA-256 of a bearer token, hexadecimal, and the credentials that it may use. */
  tokens: z.record(z.string().regex(/^[0-9a-f]{64}$/), z.array(z.string()).min(1)),
});

/** Opens what the file at `from` names; paths in it are beside it. Throws `ConfigurationError`. */
export async function remoteKeys(from: string, environment: Environment, now: () => number): Promise<RemoteKeys> {
  const opened: Pkcs11Token[] = [];
  const close = (): void => {
    for (const token of opened) token.close();
  };
  try {
    const read = file.parse(JSON.parse(readFileSync(from, 'utf8')));
    const offers = new Map<string, CscOffer>();
    for (const [id, given] of Object.entries(read.credentials)) offers.set(id, await offerOf(given, { from, environment, opened }));
    const holders = new Map<string, ReadonlyMap<string, CscOffer>>();
    for (const [token, ids] of Object.entries(read.tokens)) holders.set(token, chosen(offers, ids));
    const holderOf = (bearer: string) => holders.get(createHash('sha256').update(bearer).digest('hex')) ?? null;
    const { name, region } = read;
    return {
      handler: cscHandler({ name, ...(region !== undefined && { region }), authenticate: holderOf, now }),
      knows: (bearer) => holderOf(bearer) !== null,
      close,
    };
  } catch (cause) {
    close();
    const why = cause instanceof z.ZodError ? z.prettifyError(cause).replace(/\s+/g, ' ') : (cause as Error).message;
    throw new ConfigurationError(`csc (ADESKIT_CSC): ${why}`, { cause });
  }
}

type Environment = Readonly<Record<string, string | undefined>>;

interface Surroundings {
  readonly from: string;
  readonly environment: Environment;
  /** Tokens that are to be closed. */
  readonly opened: Pkcs11Token[];
}

async function offerOf(given: z.output<typeof credential>, around: Surroundings): Promise<CscOffer> {
  const { description, pin, multisign } = given;
  return {
    signer: await signerOf(given, around),
    ...(description !== undefined && { description }),
    ...(pin !== undefined && { pin: secretOf(pin, around) }),
    ...(multisign !== undefined && { multisign }),
  };
}

async function signerOf(given: z.output<typeof credential>, around: Surroundings): Promise<Signer> {
  const bytesOf = (name: string): Uint8Array => readFileSync(resolve(dirname(around.from), name));
  if ('p12' in given) return openPkcs12(bytesOf(given.p12), secretOf(given.password, around));
  const certificates = given.certificates === undefined ? null : bytesOf(given.certificates);
  if ('key' in given)
    return openPem({
      key: bytesOf(given.key),
      ...(certificates && { certificates }),
      ...(given.password !== undefined && { password: secretOf(given.password, around) }),
    });
  const { pkcs11: module, token, label, id, tokenPin } = given;
  const device = await openPkcs11({
    module,
    ...(token !== undefined && { token }),
    ...(tokenPin !== undefined && { pin: secretOf(tokenPin, around) }),
  });
  around.opened.push(device);
  return device.signer({
    ...(label !== undefined && { label }),
    ...(id !== undefined && { id }),
    ...(certificates && { certificates: [certificates] }),
  });
}

function secretOf(given: z.output<typeof secret>, { environment }: Surroundings): string {
  if (typeof given === 'string') return given;
  const value = environment[given.variable];
  if (value === undefined || value === '') throw new Error(`the variable ${given.variable} is not set`);
  return value;
}

function chosen(offers: ReadonlyMap<string, CscOffer>, ids: readonly string[]): ReadonlyMap<string, CscOffer> {
  return new Map(
    ids.map((id) => {
      const offer = offers.get(id);
      if (!offer) throw new Error(`a token names the credential ${id}, which is not there`);
      return [id, offer];
    }),
  );
}
