/** The words of the pages in English. */
import { counted, type Language } from '../languages/languages.ts';

/** Ways that a one-time code goes. */
type CodeChannel = 'email' | 'sms' | 'whatsapp';

type PictureWord = Readonly<Record<'face' | 'document-front' | 'document-back', string>>;

export interface Words {
  readonly language: Language;
  readonly skip: string;
  readonly languages: string;
  readonly testMode: string;
  readonly signTitle: (name: string) => string;
  readonly document: string;
  readonly page: (page: number | string, pages: number | string) => string;
  readonly pages: (count: number) => string;
  readonly openDocument: string;
  readonly cardText: (ending: string) => string;
  readonly fingerprint: string;
  readonly loading: string;
  readonly cannotShow: string;
  readonly signHere: string;
  readonly largerText: string;
  readonly smallerText: string;
  readonly asked: (signer: string) => string;
  readonly until: (date: string) => string;
  readonly level: Readonly<Record<'simple' | 'advanced' | 'qualified', string>>;
  readonly signers: string;
  readonly signerStatus: Readonly<
    Record<'waiting' | 'verification-failed' | 'signed' | 'declined' | 'approval-waiting' | 'approved' | 'viewer', string>
  >;
  readonly you: string;
  readonly step: (step: number, steps: number) => string;
  readonly proveTitle: string;
  readonly proveText: (channel: CodeChannel, to: string) => string;
  readonly sendCode: string;
  readonly sendAgain: string;
  readonly codeLabel: string;
  readonly codeHint: string;
  readonly codeSent: (channel: CodeChannel, to: string) => string;
  readonly checkCode: string;
  readonly codeRight: string;
  readonly codeWrong: string;
  readonly codeLocked: string;
  readonly identityTitle: string;
  /** Test mode. */
  readonly identityPlayed: string;
  readonly numberText: string;
  readonly identityLabel: string;
  readonly numberWrong: string;
  readonly identityCheck: string;
  readonly identityRight: string;
  readonly picturesText: string;
  readonly picture: PictureWord;
  readonly pictureHint: PictureWord;
  readonly pictureKept: string;
  readonly choosePicture: string;
  readonly useCamera: string;
  readonly takePicture: string;
  readonly closeCamera: string;
  readonly noCamera: string;
  readonly pictureMissing: string;
  readonly pictureBad: string;
  readonly pictureLarge: string;
  readonly samplePictures: string;
  readonly sendPictures: string;
  readonly checkingTitle: string;
  readonly checkingText: string;
  readonly lookAgain: string;
  readonly providerText: (provider: string) => string;
  readonly providerGo: (provider: string) => string;
  readonly providerNewTab: string;
  /** Why somebody who comes back from an identity provider is not identified. */
  readonly providerProblem: Readonly<Record<'denied' | 'wrong-person' | 'weak' | 'expired' | 'failed', string>>;
  readonly consentTitle: string;
  readonly consentLabel: string;
  readonly consentMissing: string;
  readonly sign: string;
  /** What is said in other words to who agrees without a signature. */
  readonly approval: Pick<
    Words,
    | 'skip'
    | 'signTitle'
    | 'cardText'
    | 'asked'
    | 'consentTitle'
    | 'consentLabel'
    | 'consentMissing'
    | 'sign'
    | 'decline'
    | 'signedTitle'
    | 'completedTitle'
  >;
  readonly viewerTitle: string;
  readonly viewerText: string;
  readonly decline: string;
  readonly declineText: string;
  readonly declineLabel: string;
  readonly declineNow: string;
  readonly declineMissing: string;
  readonly signedTitle: string;
  readonly signedText: string;
  readonly sealingText: string;
  readonly completedTitle: string;
  readonly completedText: string;
  readonly download: string;
  readonly declinedTitle: string;
  readonly declinedText: string;
  readonly notTurnTitle: string;
  readonly notTurnText: string;
  readonly failedTitle: string;
  readonly failedText: string;
  readonly closedTitle: string;
  readonly closedText: Readonly<Record<'expired' | 'cancelled' | 'declined' | 'failed' | 'other', string>>;
  readonly goOn: (host: string) => string;
  readonly goingOn: (host: string) => string;
  readonly chooseTitle: string;
  readonly chooseText: string;
  readonly continueAs: (name: string) => string;
  readonly expiredTitle: string;
  readonly expiredText: string;
  readonly renew: string;
  readonly renewedTitle: string;
  readonly renewedText: string;
  readonly invalidTitle: string;
  readonly invalidText: string;
  readonly sessionOver: string;
  readonly tooMany: string;
  readonly changed: string;
  readonly noConnection: string;
  readonly errorTitle: string;
  readonly errorText: string;
  readonly outboxTitle: string;
  readonly outboxText: string;
  readonly outboxEmpty: string;
  readonly to: string;
  readonly kept: string;
  readonly validateTitle: string;
  readonly validateText: string;
  readonly chooseFile: string;
  readonly dropHere: string;
  readonly detachedTitle: string;
  readonly detachedText: string;
  readonly detachedLabel: string;
  readonly validate: string;
  readonly validating: string;
  readonly verdict: Readonly<Record<'good' | 'bad' | 'open' | 'none', string>>;
  readonly verdictText: Readonly<Record<'good' | 'bad' | 'open' | 'none', string>>;
  readonly signatureNumber: (number: number) => string;
  readonly facts: Readonly<Record<'result' | 'reason' | 'signer' | 'issuer' | 'time' | 'level' | 'timestamp' | 'revocation', string>>;
  readonly unknownSigner: string;
  readonly notStamped: string;
  readonly stamped: Readonly<Record<'true' | 'false', string>>;
  readonly revocation: Readonly<Record<'good' | 'revoked' | 'unknown' | 'not-checked', string>>;
  readonly fullReport: string;
  readonly another: string;
  readonly problem: Readonly<
    Record<'missing' | 'tooLarge' | 'unreadable' | 'encrypted' | 'tooComplex' | 'busy' | 'tooMany' | 'malformed' | 'internal', string>
  >;
  readonly problemTitle: string;
}

