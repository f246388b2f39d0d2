/** A browser without a window: it keeps cookies, and goes where it is sent. */

export interface Visited {
  readonly url: URL;
  readonly status: number;
  readonly text: string;
}

export class Visitor {
  readonly #cookies = new Map<string, Map<string, string>>();

  /** Follows redirects, but none that leads to `until`. */
  async go(address: string | URL, { until, ...init }: RequestInit & { readonly until?: string } = {}): Promise<Visited> {
    let url = new URL(address);
    let how: RequestInit = init;
    for (let hop = 0; hop < 20; hop++) {
      const answer = await fetch(url, { ...how, redirect: 'manual', headers: { ...how.headers, cookie: this.#sent(url) } });
      this.#keep(url, answer.headers.getSetCookie());
      const location = answer.headers.get('location');
      if (location === null) return { url, status: answer.status, text: await answer.text() };
      await answer.arrayBuffer();
      url = new URL(location, url);
      how = {};
      if (until !== undefined && url.href.startsWith(until)) return { url, status: answer.status, text: '' };
    }
    throw new Error('it is sent round in circles');
  }

  #sent({ hostname, pathname }: URL): string {
    return [...(this.#cookies.get(hostname) ?? [])]
      .filter(([name]) => !name.startsWith('adeskit_login') || pathname.startsWith('/w/login'))
      .map(([name, value]) => `${name}=${value}`)
      .join('; ');
  }

  #keep({ hostname }: URL, lines: readonly string[]): void {
    const jar = this.#cookies.get(hostname) ?? new Map<string, string>();
    for (const line of lines) {
      const [pair = ''] = line.split(';');
      const at = pair.indexOf('=');
      const value = pair.slice(at + 1);
      if (value === '' || /expires=Thu, 01 Jan 1970/i.test(line)) jar.delete(pair.slice(0, at));
      else jar.set(pair.slice(0, at), value);
    }
    this.#cookies.set(hostname, jar);
  }
}
