/** What a signer may do on the page: each act is a POST with the session of the page. */
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { PictureKind } from '../domain/core.ts';
import { PICTURE_KINDS } from '../domain/evidence.ts';
import { ServiceFault } from '../domain/fault.ts';
import { showIdentity } from '../domain/identity.ts';
import { checkCode, codeChannelOf, consent, decline, sendCode, signNow, type Visitor } from '../domain/signing.ts';
import { receiveParts } from '../http/upload.ts';
import { type Access, requestOfSigner, requireSession } from './access.ts';
import type { PageParts } from './parts.ts';
import type { Told } from './shown.ts';
import { byId, show, visitorOf, wordsFor } from './signing-routes.ts';
import { addressOf } from './signing-view.ts';
import type { Words } from './words.ts';

interface Sent {
  readonly fields: z.output<typeof actFields>;
  readonly pictures: ReadonlyMap<PictureKind, Uint8Array>;
}

type Act = (signer: string, sent: Sent, visitor: Visitor, words: Words) => Promise<Told | null>;

export function signingActs(app: FastifyInstance, parts: PageParts): void {
  for (const [name, act] of Object.entries(actsOn(parts)))
    app.post(`/w/s/:id/${name}`, async (request, reply) => {
      const { id } = byId.parse(request.params);
      const words = wordsFor(request, null);
      const done = await doneBy(parts, request, id, (sent) => act(`sgn_${id}`, sent, visitorOf(request), words), words);
      return show(parts, reply, request, `sgn_${id}`, done.access, words, done.told);
    });
}

function actsOn({ core }: PageParts): Readonly<Record<string, Act>> {
  return {
    code: async (signer, _sent, _visitor, words) => {
      await sendCode(core, signer);
      const found = (await requestOfSigner(core, signer))?.signers.find(({ id }) => id === signer);
      return found ? { tone: 'good', text: words.codeSent(codeChannelOf(found), addressOf(found)) } : null;
    },
    check: async (signer, { fields: { code } }, _visitor, words) => {
      const outcome = await checkCode(core, signer, code);
      if (outcome === 'right') return { tone: 'good', text: words.codeRight };
      if (outcome === 'wrong') return { tone: 'bad', text: words.codeWrong, about: 'code' };
      return outcome === 'void' ? { tone: 'bad', text: words.codeLocked, spent: true } : null;
    },
    identity: async (signer, { fields: { number, sample }, pictures }, _visitor, words) => {
      const showing = await showIdentity(core, signer, number, sample === 'yes' ? 'sample' : pictures);
      if (showing === 'wrong-number') return { tone: 'bad', text: words.numberWrong, about: 'number', typed: number };
      if (showing === 'picture-missing') return { tone: 'bad', text: words.pictureMissing, about: 'pictures', typed: number };
      return showing === 'verified' ? { tone: 'good', text: words.identityRight } : null;
    },
    sign: async (signer, { fields: { consent: given } }, visitor, words) => {
      if (given !== 'yes') return { tone: 'bad', text: words.consentMissing, about: 'consent' };
      await consent(core, signer, visitor);
      await signNow(core, signer, visitor);
      return null;
    },
    decline: async (signer, { fields: { reason } }, visitor, words) => {
      if (reason === '') return { tone: 'bad', text: words.declineMissing, about: 'reason' };
      await decline(core, signer, reason, visitor);
      return null;
    },
    // Nothing but another look.
    look: async () => null,
  };
}

/** Proves the session, then acts; what a signer can put right is told. */
async function doneBy(
  { core }: PageParts,
  request: FastifyRequest,
  id: string,
  act: (sent: Sent) => Promise<Told | null>,
  words: Words,
): Promise<{ readonly access: Access; readonly told: Told | null }> {
  const open: { access: Access | null } = { access: null };
  const enter = (session: unknown): Access => {
    open.access = requireSession(core, id, session);
    return open.access;
  };
  try {
    const sent = await sentIn(request, enter);
    const access = open.access ?? enter(sent.fields.session);
    return { access, told: await act(sent).catch((error: unknown) => refusal(error, words)) };
  } catch (error) {
    if (open.access === null) throw error;
    return { access: open.access, told: refusal(error, words) };
  }
}

async function sentIn(request: FastifyRequest, enter: (session: unknown) => Access): Promise<Sent> {
  if (!request.isMultipart()) return { fields: actFields.parse(request.body ?? {}), pictures: new Map() };
  // Nobody's pictures are read before it is known whose they are.
  const { files, fields } = await receiveParts(request, LARGEST_PICTURE, PICTURE_KINDS.length, ({ session }) => void enter(session));
  const pictures = new Map<PictureKind, Uint8Array>();
  for (const kind of PICTURE_KINDS) {
    const bytes = files.get(kind)?.bytes;
    if (bytes && bytes.length > 0) pictures.set(kind, bytes);
  }
  return { fields: actFields.parse(fields), pictures };
}

export function refusal(error: unknown, words: Words): Told {
  const text = error instanceof ServiceFault ? REFUSALS[error.code] : undefined;
  if (text === undefined) throw error;
  return { tone: 'bad', text: words[text], ...(text.startsWith('picture') && { about: 'pictures' }) };
}

const REFUSALS: Readonly<Record<string, 'changed' | 'tooMany' | 'pictureBad' | 'pictureLarge' | 'errorText'>> = {
  conflict: 'changed',
  'too-many-requests': 'tooMany',
  'unsupported-media': 'pictureBad',
  'too-large': 'pictureLarge',
  unavailable: 'errorText',
};

const actFields = z.object({
  session: z.string().max(300).default(''),
  code: z.string().max(40).default(''),
  number: z.string().trim().max(40).default(''),
  sample: z.string().max(10).default(''),
  consent: z.string().max(10).default(''),
  reason: z.string().trim().max(1000).default(''),
});

const LARGEST_PICTURE = 10 * 1024 * 1024;
