/**
 * The sealing of a request that everybody signed. It may be begun again at any point: what counts is one transaction at the
 * end, which only the first to come there makes. Keys of signers live as long as one attempt; certificates of an attempt
 * that came to nothing are revoked by the next one.
 */

import { attributeValues, type Name, parseCertificate } from 'adeskit/pki';
import { newBlobName } from '../blobs/blobs.ts';
import { logEvent, readEvents } from '../domain/audit.ts';
import type { Core } from '../domain/core.ts';
import { readContent, readDocument } from '../domain/documents.ts';
import { FILE_LINK_LIFE, fileUrl } from '../domain/links.ts';
import { safeFileName } from '../domain/media.ts';
import { mailTo } from '../domain/messages.ts';
import type { DocumentRecord, RequestRecord, SealedFile, SealedFiles, SignerRecord, SignerSeal } from '../domain/model.ts';
import { withSigners } from '../domain/records.ts';
import { heldRequest } from '../domain/request.ts';
import { finish } from '../domain/requests.ts';
import { isPlayedRevoked } from '../domain/verification.ts';
import type { Pool } from '../workers/pool.ts';
import type { Calls, Results, SignatureToMake } from '../workers/protocol.ts';
import { trailJson, trailPdf } from './audit-trail.ts';
import { type Authority, type Credential, SCHEME } from './authority.ts';
import { revokeAbandoned } from './failure.ts';

export interface Sealer {
  readonly core: Core;
  readonly pool: Pool;
  readonly authorities: Readonly<Record<'live' | 'test', Authority>>;
  /** A time-stamping authority outside; default: the operator's own. */
  readonly stampOutside: ((imprint: Uint8Array, digest: string) => Promise<Uint8Array>) | null;
  /** Trust anchors of that authority, DER. */
  readonly outsideTrust: readonly Uint8Array[];
  /** Called between the steps: where tests end the process. */
  readonly step?: (name: SealingStep) => void;
}

export type SealingStep = 'begun' | 'certified' | 'trail-sealed' | 'document-sealed' | 'stored' | 'committed';

/** Seals a request; does nothing where that is done. */
export async function sealRequest(sealer: Sealer, requestId: string): Promise<void> {
  const { core, step = () => undefined } = sealer;
  const loaded = await load(core, requestId);
  if (loaded === null) return;
  const { request, document, content } = loaded;
  step('begun');
  await revokeAbandoned(core.store.db, requestId, core.clock());
  const made = await signaturesFor(sealer, request);
  step('certified');
  const at = core.clock();
  const rows = await core.store.db.selectFrom('events').selectAll().where('request_id', '=', requestId).orderBy('sequence').execute();
  const trail = { request, document, events: readEvents(rows, core.vault), at };
  const json = trailJson(trail);
  const trailFile = await sealTrail(sealer, request, trailPdf(trail), json, at);
  step('trail-sealed');
  const stamps: Stamp[] = [];
  const signatures = made.map(({ signature }) => signature);
  const sealed = await seal(sealer, request, { document, content, trail: trailFile, signatures, at }, made, stamps);
  const further = await sealFurther(sealer, request, trailFile, made, at);
  step('document-sealed');
  const files: SealedFiles = {
    document: newBlobName('sealed', request.id),
    mediaType: sealed.mediaType,
    fileName: safeFileName(document.name.replace(/\.(pdf|docx|xlsx|xml|txt|zip)$/i, ''), sealed.mediaType),
    trail: newBlobName('trails', request.id),
    trailJson: newBlobName('trails', request.id),
    ...(further.length > 0 && { further: further.map(({ file }) => file) }),
  };
  for (const { file, bytes } of further) await core.blobs.put(file.document, bytes);
  await core.blobs.put(files.document, sealed.document);
  await core.blobs.put(files.trail, trailFile);
  await core.blobs.put(files.trailJson, json);
  step('stored');
  const first = await commit(core, request, document, files, made, stamps);
  step('committed');
  const blobs = [files.document, files.trail, files.trailJson, ...further.map(({ file }) => file.document)];
  if (!first) for (const blob of blobs) await core.blobs.remove(blob);
}

interface DocumentToSeal {
  readonly document: DocumentRecord;
  readonly content: Uint8Array;
  readonly trail: Uint8Array;
  readonly signatures: readonly SignatureToMake[];
  readonly at: number;
}

/** The trail goes into the document, then the signatures, in a thread that asks for their values. */
function seal(
  sealer: Sealer,
  request: RequestRecord,
  { document, content, trail, signatures, at }: DocumentToSeal,
  made: readonly MadeSignature[],
  stamps: Stamp[],
): Promise<Results['seal']> {
  const credentials = made.map(({ credential }) => credential);
  return sealer.pool.run<'seal'>(
    {
      kind: 'seal',
      document: content,
      mediaType: document.mediaType,
      fileName: document.name,
      attachment: { name: 'audit-trail.pdf', mimeType: 'application/pdf', content: trail, description: 'Audit trail' },
      signatures,
      level: request.signers.some(isRevoked) ? 'T' : 'LT',
      trust: trustOf(sealer, request),
      at,
    },
    callsFor(sealer, request, credentials, stamps),
  );
}

