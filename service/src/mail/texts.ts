/** What the service writes to signers, in their language. Plain text only: names of others are never markup. */
import { dayText, type Language, languageFrom } from '../languages/languages.ts';
import { GERMAN } from './texts.de.ts';
import { ENGLISH, type MessageWords } from './texts.en.ts';
import { SPANISH } from './texts.es.ts';
import { FRENCH } from './texts.fr.ts';
import { POLISH } from './texts.pl.ts';
import { PORTUGUESE } from './texts.pt.ts';

export type MessageKind = 'invitation' | 'reminder' | 'code' | 'cancelled' | 'completed';

export interface MessageFacts {
  readonly signer: string;
  readonly document: string;
  readonly link?: string;
  readonly code?: string;
  /** What the sender of the request adds. */
  readonly note?: string | null;
  /** When the request ends. */
  readonly until?: number;
}

export interface MessageText {
  readonly subject: string;
  readonly body: string;
}

/** The message in the signer's language; English for all that are not known. `approves`: to who agrees without a signature. */
export function messageText(kind: MessageKind, facts: MessageFacts, locale: string | null, approves = false): MessageText {
  const words = messageWords(locale);
  const { signer, document, link, code, note, until } = cleaned(facts);
  const [subject, text] = textsOf(words, kind, approves);
  const lines = [
    words.hello(signer),
    '',
    kind === 'code' ? words.code(code ?? '') : text(document),
    link ?? null,
    kind === 'code' ? `\n${words.codeHint}` : null,
    until === undefined ? null : `\n${words.until(dayText(until, words.language))}`,
    note ? `\n${words.note}\n${note}` : null,
  ];
  return { subject: subject(document), body: `${lines.filter((line) => line !== null).join('\n')}\n` };
}

/** To whom an account of the portal is offered; `by`: the address of who offers it. */
export function invitationText(
  { by, link, until }: { readonly by: string; readonly link: string; readonly until: number },
  locale: string | null,
): MessageText {
  const { language, account } = messageWords(locale);
  return { subject: account.subject, body: `${account.text(oneLine(by, 300))}\n${link}\n\n${account.until(dayText(until, language))}\n` };
}

/** A short message for a telephone. */
export const codeBySms = (code: string, locale: string | null): string => messageWords(locale).codeBySms(code);

/** A short message with a link. */
export function invitationBySms(document: string, link: string, locale: string | null, approves = false): string {
  const { invitationBySms: sign, approvalBySms: approve } = messageWords(locale);
  return `${(approves ? approve : sign)(oneLine(document, 80))}: ${link}`;
}

export const messageWords = (locale: string | null): MessageWords => CATALOGUES[languageFrom(locale)];

type ByDocument = (document: string) => string;

function textsOf(words: MessageWords, kind: MessageKind, approves: boolean): readonly [subject: ByDocument, text: ByDocument] {
  if (kind === 'code') return [words.codeSubject, words.code];
  if (approves && kind === 'invitation') return words.approval;
  return approves && kind === 'reminder' ? words.approvalReminder : words[kind];
}

/** No line breaks and control characters of others where a line is expected. */
function cleaned(facts: MessageFacts): MessageFacts {
  return {
    ...facts,
    signer: oneLine(facts.signer, 300),
    document: oneLine(facts.document, 300),
    ...(facts.note && { note: facts.note.replace(/[^\P{Cc}\n]+/gu, ' ').slice(0, 2000) }),
  };
}

const oneLine = (text: string, most: number): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, most);

const CATALOGUES: Readonly<Record<Language, MessageWords>> = {
  en: ENGLISH,
  de: GERMAN,
  pt: PORTUGUESE,
  es: SPANISH,
  fr: FRENCH,
  pl: POLISH,
};