export const ENGLISH: Words = {
  language: 'en',
  skip: 'Skip to signing',
  languages: 'Language',
  testMode: 'Test mode: signatures made here bind nobody.',
  signTitle: (name) => `Sign: ${name}`,
  document: 'Document',
  page: (page, pages) => `Page ${page} of ${pages}`,
  pages: (count) => counted(count, 'en', { one: 'page', other: 'pages' }),
  openDocument: 'Open the document',
  cardText: (ending) => `This ${ending} file cannot be shown here. Open it and read it before you sign.`,
  fingerprint: 'SHA-256',
  loading: 'The document is being opened …',
  cannotShow: 'The document cannot be shown here. Open it with the link above.',
  signHere: 'Your signature goes here',
  largerText: 'Larger',
  smallerText: 'Smaller',
  asked: (signer) => `${signer}, you are asked to sign this document.`,
  until: (date) => `The request ends on ${date}.`,
  level: { simple: 'Simple electronic signature', advanced: 'Advanced electronic signature', qualified: 'Qualified electronic signature' },
  signers: 'Signers',
  signerStatus: {
    waiting: 'not signed yet',
    'verification-failed': 'identity not proven',
    signed: 'signed',
    declined: 'declined',
    'approval-waiting': 'not approved yet',
    approved: 'approved',
    viewer: 'gets a copy',
  },
  you: 'you',
  step: (step, steps) => `Step ${step} of ${steps}`,
  proveTitle: 'Confirm that it is you',
  proveText: (channel, to) =>
    ({
      email: `We send a code of six digits to ${to}.`,
      sms: `We send a code of six digits as a text message to ${to}.`,
      whatsapp: `We send a code of six digits by WhatsApp to ${to}.`,
    })[channel],
  sendCode: 'Send me the code',
  sendAgain: 'Send a new code',
  codeLabel: 'Code',
  codeHint: 'Six digits. The code holds for ten minutes.',
  codeSent: (channel, to) =>
    ({
      email: `A code is on its way to ${to}.`,
      sms: `A text message is on its way to ${to}.`,
      whatsapp: `A WhatsApp message is on its way to ${to}.`,
    })[channel],
  checkCode: 'Confirm',
  codeRight: 'Thank you. It is confirmed that it is you.',
  codeWrong: 'This code is wrong. Look at the newest message and try again.',
  codeLocked: 'This code does not hold any more: it was wrong three times, or is too old. Ask for a new one.',
  identityTitle: 'Confirm who you are',
  identityPlayed: 'Test mode: the check is played, and nobody looks at what you send.',
  numberText: 'Enter the number of your identity document.',
  identityLabel: 'Number of the identity document',
  numberWrong: 'The sender has another number for you. Look at it once more and try again.',
  identityCheck: 'Check',
  identityRight: 'Thank you. Your identity is confirmed.',
  picturesText:
    'Take a picture of your face and of your identity document. The pictures are kept encrypted, for the sender of this request only.',
  picture: { face: 'Your face', 'document-front': 'Identity document, front', 'document-back': 'Identity document, back' },
  pictureHint: {
    face: 'Look straight into the camera, without a hat or dark glasses.',
    'document-front': 'The whole document, sharp and without reflections.',
    'document-back': 'The whole document, sharp and without reflections.',
  },
  pictureKept: 'This picture has arrived. You may replace it.',
  choosePicture: 'Choose a picture',
  useCamera: 'Use the camera',
  takePicture: 'Take the picture',
  closeCamera: 'Close the camera',
  noCamera: 'The camera cannot be used. Choose a picture instead.',
  pictureMissing: 'A picture is still missing.',
  pictureBad: 'This is no picture in JPEG form. Choose another one.',
  pictureLarge: 'A picture is too large: 10 MB at most.',
  samplePictures: 'Use sample pictures',
  sendPictures: 'Send for checking',
  checkingTitle: 'Your identity is being checked',
  checkingText: 'This may take a few minutes. The page goes on by itself; you may also close it and come back by your link.',
  lookAgain: 'Look again',
  providerText: (provider) => `You log in at ${provider}, which tells us who you are. Afterwards you come back here to sign.`,
  providerGo: (provider) => `Go on to ${provider}`,
  providerNewTab: 'It opens in a new tab; this page goes on by itself when you are done there.',
  providerProblem: {
    denied: 'The login was cancelled, so you are not identified yet. Try again.',
    'wrong-person': 'This login belongs to somebody else than the person who is asked to sign. Log in as yourself.',
    weak: 'This way to log in is not strong enough here. Choose a stronger one.',
    expired: 'The login took too long, or was used already. Try again.',
    failed: 'Your identity could not be confirmed there. Try again in a moment.',
  },
  consentTitle: 'Read and sign',
  consentLabel: 'I have read the document and want to sign it electronically.',
  consentMissing: 'Tick the box to say that you have read the document and want to sign it.',
  sign: 'Sign',
  approval: {
    skip: 'Skip to approving',
    signTitle: (name) => `Approve: ${name}`,
    cardText: (ending) => `This ${ending} file cannot be shown here. Open it and read it before you approve it.`,
    asked: (signer) => `${signer}, you are asked to approve this document.`,
    consentTitle: 'Read and approve',
    consentLabel: 'I have read the document and approve it.',
    consentMissing: 'Tick the box to say that you have read the document and approve it.',
    sign: 'Approve',
    decline: 'Refuse to approve',
    signedTitle: 'You have approved',
    completedTitle: 'Approved and signed by all',
  },
  viewerTitle: 'For you to read',
  viewerText: 'Nothing is asked of you. You get a copy by mail when everybody has signed.',
  decline: 'Decline to sign',
  declineText: 'The request ends for everybody, and the sender is told your reason.',
  declineLabel: 'Reason',
  declineNow: 'Decline',
  declineMissing: 'Say why you decline.',
  signedTitle: 'You have signed',
  signedText: 'When everybody has signed, you get your copy by mail. You may close this page.',
  sealingText: 'Everybody has signed. The signed document is being made …',
  completedTitle: 'Signed by all',
  completedText: 'The document is complete. Keep your copy.',
  download: 'Download the signed document',
  declinedTitle: 'You have declined',
  declinedText: 'The sender has been told. There is nothing more to do.',
  notTurnTitle: 'It is not your turn yet',
  notTurnText: 'Others sign first. You get a mail when it is your turn; this page also sees it by itself.',
  failedTitle: 'This link is locked',
  failedText: 'It could not be confirmed that it is you. Ask the sender for a new request.',
  closedTitle: 'This request is closed',
  closedText: {
    expired: 'The time to sign is over. Ask the sender for a new request.',
    cancelled: 'The sender has withdrawn the request.',
    declined: 'Somebody declined to sign, so the request has ended.',
    failed: 'Everybody has signed, but the signed document could not be made yet. You need not do anything: the sender sees to it.',
    other: 'Nothing can be signed here any more.',
  },
  goOn: (host) => `Go on to ${host}`,
  goingOn: (host) => `You are taken to ${host} in a moment.`,
  chooseTitle: 'Who are you?',
  chooseText: 'Several people are asked to sign this document.',
  continueAs: (name) => `Continue as ${name}`,
  expiredTitle: 'This link has ended',
  expiredText: 'Links hold for a limited time, to keep your document safe.',
  renew: 'Mail me a new link',
  renewedTitle: 'A new link is on its way',
  renewedText: 'Look into your mailbox. You may close this page.',
  invalidTitle: 'This link is not valid',
  invalidText: 'Open the link as it stands in the mail, with all its letters, or ask the sender for a new one.',
  sessionOver: 'You were away for long. Open the link from the mail again.',
  tooMany: 'That was too often. Wait an hour and try again.',
  changed: 'That cannot be done any more. This is how it stands now.',
  noConnection: 'There is no connection. Try again.',
  errorTitle: 'Something went wrong',
  errorText: 'It is our fault. Try again in a moment.',
  outboxTitle: 'Outbox',
  outboxText: 'Mails that the service wrote and did not send, the newest first. This page is for development.',
  outboxEmpty: 'There are no mails yet.',
  to: 'To',
  kept: 'Written',
  validateTitle: 'Check signatures',
  validateText: 'PDF, XML, CAdES and ASiC files. The file is checked here and not kept.',
  chooseFile: 'Signed file',
  dropHere: 'Choose a file, or drop it here.',
  detachedTitle: 'The signature is in a file of its own',
  detachedText: 'Then add the document that was signed.',
  detachedLabel: 'Document that was signed',
  validate: 'Check',
  validating: 'The file is being checked …',
  verdict: { good: 'Valid', bad: 'Not valid', open: 'Not confirmed', none: 'Not signed' },
  verdictText: {
    good: 'Every signature and time-stamp in this file is valid.',
    bad: 'A signature or time-stamp in this file is not valid, or the file was changed after it was signed.',
    open: 'Nothing is proven wrong, but not everything in this file could be confirmed.',
    none: 'This file holds no signature.',
  },
  signatureNumber: (number) => `Signature ${number}`,
  facts: {
    result: 'Result',
    reason: 'Reason',
    signer: 'Signed by',
    issuer: 'Vouched for by',
    time: 'Time',
    level: 'Level',
    timestamp: 'Time-stamp',
    revocation: 'Certificate',
  },
  unknownSigner: 'unknown',
  notStamped: 'none: the time is as the signer says',
  stamped: { true: 'valid', false: 'not valid' },
  revocation: { good: 'not revoked', revoked: 'revoked', unknown: 'unknown whether revoked', 'not-checked': 'not checked whether revoked' },
  fullReport: 'Full report',
  another: 'Check another file',
  problem: {
    missing: 'Choose a file first.',
    tooLarge: 'The file is too large.',
    unreadable: 'This is no file of a kind that can be checked: no PDF, XML, CAdES or ASiC file.',
    encrypted: 'This PDF is encrypted: without what opens it, it cannot be checked here.',
    tooComplex: 'The file takes more time or memory to check than is allowed.',
    busy: 'Too many files wait at this moment. Try again.',
    tooMany: 'You have checked many files in this minute. Wait a little.',
    malformed: 'What came here could not be read. Try again.',
    internal: 'Something went wrong here. Try again.',
  },
  problemTitle: 'The file could not be checked',
};