/** The documents that are signed together with the first: the same signatures over each. */
async function sealFurther(
  sealer: Sealer,
  request: RequestRecord,
  trail: Uint8Array,
  made: readonly MadeSignature[],
  at: number,
): Promise<{ readonly file: SealedFile; readonly bytes: Uint8Array }[]> {
  const { core } = sealer;
  const sealed: { readonly file: SealedFile; readonly bytes: Uint8Array }[] = [];
  for (const documentId of request.furtherDocumentIds) {
    const document = await readDocument(core, request.realm, documentId);
    const signatures = made.map(({ signature }) => ({ ...signature, places: [] }));
    const content = await readContent(core, documentId);
    const { document: bytes, mediaType } = await seal(sealer, request, { document, content, trail, signatures, at }, made, []);
    const fileName = safeFileName(document.name.replace(/\.(pdf|docx|xlsx|xml|txt|zip)$/i, ''), mediaType);
    sealed.push({ file: { documentId, document: newBlobName('sealed', request.id), mediaType, fileName }, bytes });
  }
  return sealed;
}

interface MadeSignature {
  /** Whose it is; several where one seal stands for all. */
  readonly signers: readonly SignerRecord[];
  readonly credential: Credential;
  readonly signature: SignatureToMake;
}

interface Stamp {
  readonly index: number;
  readonly time: number;
  readonly authority: string;
  readonly imprint: string;
}

async function load(core: Core, requestId: string) {
  const row = await core.store.db.selectFrom('requests').selectAll().where('id', '=', requestId).executeTakeFirst();
  if (row?.status !== 'sealing') return null;
  const request = await withSigners(core.store.db, row, core.vault);
  const document: DocumentRecord = await readDocument(core, request.realm, request.documentId);
  return { request, document, content: await readContent(core, request.documentId) };
}

/** Simple signatures: the operator's seal once, for all. Advanced ones: for each signer a certificate of their own. */
async function signaturesFor({ authorities, core }: Sealer, request: RequestRecord): Promise<MadeSignature[]> {
  const authority = authorities[request.realm.mode];
  const placesOf = (signers: readonly SignerRecord[]) =>
    request.fields.filter(({ signer }) => signers.some(({ position }) => position === signer));
  if (request.level === 'simple') {
    const signing = request.signers.filter(({ role }) => role === 'signer');
    const names = signing.map(({ name }) => name).join(', ');
    return [
      {
        signers: signing,
        credential: authority.seal,
        signature: signatureOf(authority.seal, names, `Sealed by the operator for ${names}`, placesOf(signing)),
      },
    ];
  }
  const made: MadeSignature[] = [];
  for (const signer of request.signers.filter(({ role }) => role === 'signer')) {
    const credential = await authority.certifySigner({
      name: signer.name,
      email: signer.email,
      country: signer.country,
      requestId: request.id,
      signerId: signer.id,
      qualified: request.level === 'qualified',
    });
    if (isRevoked(signer)) await playRevocation(core, credential.serial);
    made.push({
      signers: [signer],
      credential,
      signature: signatureOf(credential, signer.name, 'I have read the document and sign it', placesOf([signer])),
    });
  }
  return made;
}

const signatureOf = ({ chain }: Credential, name: string, reason: string, places: SignatureToMake['places']): SignatureToMake => ({
  chain,
  scheme: SCHEME,
  name: name.slice(0, 500),
  reason: reason.slice(0, 500),
  places: places.map(({ page, x, y, width, height }) => ({ page, x, y, width, height })),
});

const isRevoked = ({ simulatedDocument }: SignerRecord): boolean => isPlayedRevoked(simulatedDocument);

/** Test mode: the certificate was revoked before it signed. */
async function playRevocation({ store, clock }: Core, serial: string): Promise<void> {
  const at = Math.floor(clock() / 1000) * 1000 - 60_000;
  await store.db.updateTable('certificates').set({ revoked_at: at, reason: 'played' }).where('serial', '=', serial).execute();
}

async function sealTrail(sealer: Sealer, request: RequestRecord, trail: Uint8Array, json: Uint8Array, at: number): Promise<Uint8Array> {
  const { seal } = sealer.authorities[request.realm.mode];
  const sealed = await sealer.pool.run<'seal'>(
    {
      kind: 'seal',
      document: trail,
      mediaType: 'application/pdf',
      fileName: 'audit-trail.pdf',
      attachment: { name: 'audit-trail.json', mimeType: 'application/json', content: json, description: 'The events with their hashes' },
      signatures: [signatureOf(seal, 'Audit trail', `Audit trail of ${request.id}`, [])],
      level: 'LT',
      trust: trustOf(sealer, request),
      at,
    },
    callsFor(sealer, request, [seal], []),
  );
  return sealed.document;
}

