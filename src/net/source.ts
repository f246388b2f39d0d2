/** What the sources of certificates and revocation data over HTTP have in common. */
import { Fault } from '../base/fault.ts';
import { exact } from '../base/options.ts';
import { HTTP_OPTIONS, type HttpClient, type HttpOptions, type HttpRequest, type HttpResponse, httpClient } from './http.ts';

/** Options of a source: a client that is there already, or those of a new one. */
export type HttpSourceOptions = HttpOptions | { readonly client: HttpClient };

export function clientOf(name: string, options: HttpSourceOptions): HttpClient {
  exact(name, options, ['client', ...HTTP_OPTIONS]);
  return 'client' in options ? options.client : httpClient(options);
}

/** The answer of status 200 that `usable` finds no fault with (its reason, or null), else null: `onEvent` hears why. */
export async function fetchUsable(
  client: HttpClient,
  request: HttpRequest,
  usable: (response: HttpResponse) => string | null,
): Promise<HttpResponse | null> {
  try {
    const response = await client.send(request);
    const problem = response.status === 200 ? usable(response) : `status ${response.status}`;
    if (problem === null) return response;
    client.reject(response, request.body ? 'POST' : 'GET', problem);
    return null;
  } catch (error) {
    if (error instanceof Fault) return null;
    throw error;
  }
}

/** Those that HTTP can ask, each once, no more than `most`: a certificate may name thousands. */
export const webUrls = (urls: readonly string[], most: number): string[] =>
  [...new Set(urls)].filter((url) => /^https?:\/\//i.test(url)).slice(0, most);

/** Runs `load` once for each key at a time: who asks meanwhile gets the same answer. */
export function sharing<T>(load: (key: string) => Promise<T>): (key: string) => Promise<T> {
  const running = new Map<string, Promise<T>>();
  return (key) => {
    const shared = running.get(key) ?? load(key).finally(() => running.delete(key));
    running.set(key, shared);
    return shared;
  };
}
