/** Points in time: milliseconds since 1970-01-01T00:00:00Z, UTC; always an argument, never read from the machine here. */

/** Milliseconds since the epoch, UTC. */
export type Instant = number;

/** ISO 8601 in UTC, without milliseconds where they are zero. */
export function toIso(at: Instant): string {
  const text = new Date(at).toISOString();
  return text.endsWith('.000Z') ? `${text.slice(0, -5)}Z` : text;
}

/** Instant of an ISO 8601 text that names its offset (or a date alone: midnight UTC), or null. */
export function fromIso(text: string): Instant | null {
  if (!ISO.test(text)) return null;
  const at = Date.parse(text);
  if (Number.isNaN(at)) return null;
  // The platform takes 30 February for 1 March; no calendar does.
  const day = text.slice(0, 10);
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day) ? at : null;
}

const ISO = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?$/;
