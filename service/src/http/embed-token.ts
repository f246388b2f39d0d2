/** Tokens for embedding (RFC 7519, RS256): who may show a request inside a page of their own; the key is published as JWKS (RFC 7517). */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import { type AuthorityPorts, keyring } from '../sealing/authority.ts';

export interface EmbedTokens {
  /** For one request, by its id without prefix. */
  issue(subject: string, until: number, now: number): string;
  /** The subject, or null. */
  open(token: string, now: number): string | null;
  readonly jwks: { readonly keys: readonly Record<string, unknown>[] };
}

export async function openEmbedTokens(ports: AuthorityPorts, issuer: string): Promise<EmbedTokens> {
  const pem = await keyring(ports, 'embed tokens', async () => {
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  });
  const privateKey = createPrivateKey(pem);
  const publicKey = createPublicKey(privateKey);
  const jwk = publicKey.export({ format: 'jwk' });
  const kid = createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('base64url')
    .slice(0, 16);
  const head = encoded({ alg: 'RS256', typ: 'JWT', kid });
  const kept = new Map<string, string>();
  return {
    jwks: { keys: [{ ...jwk, kid, alg: 'RS256', use: 'sig' }] },
    issue: (subject, until, now) => {
      // An hour's steps: the same token for who asks twice, and one signature in place of many.
      const exp = Math.ceil(until / HOUR) * 3600;
      const known = kept.get(`${subject} ${exp}`);
      if (known) return known;
      const body = `${head}.${encoded({ iss: issuer, aud: 'embed', sub: subject, iat: Math.floor(now / 1000), exp })}`;
      const token = `${body}.${sign('sha256', Buffer.from(body), privateKey).toString('base64url')}`;
      if (kept.size > KEPT) kept.clear();
      kept.set(`${subject} ${exp}`, token);
      return token;
    },
    open: (token, now) => {
      const [first, second, signature, more] = token.split('.');
      if (!first || !second || !signature || more !== undefined || first !== head) return null;
      if (!verify('sha256', Buffer.from(`${first}.${second}`), publicKey, Buffer.from(signature, 'base64url'))) return null;
      const { aud, sub, exp } = JSON.parse(Buffer.from(second, 'base64url').toString('utf8')) as {
        aud?: string;
        sub?: string;
        exp?: number;
      };
      return aud === 'embed' && typeof sub === 'string' && typeof exp === 'number' && exp * 1000 > now ? sub : null;
    },
  };
}

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const HOUR = 3_600_000;
const KEPT = 5000;
