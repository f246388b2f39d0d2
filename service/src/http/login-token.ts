/** Tokens of those who signed in (RFC 7519, HS256): for one audience and a limited time. */
import { createHmac, randomBytes } from 'node:crypto';
import { type AuthorityPorts, keyring } from '../sealing/authority.ts';
import { sameText } from '../storage/vault.ts';

export interface LoginTokens {
  issue(audience: string, subject: string, now: number, life: number): string;
  /** The subject, or null. */
  open(audience: string, token: string, now: number): string | null;
}

export async function openLoginTokens(ports: AuthorityPorts): Promise<LoginTokens> {
  const secret = Buffer.from(await keyring(ports, 'login tokens', async () => randomBytes(32).toString('base64')), 'base64');
  const head = encoded({ alg: 'HS256', typ: 'JWT' });
  const macOf = (text: string): string => createHmac('sha256', secret).update(text).digest('base64url');
  return {
    issue: (audience, subject, now, life) => {
      const iat = Math.floor(now / 1000);
      const body = `${head}.${encoded({ aud: audience, sub: subject, iat, exp: iat + Math.floor(life / 1000) })}`;
      return `${body}.${macOf(body)}`;
    },
    open: (audience, token, now) => {
      const [first, second, mac, more] = token.split('.');
      if (first !== head || !second || !mac || more !== undefined || !sameText(mac, macOf(`${first}.${second}`))) return null;
      const claims = JSON.parse(Buffer.from(second, 'base64url').toString('utf8')) as Record<string, unknown>;
      const { aud, sub, exp } = claims;
      return aud === audience && typeof sub === 'string' && typeof exp === 'number' && exp * 1000 > now ? sub : null;
    },
  };
}

const encoded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
