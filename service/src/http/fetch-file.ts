/** Files that customers name by their address: fetched from the public Internet only, within a size and a time. */
import { basename } from 'node:path';
import { httpClient } from 'adeskit/net';
import { ServiceFault } from '../domain/fault.ts';
import type { ReceivedFile } from './upload.ts';

export interface FileFetcher {
  /** Throws `ServiceFault` `invalid`, `too-large`, `unsafe-url`. */
  fetch(url: string): Promise<ReceivedFile>;
  close(): void;
}

export function fileFetcher(maximumBytes: number, allowPrivate: readonly string[]): FileFetcher {
  const client = httpClient({ timeoutMs: TIMEOUT, idleTimeoutMs: 15_000, retries: 1, maximumRedirects: 3, maximumBytes, allowPrivate });
  return {
    fetch: async (url) => {
      const target = URL.canParse(url) ? new URL(url) : null;
      if (target === null || !/^https?:$/.test(target.protocol) || target.username !== '' || target.password !== '')
        throw new ServiceFault('unsafe-url', 'The document must have an http or https address that names no user.');
      try {
        const { status, body } = await client.send({ url: target.href });
        if (status !== 200) throw new ServiceFault('invalid', `The address of the document answers with ${status}.`);
        return { name: nameIn(target), bytes: body };
      } catch (error) {
        throw error instanceof ServiceFault ? error : faultOf(error, maximumBytes);
      }
    },
    close: () => client.close(),
  };
}

function faultOf(error: unknown, limit: number): ServiceFault {
  const { code } = error as { readonly code?: unknown };
  if (code === 'refused') return new ServiceFault('unsafe-url', 'The address of the document does not lead to the public Internet.');
  if (code === 'limit-exceeded') return new ServiceFault('too-large', 'The document is too large.', { limit });
  return new ServiceFault('invalid', 'The document cannot be fetched from its address.', {}, { cause: error });
}

function nameIn({ pathname }: URL): string {
  try {
    return basename(decodeURIComponent(pathname)).slice(0, 300);
  } catch {
    return 'document.pdf';
  }
}

const TIMEOUT = 30_000;
