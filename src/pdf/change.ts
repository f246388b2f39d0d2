/** One change that a revision made, and the permission that it needs (ISO 32000-2, 12.8.2.2). */

/**
 * What a change needs to be allowed: `nothing` (validation material, document time-stamps, metadata: always allowed),
 * `signing` and `form-fill` (DocMDP 2 and 3), `annotation` (DocMDP 3), `never`.
 */
export type Needs = 'nothing' | 'signing' | 'form-fill' | 'annotation' | 'never';

export interface Change {
  readonly kind: string;
  /** `12 0 R`, or `trailer`. */
  readonly object: string;
  /** Fully qualified name of the form field that changed, or {@link EVERY_FIELD}; null also where locks of fields do not matter. */
  readonly field: string | null;
  /** 1 for the first page. */
  readonly page: number | null;
  readonly needs: Needs;
  /** One plain sentence. */
  readonly why: string;
}

/** A change with the permission that it needs. */
export const change = (kind: string, object: string, needs: Needs, why: string, field: string | null = null): Change => ({
  kind,
  object,
  field,
  page: null,
  needs,
  why,
});

/** A change that nothing allows. */
export const never = (kind: string, object: string, why: string): Change => change(kind, object, 'never', why);

/** Other keys or filters make other octets of the same file (7.6). */
export const ENCRYPTION = never('encryption-changed', 'trailer', 'the encryption of the document was changed');

/** Stands for every field of the form: a change that any of them may show. */
export const EVERY_FIELD = '*';
