/** One throw-away PKI for a test file: made or started when first asked for, closed after its tests. */
import { afterAll } from 'vitest';
import {
  createThrowAwayPki,
  startThrowAwayPki,
  type ThrowAwayPki,
  type ThrowAwayPkiOptions,
  type ThrowAwayServer,
  type ThrowAwayServerOptions,
} from '../../src/issuing/index.ts';

/**
 * Call once at the top of a test file: `const pki = servedPki();`, then `await pki()` in its tests. Every call gives the
 * same PKI, served on loopback; nothing listens after the file's tests.
 */
export function servedPki(options: ThrowAwayServerOptions = {}): () => Promise<ThrowAwayServer> {
  let started: Promise<ThrowAwayServer> | null = null;
  afterAll(async () => (await started)?.close());
  return () => {
    started ??= startThrowAwayPki(options);
    return started;
  };
}

/** The same without a network: certificates name no places. */
export function memoryPki(options: ThrowAwayPkiOptions = {}): () => Promise<ThrowAwayPki> {
  let made: Promise<ThrowAwayPki> | null = null;
  return () => {
    made ??= createThrowAwayPki(options);
    return made;
  };
}
