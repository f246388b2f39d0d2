/** The audit trail: what happened, as JSON for programs, as PDF and HTML for people. */
import { iso } from '../domain/dates.ts';
import type { DocumentRecord, Identity, LoggedEvent, RequestRecord, SignerRecord } from '../domain/model.ts';
import { type TextLine, textPdf } from './text-pdf.ts';

export interface Trail {
  readonly request: RequestRecord;
  readonly document: DocumentRecord;
  readonly events: readonly LoggedEvent[];
  /** When it was written. */
  readonly at: number;
}

/** The trail with all hashes: the chain can be computed again from it. */
export function trailJson({ request, document, events, at }: Trail): Uint8Array {
  const value = {
    format: 'adeskit-audit-trail/1',
    test: request.realm.mode === 'test',
    writtenAt: iso(at),
    request: { id: request.id, level: request.level, ordering: request.ordering, createdAt: iso(request.createdAt) },
    document: { id: document.id, name: document.name, mediaType: document.mediaType, size: document.size, sha256: document.sha256 },
    signers: request.signers.map((signer) => ({
      id: signer.id,
      name: signer.name,
      email: signer.email,
      identification: signer.method,
      verifiedAt: signer.verifiedAt === null ? null : iso(signer.verifiedAt),
      signedAt: signer.signedAt === null ? null : iso(signer.signedAt),
    })),
    chain:
      'hash = SHA-256 of the JSON array [previous, request id, sequence, atMs, type, actor, detailsDigest]; ' +
      'detailsDigest = SHA-256 of the JSON object of salt and details',
    events: events.map((event) => ({ ...event, at: iso(event.at), atMs: event.at })),
  };
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`, 'utf8');
}

export function trailPdf(trail: Trail): Uint8Array {
  const { request, document, events, at } = trail;
  const nameOf = actorNames(request.signers);
  const lines: TextLine[] = [
    { text: 'Audit trail', style: 'title' },
    ...(request.realm.mode === 'test' ? [{ text: 'Made in test mode: nobody is bound by it.', style: 'heading' } as const] : []),
    { text: `Request ${request.id}`, style: 'heading' },
    { text: `Document: ${document.name} (${document.mediaType}, ${document.size} octets)` },
    { text: `SHA-256 of the document: ${document.sha256}` },
    { text: `Kind of signature: ${request.level}; order: ${request.ordering}` },
    { text: `Written at ${iso(at)}` },
    { text: 'Signers', style: 'heading' },
    ...request.signers.flatMap(signerLines),
    { text: 'Events', style: 'heading' },
    ...events.flatMap((event): TextLine[] => [
      { text: `${event.sequence}. ${iso(event.at)}  ${event.type}  ${nameOf(event.actor)}${detailsOf(event)}` },
      { text: event.hash, style: 'small' },
    ]),
    {
      text: 'Each hash covers its event and the hash before it. The attached JSON file holds everything needed to compute them again.',
      style: 'heading',
    },
  ];
  return textPdf(`Audit trail of ${request.id}`, lines);
}

/** The same as a page without scripts. */
export function trailHtml({ request, document, events, at }: Trail): Uint8Array {
  const nameOf = actorNames(request.signers);
  const rows = events
    .map(
      (event) =>
        `<tr><td>${event.sequence}</td><td>${iso(event.at)}</td><td>${escaped(event.type)}</td><td>${escaped(nameOf(event.actor))}</td>` +
        `<td>${escaped(detailsOf(event))}</td><td><code>${event.hash}</code></td></tr>`,
    )
    .join('\n');
  return Buffer.from(
    `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Audit trail of ${escaped(request.id)}</title>
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<style>body{font:15px/1.5 system-ui,sans-serif;margin:2rem;max-width:80rem}td,th{padding:.3rem .6rem;border-bottom:1px solid #ccc;text-align:left;vertical-align:top}code{font-size:.75rem;word-break:break-all}</style>
</head><body><h1>Audit trail</h1>
<p>Request ${escaped(request.id)}, document “${escaped(document.name)}”, SHA-256 <code>${document.sha256}</code>. Written at ${iso(at)}.</p>
<table><thead><tr><th>#</th><th>Time (UTC)</th><th>Event</th><th>By</th><th>Details</th><th>Hash</th></tr></thead><tbody>
${rows}
</tbody></table></body></html>
`,
    'utf8',
  );
}

function signerLines(signer: SignerRecord): TextLine[] {
  const { name, email, method, verifiedAt, signedAt, identity } = signer;
  return [
    { text: `${name} <${email}>: identified by ${method}${verifiedAt === null ? '' : ` at ${iso(verifiedAt)}`}` },
    ...(identity === null ? [] : [{ text: `   ${identityText(identity)}` }]),
    { text: `   signed at ${signedAt === null ? '-' : iso(signedAt)}` },
  ];
}

function identityText({ documentType, documentCountry, matchScore, issuer, assurance }: Identity): string {
  const country = documentCountry === null ? '' : ` (${documentCountry})`;
  if (issuer !== undefined) return `vouched for by ${issuer}${country}${assurance ? `, level ${assurance}` : ''}`;
  return `${documentType ?? 'document'}${country}${matchScore === null ? '' : `, match ${matchScore}`}`;
}

const actorNames =
  (signers: readonly SignerRecord[]) =>
  (actor: string): string =>
    signers.find(({ id }) => id === actor)?.name ?? (actor === 'api' ? 'by the sender' : 'by the service');

function detailsOf({ details }: LoggedEvent): string {
  const shown = Object.entries(details ?? {}).filter(([, value]) => value !== null);
  return shown.length === 0 ? '' : ` (${shown.map(([key, value]) => `${key}: ${String(value)}`).join(', ')})`;
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`).replace(/\p{Cc}+/gu, ' ');
