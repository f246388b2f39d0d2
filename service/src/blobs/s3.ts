/** Blobs behind an S3 interface: single requests, signed (AWS Signature Version 4), addressed by path. */
import { AwsClient } from 'aws4fetch';
import { type BlobStore, ownerOf, type StoredBlob } from './blobs.ts';

export interface S3Options {
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export function s3Blobs({ endpoint, bucket, region, accessKeyId, secretAccessKey }: S3Options): BlobStore {
  const client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3', retries: 3 });
  const ask = (path: string, method: string, body?: Uint8Array): Promise<Response> =>
    client.fetch(`${endpoint}/${encodeURIComponent(bucket)}${path}`, {
      method,
      signal: AbortSignal.timeout(TIMEOUT),
      ...(body && { body: body as Uint8Array<ArrayBuffer> }),
    });
  const send = (name: string, method: string, body?: Uint8Array): Promise<Response> =>
    ask(`/${name.split('/').map(encodeURIComponent).join('/')}`, method, body);
  return {
    put: async (name, bytes) => expectOk(await send(name, 'PUT', bytes), 'PUT'),
    get: async (name) => {
      const response = await send(name, 'GET');
      if (response.status === 404) return null;
      await expectOk(response, 'GET', false);
      return new Uint8Array(await response.arrayBuffer());
    },
    remove: async (name) => {
      const response = await send(name, 'DELETE');
      if (response.status !== 404) await expectOk(response, 'DELETE');
    },
    list: () =>
      list(async (token) => {
        const query = new URLSearchParams({ 'list-type': '2', ...(token !== null && { 'continuation-token': token }) });
        const response = await ask(`?${query}`, 'GET');
        await expectOk(response, 'GET', false);
        return response.text();
      }),
  };
}

/** Page by page, of a thousand names at most (ListObjectsV2). Names of ours need no escapes in XML, so others are not read. */
async function* list(page: (token: string | null) => Promise<string>): AsyncGenerator<StoredBlob> {
  let token: string | null = null;
  do {
    const answer: string = await page(token);
    for (const [contents] of answer.matchAll(/<Contents>.*?<\/Contents>/gs)) {
      const name = elementOf(contents, 'Key');
      const at = Date.parse(elementOf(contents, 'LastModified') ?? '');
      if (name !== null && ownerOf(name) !== undefined && !Number.isNaN(at)) yield { name, at };
    }
    token = elementOf(answer, 'NextContinuationToken')?.replaceAll('&amp;', '&') ?? null;
  } while (token !== null);
}

const elementOf = (text: string, name: string): string | null => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1] ?? null;

async function expectOk(response: Response, method: string, drain = true): Promise<void> {
  if (!response.ok) throw new Error(`the blob store answered ${method} with status ${response.status}`);
  if (drain) await response.arrayBuffer();
}

const TIMEOUT = 60_000;
