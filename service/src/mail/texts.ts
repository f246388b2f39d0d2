/** What the service writes to signers, in English and German. Plain text only: names of others are never markup. */

export type MessageKind = 'invitation' | 'reminder' | 'code' | 'cancelled' | 'completed';

export interface MessageFacts {
  readonly signer: string;
  readonly document: string;
  readonly link?: string;
  readonly code?: string;
  /** What the sender of the request adds. */
  readonly note?: string | null;
  /** ISO date. */
  readonly until?: string;
}

export interface MessageText {
  readonly subject: string;
  readonly body: string;
}

/** The message in the signer's language; English for all that are not known. */
export function messageText(kind: MessageKind, facts: MessageFacts, locale: string | null): MessageText {
  const { subject, lines } = (locale?.toLowerCase().startsWith('de') ? GERMAN : ENGLISH)[kind](cleaned(facts));
  return { subject, body: `${lines.filter((line) => line !== null).join('\n')}\n` };
}

/** A short message for a telephone. */
export const codeBySms = (code: string, locale: string | null): string =>
  locale?.toLowerCase().startsWith('de') ? `Ihr Code zum Unterschreiben: ${code}` : `Your code to sign: ${code}`;

/** A short message with a link. */
export function invitationBySms(document: string, link: string, locale: string | null): string {
  const name = document.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, 80);
  return locale?.toLowerCase().startsWith('de') ? `Bitte unterschreiben Sie „${name}“: ${link}` : `Please sign "${name}": ${link}`;
}

interface Written {
  readonly subject: string;
  readonly lines: readonly (string | null)[];
}

type Language = Readonly<Record<MessageKind, (facts: MessageFacts) => Written>>;

const noteOf = ({ note }: MessageFacts, lead: string): string | null => (note ? `\n${lead}\n${note}` : null);

const ENGLISH: Language = {
  invitation: (facts) => ({
    subject: `Please sign: ${facts.document}`,
    lines: [
      `Hello ${facts.signer},`,
      '',
      `you are asked to sign "${facts.document}". Read and sign it here:`,
      facts.link ?? '',
      facts.until ? `\nThe request ends on ${facts.until}.` : null,
      noteOf(facts, 'The sender writes:'),
    ],
  }),
  reminder: (facts) => ({
    subject: `Reminder: please sign ${facts.document}`,
    lines: [
      `Hello ${facts.signer},`,
      '',
      `"${facts.document}" still waits for your signature:`,
      facts.link ?? '',
      facts.until ? `\nThe request ends on ${facts.until}.` : null,
      noteOf(facts, 'The sender writes:'),
    ],
  }),
  code: (facts) => ({
    subject: `Your code to sign ${facts.document}`,
    lines: [
      `Hello ${facts.signer},`,
      '',
      `your code is ${facts.code ?? ''}`,
      '',
      'It holds for ten minutes. Tell it to nobody: we never ask for it by mail or telephone.',
    ],
  }),
  cancelled: (facts) => ({
    subject: `No signature needed any more: ${facts.document}`,
    lines: [`Hello ${facts.signer},`, '', `the request to sign "${facts.document}" was cancelled.`, noteOf(facts, 'The sender writes:')],
  }),
  completed: (facts) => ({
    subject: `Signed by all: ${facts.document}`,
    lines: [`Hello ${facts.signer},`, '', `everybody has signed "${facts.document}". Your copy:`, facts.link ?? ''],
  }),
};

const GERMAN: Language = {
  invitation: (facts) => ({
    subject: `Bitte unterschreiben: ${facts.document}`,
    lines: [
      `Guten Tag ${facts.signer},`,
      '',
      `Sie werden gebeten, „${facts.document}“ zu unterschreiben. Hier lesen und unterschreiben Sie:`,
      facts.link ?? '',
      facts.until ? `\nDie Anfrage endet am ${facts.until}.` : null,
      noteOf(facts, 'Der Absender schreibt:'),
    ],
  }),
  reminder: (facts) => ({
    subject: `Erinnerung: bitte unterschreiben Sie ${facts.document}`,
    lines: [
      `Guten Tag ${facts.signer},`,
      '',
      `„${facts.document}“ wartet noch auf Ihre Unterschrift:`,
      facts.link ?? '',
      facts.until ? `\nDie Anfrage endet am ${facts.until}.` : null,
      noteOf(facts, 'Der Absender schreibt:'),
    ],
  }),
  code: (facts) => ({
    subject: `Ihr Code zum Unterschreiben von ${facts.document}`,
    lines: [
      `Guten Tag ${facts.signer},`,
      '',
      `Ihr Code lautet ${facts.code ?? ''}`,
      '',
      'Er gilt zehn Minuten. Geben Sie ihn niemandem weiter: wir fragen nie per Mail oder Telefon danach.',
    ],
  }),
  cancelled: (facts) => ({
    subject: `Keine Unterschrift mehr nötig: ${facts.document}`,
    lines: [
      `Guten Tag ${facts.signer},`,
      '',
      `die Anfrage, „${facts.document}“ zu unterschreiben, wurde zurückgezogen.`,
      noteOf(facts, 'Der Absender schreibt:'),
    ],
  }),
  completed: (facts) => ({
    subject: `Von allen unterschrieben: ${facts.document}`,
    lines: [`Guten Tag ${facts.signer},`, '', `alle haben „${facts.document}“ unterschrieben. Ihr Exemplar:`, facts.link ?? ''],
  }),
};

/** No line breaks and control characters of others where a line is expected. */
function cleaned(facts: MessageFacts): MessageFacts {
  const line = (text: string): string => text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ').slice(0, 300);
  return {
    ...facts,
    signer: line(facts.signer),
    document: line(facts.document),
    ...(facts.note && { note: facts.note.replace(/[^\P{Cc}\n]+/gu, ' ').slice(0, 2000) }),
  };
}
