/** The port by which the core looks into foreign files: threads of the pool do it. */
import type { DocumentInspector } from '../domain/core.ts';
import type { Pool } from './pool.ts';

export const documentInspector = (pool: Pick<Pool, 'run'>): DocumentInspector => ({
  inspect: async (document) => pool.run<'inspect'>({ kind: 'inspect', document }),
  preview: async (document) => pool.run<'preview'>({ kind: 'preview', document }).catch(undrawn),
});

/** A document that takes too long or too much to draw has no picture; where the pool is full or closing, it is drawn another time. */
function undrawn(error: unknown): null {
  const { code } = error as { readonly code?: unknown };
  if (code === 'busy' || code === 'closed') throw error;
  return null;
}
