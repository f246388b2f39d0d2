/** Instants as text (RFC 3339), in UTC. */

export const iso = (at: number): string => new Date(at).toISOString();

/** Without fractions of a second. */
export const isoSeconds = (at: number): string => `${iso(at).slice(0, 19)}Z`;
