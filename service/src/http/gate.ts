/** Who may come in, and how often: for every interface the same, whatever it calls its key. */
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Core } from '../domain/core.ts';
import { ServiceFault } from '../domain/fault.ts';
import type { KeyHolder } from '../domain/keys.ts';
import { anonymousCounter, processCounter, type Quota, sharedCounter } from './rate-limit.ts';

/**
 * Counts a request, shows the quota in headers and puts the holder of the key at the request. Throws `ServiceFault`
 * `too-many-requests`, `unauthorized` where there is no holder, `bad-request` for a key that came without TLS.
 */
export interface Gate {
  (request: FastifyRequest, reply: FastifyReply, holder: KeyHolder | null): Promise<void>;
  /** For who signs in or shows a token: few tries a minute from one address. Throws `ServiceFault` `too-many-requests`. */
  stranger(request: FastifyRequest, reply: FastifyReply): void;
}

/** `trustProxy`: what a proxy says of the way that a request came is believed. */
export function newGate(
  { store, clock, links }: Pick<Core, 'store' | 'clock' | 'links'>,
  tiers: Readonly<Record<string, number>>,
  trustProxy: boolean,
): Gate {
  const requireTls = ({ protocol, headers }: FastifyRequest): void => {
    const told = trustProxy && headers['x-forwarded-proto'] !== undefined;
    if (told && protocol === 'http' && links.origin.startsWith('https:'))
      throw new ServiceFault('bad-request', 'This service is reached by HTTPS only.');
  };
  const anonymous = anonymousCounter(ANONYMOUS_LIMIT);
  const counted = store.dialect === 'sqlite' ? processCounter() : sharedCounter(store);
  const quotaOf = ({ keyId, tier }: KeyHolder, now: number): Quota | Promise<Quota> =>
    counted(keyId, tier, tiers[tier] ?? DEFAULT_LIMIT, now);
  const strangers = anonymousCounter(STRANGER_LIMIT);
  const show = (reply: FastifyReply, quota: Quota, now: number): void => {
    void reply.headers({
      'x-ratelimit-limit': String(quota.limit),
      'x-ratelimit-remaining': String(quota.remaining),
      'x-ratelimit-reset': String(quota.reset),
      'x-ratelimit-tier': quota.tier,
    });
    if (quota.exceeded)
      throw new ServiceFault('too-many-requests', 'Too many requests in this minute.', {
        retryAfter: Math.max(1, quota.reset - Math.floor(now / 1000)),
      });
  };
  const admit = async (request: FastifyRequest, reply: FastifyReply, holder: KeyHolder | null): Promise<void> => {
    const now = clock();
    requireTls(request);
    show(reply, holder === null ? anonymous(request.ip, now) : await quotaOf(holder, now), now);
    if (holder === null) throw new ServiceFault('unauthorized', 'Missing or invalid API key.');
    request.holder = holder;
  };
  return Object.assign(admit, {
    stranger: (request: FastifyRequest, reply: FastifyReply): void => {
      const now = clock();
      requireTls(request);
      show(reply, strangers(request.ip, now), now);
    },
  });
}

const ANONYMOUS_LIMIT = 600;
const STRANGER_LIMIT = 60;
const DEFAULT_LIMIT = 120;
