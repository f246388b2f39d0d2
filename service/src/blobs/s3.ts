/** Blobs behind an S3 interface: single requests, signed (AWS Signature Version 4), addressed by path. */
import { AwsClient } from 'aws4fetch';
import type { BlobStore } from './blobs.ts';

export interface S3Options {
  readonly endpoint: string;
  readonly bucket: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export function s3Blobs({ endpoint, bucket, region, accessKeyId, secretAccessKey }: S3Options): BlobStore {
  const client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3', retries: 3 });
  const send = (name: string, method: string, body?: Uint8Array): Promise<Response> =>
    client.fetch(`${endpoint}/${encodeURIComponent(bucket)}/${name.split('/').map(encodeURIComponent).join('/')}`, {
      method,
      signal: AbortSignal.timeout(TIMEOUT),
      ...(body && { body: body as Uint8Array<ArrayBuffer> }),
    });
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
  };
}

async function expectOk(response: Response, method: string, drain = true): Promise<void> {
  if (!response.ok) throw new Error(`the blob store answered ${method} with status ${response.status}`);
  if (drain) await response.arrayBuffer();
}

const TIMEOUT = 60_000;
