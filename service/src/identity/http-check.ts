/** Face and document checks by an HTTP service: pictures go out in one POST of JSON, the outcome comes back at once or is asked for. */
import { givenHosts, httpClient } from 'adeskit/net';
import { z } from 'zod';
import type { IdentityCheckPort, PendingCheck } from '../domain/core.ts';
import type { Identity, VerificationOutcome } from '../domain/model.ts';

export interface HttpCheck extends Pick<IdentityCheckPort, 'check' | 'result'> {
  close(): void;
}

/** `Authorization: Bearer` where there is a token. Any other answer than those below is an error, and the signer may try again. */
export function httpIdentityCheck(url: string, token: string | null): HttpCheck {
  const client = httpClient({
    timeoutMs: 60_000,
    retries: 0,
    maximumRedirects: 0,
    maximumBytes: 64 * 1024,
    allowPrivate: givenHosts([url]),
  });
  const headers: Record<string, string> = token === null ? {} : { authorization: `Bearer ${token}` };
  const ask = async (request: Parameters<typeof client.send>[0], name: string): Promise<VerificationOutcome | PendingCheck> => {
    const { status, body } = await client.send({ ...request, headers });
    if (status !== 200) throw new Error(`the identity check answers with ${status}`);
    return outcomeOf(answer.parse(JSON.parse(Buffer.from(body).toString('utf8'))), name);
  };
  return {
    check: ({ signer, number, pictures }) => {
      const { id, name, country, details } = signer;
      const images = Object.fromEntries([...pictures].map(([kind, bytes]) => [kind, Buffer.from(bytes).toString('base64')]));
      const sent = { id, name, country, birthDate: details.birthDate ?? null, documentNumber: number, pictures: images };
      return ask({ url, body: { type: 'application/json', bytes: Buffer.from(JSON.stringify(sent), 'utf8') } }, name);
    },
    result: (_realm, reference, name) => ask({ url: `${url}/${encodeURIComponent(reference)}` }, name),
    close: () => client.close(),
  };
}

function outcomeOf(told: z.output<typeof answer>, name: string): VerificationOutcome | PendingCheck {
  if (told.outcome === 'pending') return { verified: null, reference: told.reference, again: told.retryAfter * 1000 };
  const identity = told.identity && identityOf(told.identity, name);
  return told.outcome === 'passed' ? { verified: true, identity } : { verified: false, reason: told.reason, identity };
}

const identityOf = (told: z.output<typeof person>, name: string): Identity => ({ ...told, fullName: told.fullName ?? name });

const text = z.string().trim().min(1).max(300).nullable().default(null);
const day = z.iso.date().nullable().default(null);
const person = z.object({
  fullName: text,
  documentType: z.enum(['passport', 'national_id', 'drivers_license']).nullable().default(null),
  documentCountry: z
    .string()
    .regex(/^[A-Z]{2}$/)
    .nullable()
    .default(null),
  dateOfBirth: day,
  documentExpiry: day,
  matchScore: z.number().min(0).max(1).nullable().default(null),
  liveness: z.boolean().nullable().default(null),
});
const answer = z.discriminatedUnion('outcome', [
  z.object({ outcome: z.literal('passed'), identity: person.nullable().default(null) }),
  z.object({
    outcome: z.literal('failed'),
    reason: z.enum(['document-expired', 'low-score', 'refused']).default('refused'),
    identity: person.nullable().default(null),
  }),
  z.object({ outcome: z.literal('pending'), reference: z.string().min(1).max(300), retryAfter: z.number().min(1).max(3600).default(10) }),
]);
