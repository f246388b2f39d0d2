/** The blob store port: octets by name, in a folder or behind an S3 interface; what is stored is encrypted before. */
import { randomBytes } from 'node:crypto';
import type { Vault } from '../storage/vault.ts';

export interface BlobStore {
  /** Whole or not at all, also where the process dies. */
  put(name: string, bytes: Uint8Array): Promise<void>;
  /** Null where there is none. */
  get(name: string): Promise<Uint8Array | null>;
  /** No error where there is none. */
  remove(name: string): Promise<void>;
  /** All that are there; nothing that others keep in the same place. */
  list(): AsyncIterable<StoredBlob>;
}

export interface StoredBlob {
  readonly name: string;
  /** When it was written. */
  readonly at: number;
}

/** Encrypts on the way in, decrypts on the way out. */
export function encryptedBlobs(store: BlobStore, vault: Vault): BlobStore {
  return {
    put: (name, bytes) => store.put(name, vault.sealBytes(bytes, `blob ${name}`)),
    get: async (name) => {
      const sealed = await store.get(name);
      return sealed === null ? null : vault.openBytes(sealed, `blob ${name}`);
    },
    remove: (name) => store.remove(name),
    list: () => store.list(),
  };
}

/** What a blob is of, and so the folder that it is in. */
export type BlobKind = (typeof BLOB_KINDS)[number];

export const BLOB_KINDS = ['documents', 'previews', 'sealed', 'trails', 'pictures'] as const;

/** A name that nobody can guess and no two writers share; `owner` is the id of the row that is to name it. */
export const newBlobName = (kind: BlobKind, owner: string): string => `${kind}/${owner}.${randomBytes(18).toString('hex')}`;

/** The id of the row that names a blob; null for what was never finished. Undefined where it is no blob of ours. */
export function ownerOf(name: string): string | null | undefined {
  const [, kind, owner] = NAME.exec(name) ?? [];
  return BLOB_KINDS.some((one) => one === kind) ? (owner ?? null) : undefined;
}

const NAME = /^([a-z]+)\/(?:([a-z]{2,8}_[A-Za-z0-9]{1,64})\.[0-9a-f]{36}|\.[0-9a-f]{16})$/;