const trustOf = ({ authorities, outsideTrust }: Sealer, { realm }: RequestRecord): Uint8Array[] => [
  authorities[realm.mode].root,
  ...(realm.mode === 'live' ? outsideTrust : []),
];

function callsFor(sealer: Sealer, { realm }: RequestRecord, credentials: readonly Credential[], stamps: Stamp[]): Calls {
  const authority = sealer.authorities[realm.mode];
  return {
    sign: async (index, toBeSigned) => {
      const credential = credentials[index];
      if (!credential) throw new Error('there is no such signature');
      return credential.key.sign(toBeSigned);
    },
    stamp: async (index, imprint, digest) => {
      const imprintText = `${digest.toLowerCase().replace('-', '')}:${Buffer.from(imprint).toString('hex')}`;
      if (realm.mode === 'live' && sealer.stampOutside !== null) {
        const token = await sealer.stampOutside(imprint, digest);
        stamps.push({ index, time: sealer.core.clock(), authority: 'external', imprint: imprintText });
        return token;
      }
      const { token, time, authority: name } = await authority.stamp(imprint, digest);
      stamps.push({ index, time, authority: name, imprint: imprintText });
      return token;
    },
    revocation: async (certificate, issuer) => authority.status(certificate, issuer),
  };
}

/** The one step that counts: false where somebody was faster, or the request ended otherwise. */
async function commit(
  core: Core,
  { id, realm }: RequestRecord,
  document: DocumentRecord,
  files: SealedFiles,
  made: readonly MadeSignature[],
  stamps: readonly Stamp[],
): Promise<boolean> {
  return core.store.transaction(async (tx) => {
    const row = await heldRequest(tx, core, id);
    if (row.status !== 'sealing') return false;
    // Another attempt took this one for dead and revoked its certificates: that one goes on.
    const lost = await tx
      .selectFrom('certificates')
      .select('serial')
      .where('request_id', '=', id)
      .where('reason', '=', 'abandoned')
      .execute();
    const mine = new Set(made.map(({ credential }) => serialOf(credential)));
    if (lost.some(({ serial }) => mine.has(serial))) return false;
    await tx
      .updateTable('requests')
      .set({ sealed_files: JSON.stringify(files) })
      .where('id', '=', id)
      .execute();
    for (const [index, { signers, credential }] of made.entries()) {
      const seal = sealOf(
        credential,
        stamps.find((stamp) => stamp.index === index),
      );
      for (const signer of signers)
        await tx
          .updateTable('signers')
          .set({ seal: JSON.stringify(seal) })
          .where('id', '=', signer.id)
          .execute();
    }
    const request = await finish(tx, core, { ...row, sealed_files: JSON.stringify(files) }, 'completed', { actor: 'system' });
    const link = fileUrl(core.links, 'sealed-document', id, core.clock(), files.fileName, 7 * FILE_LINK_LIFE);
    for (const signer of request.headless ? [] : request.signers)
      await mailTo(tx, core, realm, signer, 'completed', { document: document.name, link });
    return true;
  });
}

function serialOf({ chain }: Credential): string | null {
  const read = parseCertificate(chain[0]);
  return read.ok ? read.value.serialHex : null;
}

function sealOf({ chain }: Credential, stamp: Stamp | undefined): SignerSeal {
  const read = parseCertificate(chain[0]);
  if (!read.ok) throw new Error('a certificate of our own cannot be read');
  const { issuer, serialHex, notBefore, notAfter, qcStatements } = read.value;
  return {
    issuer: nameIn(issuer, ORGANIZATION) ?? issuer.text,
    serial: serialHex,
    validFrom: notBefore,
    validTo: notAfter,
    qualified: qcStatements !== null,
    provider: nameIn(issuer, COMMON_NAME) ?? issuer.text,
    timestamp: { time: stamp?.time ?? 0, authority: stamp?.authority ?? '', imprint: stamp?.imprint ?? '' },
    certificate: Buffer.from(chain[0]).toString('base64'),
  };
}

const nameIn = (name: Name, type: string): string | undefined => attributeValues(name, type)[0];

const ORGANIZATION = '2.5.4.10';
const COMMON_NAME = '2.5.4.3';

/** Logs that somebody took the sealed document. */
export async function logDownload(core: Core, requestId: string, what: string): Promise<void> {
  await core.store.transaction(async (tx) => {
    await heldRequest(tx, core, requestId);
    await logEvent(tx, core, requestId, { type: 'document.downloaded', actor: 'api', details: { what } });
  });
}
