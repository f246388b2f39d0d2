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
  };
}

/** A name that nobody can guess and no two writers share. */
export const newBlobName = (kind: string): string => `${kind}/${randomBytes(18).toString('hex')}`;
