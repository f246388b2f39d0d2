/** What the service writes in English. */
import type { Language } from '../languages/languages.ts';

/** Subject and text of a mail, by the name of the document. */
type Mail = readonly [subject: (document: string) => string, text: (document: string) => string];

export interface MessageWords {
  readonly language: Language;
  readonly hello: (name: string) => string;
  readonly invitation: Mail;
  readonly reminder: Mail;
  /** To who agrees without a signature. */
  readonly approval: Mail;
  readonly approvalReminder: Mail;
  readonly cancelled: Mail;
  readonly completed: Mail;
  readonly codeSubject: (document: string) => string;
  readonly code: (code: string) => string;
  readonly codeHint: string;
  readonly until: (date: string) => string;
  /** Before what the sender adds. */
  readonly note: string;
  /** To whom an account of the portal is offered. */
  readonly account: {
    readonly subject: string;
    readonly text: (by: string) => string;
    readonly until: (date: string) => string;
  };
  readonly codeBySms: (code: string) => string;
  /** A link follows. */
  readonly invitationBySms: (document: string) => string;
  readonly approvalBySms: (document: string) => string;
}

export const ENGLISH: MessageWords = {
  language: 'en',
  hello: (name) => `Hello ${name},`,
  invitation: [(document) => `Please sign: ${document}`, (document) => `you are asked to sign "${document}". Read and sign it here:`],
  reminder: [(document) => `Reminder: please sign ${document}`, (document) => `"${document}" still waits for your signature:`],
  approval: [
    (document) => `Please approve: ${document}`,
    (document) => `you are asked to approve "${document}". Read and approve it here:`,
  ],
  approvalReminder: [(document) => `Reminder: please approve ${document}`, (document) => `"${document}" still waits for your approval:`],
  cancelled: [
    (document) => `No signature needed any more: ${document}`,
    (document) => `the sender has withdrawn the request to sign "${document}".`,
  ],
  completed: [(document) => `Signed by all: ${document}`, (document) => `everybody has signed "${document}". Your copy:`],
  codeSubject: (document) => `Your code for ${document}`,
  code: (code) => `your code is ${code}`,
  codeHint: 'It holds for ten minutes. Tell it to nobody: we never ask for it by mail or telephone.',
  until: (date) => `The request ends on ${date}.`,
  note: 'The sender writes:',
  account: {
    subject: 'Your access to the developer portal',
    text: (by) => `${by} invites you to the developer portal. Choose your password here:`,
    until: (date) => `The link works once, until ${date}. If you expected no invitation, you need not do anything.`,
  },
  codeBySms: (code) => `Your code to sign: ${code}`,
  invitationBySms: (document) => `Please sign "${document}"`,
  approvalBySms: (document) => `Please approve "${document}"`,
};
