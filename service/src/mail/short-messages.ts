/** Short messages go out by an HTTP gateway: one POST of JSON for each, with its id, so that a repetition can be told. */
import { givenHosts, httpClient } from 'adeskit/net';

export interface ShortMessage {
  readonly id: string;
  readonly channel: 'sms' | 'whatsapp';
  /** E.164. */
  readonly to: string;
  readonly text: string;
}

export interface ShortMessageGateway {
  /** Throws where the gateway does not take it. */
  send(message: ShortMessage): Promise<void>;
  close(): void;
}

/** `{"id", "channel", "to", "text"}`, with `Authorization: Bearer` where there is a token; any 2xx is taken. */
export function httpGateway(url: string, token: string | null): ShortMessageGateway {
  const client = httpClient({
    timeoutMs: 15_000,
    retries: 0,
    maximumRedirects: 0,
    maximumBytes: 64 * 1024,
    allowPrivate: givenHosts([url]),
  });
  return {
    send: async (message) => {
      const { status } = await client.send({
        url,
        body: { type: 'application/json', bytes: Buffer.from(JSON.stringify(message), 'utf8') },
        headers: { 'idempotency-key': message.id, ...(token !== null && { authorization: `Bearer ${token}` }) },
      });
      if (status < 200 || status > 299) throw new Error(`the gateway for short messages answers with ${status}`);
    },
    close: () => client.close(),
  };
}
