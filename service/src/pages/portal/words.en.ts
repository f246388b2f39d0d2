/** The words of the developer portal in English. */
import type { EventType, IdentityMethod, Ordering, RequestStatus, Role, SignatureLevel, SignerStatus } from '../../domain/model.ts';
import type { Delivery } from '../../webhooks/endpoints.ts';

type Named<Names extends string> = Readonly<Record<Names, string>>;

export interface PortalWords {
  readonly portal: string;
  readonly skip: string;
  readonly menu: string;
  readonly pages: Named<'overview' | 'requests' | 'webhooks' | 'deliveries' | 'keys' | 'people' | 'usage' | 'outbox' | 'api' | 'account'>;
  readonly mode: Named<'label' | 'test' | 'live'>;
  readonly signIn: Named<'title' | 'text' | 'email' | 'password' | 'button' | 'wrong' | 'tooMany' | 'over' | 'out' | 'signedOut' | 'first'>;
  readonly account: Named<
    | 'text'
    | 'title'
    | 'before'
    | 'after'
    | 'hint'
    | 'change'
    | 'changed'
    | 'wrong'
    | 'short'
    | 'role'
    | 'admin'
    | 'reader'
    | 'signedInAs'
    | 'customer'
  >;
  readonly problem: Named<'title' | 'back' | 'notFound' | 'forbidden' | 'foreign' | 'conflict' | 'tooMany' | 'failed'>;
  readonly none: Named<'requests' | 'found' | 'keys' | 'endpoints' | 'deliveries' | 'mails'>;
  readonly act: Named<'show' | 'all' | 'filter' | 'newer' | 'older' | 'copy' | 'copied' | 'cancel' | 'back' | 'any'>;
  readonly overview: Named<
    'open' | 'openText' | 'completed' | 'completedText' | 'undelivered' | 'undeliveredText' | 'keys' | 'keysText' | 'latest' | 'start'
  > & { readonly startSteps: readonly string[] };
  readonly requests: Named<
    'status' | 'interface' | 'made' | 'ends' | 'ended' | 'id' | 'number' | 'level' | 'ordering' | 'documents' | 'signers' | 'trail'
  > &
    Named<
      'original' | 'signed' | 'trailPdf' | 'trailJson' | 'whole' | 'broken' | 'signingPage' | 'cancelText' | 'cancelReason' | 'cancelled'
    > &
    Named<'anyId' | 'facts' | 'metadata' | 'sealText' | 'seal' | 'sealing' | 'erased' | 'api' | 'system' | 'headless' | 'trailText'> & {
      readonly signedOf: (signed: number, all: number) => string;
      readonly pages: (count: number) => string;
    };
  readonly status: Named<RequestStatus>;
  readonly signerStatus: Named<SignerStatus>;
  readonly role: Named<Role>;
  readonly level: Named<SignatureLevel>;
  readonly ordering: Named<Ordering>;
  readonly method: Named<IdentityMethod>;
  readonly events: Named<EventType>;
  readonly webhooks: Named<
    | 'text'
    | 'add'
    | 'url'
    | 'urlHint'
    | 'interface'
    | 'description'
    | 'saved'
    | 'secret'
    | 'secretText'
    | 'test'
    | 'tested'
    | 'disable'
    | 'disableText'
    | 'disabled'
    | 'active'
    | 'ended'
    | 'paused'
    | 'unsafe'
    | 'deliveries'
    | 'topics'
    | 'own'
    | 'ownHint'
    | 'renew'
    | 'renewText'
    | 'renewed'
    | 'added'
  >;
  readonly deliveries: Named<
    | 'text'
    | 'webhook'
    | 'resend'
    | 'resent'
    | 'attempts'
    | 'body'
    | 'next'
    | 'noAnswer'
    | 'noAttempts'
    | 'event'
    | 'made'
    | 'taken'
    | 'answer'
    | 'took'
  > & { readonly tries: (count: number) => string };
  readonly deliveryStatus: Named<Delivery['status']>;
  readonly keys: Named<
    | 'text'
    | 'add'
    | 'kind'
    | 'label'
    | 'labelHint'
    | 'create'
    | 'made'
    | 'madeText'
    | 'since'
    | 'rotate'
    | 'rotateText'
    | 'revoke'
    | 'revokeText'
    | 'revoked'
    | 'appId'
  >;
  readonly people: Named<
    | 'text'
    | 'you'
    | 'role'
    | 'makeAdmin'
    | 'makeAdminText'
    | 'makeReader'
    | 'makeReaderText'
    | 'changed'
    | 'remove'
    | 'removeText'
    | 'removed'
    | 'invite'
    | 'inviteHint'
    | 'send'
    | 'invited'
    | 'invitations'
    | 'until'
    | 'withdraw'
    | 'withdrawText'
    | 'withdrawn'
    | 'wrongEmail'
    | 'there'
    | 'tooMany'
    | 'noMail'
  > &
    Named<'join' | 'joinHint' | 'joinButton' | 'elsewhere' | 'over' | 'overText'> & { readonly joinText: (email: string) => string };
  readonly usage: Named<
    'text' | 'thisMonth' | 'limit' | 'noLimit' | 'month' | 'calls' | 'requests' | 'completed' | 'chart' | 'notCounted'
  > & {
    readonly of: (calls: string, limit: string) => string;
  };
  readonly outbox: Named<'text' | 'to'>;
  readonly api: Named<
    | 'text'
    | 'begins'
    | 'document'
    | 'operations'
    | 'parameters'
    | 'body'
    | 'answers'
    | 'required'
    | 'oneOf'
    | 'anything'
    | 'try'
    | 'send'
    | 'key'
    | 'keyText'
    | 'noScript'
    | 'sending'
    | 'failed'
    | 'file'
    | 'save'
    | 'live'
    | 'noBody'
    | 'curl'
  > & { readonly count: (count: number) => string; readonly title: (name: string) => string };
}

export const ENGLISH: PortalWords = {
  portal: 'Developer portal',
  skip: 'Skip to the content',
  menu: 'Portal',
  pages: {
    overview: 'Overview',
    requests: 'Requests',
    webhooks: 'Webhooks',
    deliveries: 'Deliveries',
    keys: 'API keys',
    people: 'People',
    usage: 'Usage',
    outbox: 'Outbox',
    api: 'API explorer',
    account: 'Account',
  },
  mode: { label: 'Data', test: 'Test', live: 'Live' },
  signIn: {
    title: 'Sign in',
    text: 'Keys, webhooks and requests of your company.',
    email: 'E-mail address',
    password: 'Password',
    button: 'Sign in',
    wrong: 'The address or the password is wrong.',
    tooMany: 'That was tried too often. Wait a minute, then try again.',
    over: 'You were signed out. Please sign in again.',
    out: 'Sign out',
    signedOut: 'You are signed out.',
    first: 'The first account is printed when the service starts for the first time.',
  },
  account: {
    text: 'Who you are here, and your password.',
    title: 'Change the password',
    before: 'Password now',
    after: 'New password',
    hint: 'At least 12 characters. All your other sessions end.',
    change: 'Change the password',
    changed: 'The password is changed. All other sessions have ended.',
    wrong: 'The password is wrong.',
    short: 'The new password needs at least 12 characters.',
    role: 'Role',
    admin: 'may change everything',
    reader: 'may look at everything and change nothing',
    signedInAs: 'Signed in as',
    customer: 'Customer id',
  },
  problem: {
    title: 'That did not work',
    back: 'Back to the overview',
    notFound: 'There is nothing here, or it is not kept any more.',
    forbidden: 'Your account may look, but not change anything.',
    foreign: 'This form was not sent from this page, or it is too old. Open the page again and repeat what you did.',
    conflict: 'It has changed in the meantime, so this is no longer possible.',
    tooMany: 'Too many requests. Wait a minute, then try again.',
    failed: 'Something went wrong on our side. Please try again.',
  },
  none: {
    requests: 'No requests yet. The API explorer makes the first one in a minute.',
    found: 'No request is like that.',
    keys: 'There are no keys yet.',
    endpoints: 'There are no webhooks yet.',
    deliveries: 'Nothing has been delivered yet.',
    mails: 'There are no mails yet. Invitations and codes of test requests appear here.',
  },
  act: {
    show: 'Show',
    all: 'Show all',
    filter: 'Apply',
    newer: 'Newest',
    older: 'Older',
    copy: 'Copy',
    copied: 'Copied',
    cancel: 'Cancel the request',
    back: 'Back',
    any: 'All',
  },
  overview: {
    open: 'Open requests',
    openText: 'somebody still has to sign',
    completed: 'Completed',
    completedText: 'signed by all, still kept',
    undelivered: 'Undelivered events',
    undeliveredText: 'waiting, or given up',
    keys: 'API keys',
    keysText: 'valid now',
    latest: 'Latest requests',
    start: 'The first request',
    startSteps: [
      'Create a test key.',
      'Send a document and a request in the API explorer, in the interface that your code speaks.',
      'Open the link from the outbox and sign.',
      'See the request, its audit trail and its webhook deliveries here.',
    ],
  },
  requests: {
    status: 'Status',
    interface: 'Interface',
    made: 'Made',
    ends: 'Ends',
    ended: 'Completed',
    id: 'Id',
    number: 'Number',
    anyId: 'Id of request, document or envelope',
    level: 'Level',
    ordering: 'Order',
    documents: 'Documents',
    signers: 'Signers',
    trail: 'Audit trail',
    original: 'Original',
    signed: 'Signed document',
    trailPdf: 'Audit trail as PDF',
    trailJson: 'Audit trail as JSON',
    whole: 'The chain of hashes is whole.',
    broken: 'The chain of hashes is broken.',
    signingPage: 'Signing page',
    cancelText: 'Nobody can sign it any more, and everybody who waits is told. This cannot be undone.',
    cancelReason: 'Reason (the signers read it)',
    cancelled: 'The request is cancelled.',
    sealText: 'Everybody has signed, but the signed document could not be made.',
    seal: 'Seal it again',
    sealing: 'It is being sealed again.',
    facts: 'Facts',
    erased: 'This document is not kept any more.',
    metadata: 'Metadata',
    api: 'API',
    system: 'Service',
    headless: 'No mails: the links are handed out by you.',
    trailText: 'Each event is chained to the one before by its hash.',
    signedOf: (signed, all) => `${signed} of ${all} signed`,
    pages: (count) => (count === 1 ? '1 page' : `${count} pages`),
  },
  status: {
    pending: 'Sent',
    started: 'Partly signed',
    sealing: 'Being sealed',
    completed: 'Completed',
    expired: 'Expired',
    cancelled: 'Cancelled',
    declined: 'Declined',
    failed: 'Sealing failed',
  },
  signerStatus: { waiting: 'has not signed', 'verification-failed': 'identity not proven', signed: 'signed', declined: 'declined' },
  role: { signer: 'Signer', approver: 'Approver', viewer: 'Reader' },
  level: { simple: 'Simple', advanced: 'Advanced', qualified: 'Qualified' },
  ordering: { parallel: 'All at once', sequential: 'One after another' },
  method: {
    video: 'Video',
    pictures: 'Pictures of face and document',
    'national-eid': 'National eID',
    bank: 'Bank',
    'sms-code': 'Code by SMS',
    'email-code': 'Code by e-mail',
    none: 'Link alone',
  },
  events: {
    'request.created': 'Request made',
    'signer.added': 'Signer added',
    'signer.invited': 'Signer invited',
    'signer.reminded': 'Signer reminded',
    'signer.opened': 'Signing page opened',
    'signer.code-sent': 'Code sent',
    'signer.code-wrong': 'Wrong code',
    'signer.number-shown': 'Document number given',
    'signer.number-wrong': 'Wrong document number',
    'signer.pictures-shown': 'Pictures taken',
    'signer.login-begun': 'Login begun',
    'signer.login-refused': 'Login refused',
    'signer.verified': 'Identity proven',
    'signer.verification-failed': 'Identity not proven',
    'signer.consented': 'Consent given',
    'signer.signed': 'Signed',
    'signer.declined': 'Declined',
    'request.sealing': 'Everybody has signed',
    'request.completed': 'Request completed',
    'request.cancelled': 'Request cancelled',
    'request.expired': 'Request expired',
    'request.declined': 'Request declined',
    'request.failed': 'Sealing failed',
    'document.downloaded': 'Document downloaded',
  },
  webhooks: {
    text: 'We tell your servers what happens, signed as the interface of the request does it.',
    add: 'Add a webhook',
    url: 'Address',
    urlHint: 'https://, reachable from the internet',
    interface: 'Interface whose events it gets',
    description: 'Description',
    saved: 'The webhook is saved. This is its secret: copy it now, it is not shown again.',
    secret: 'Secret',
    secretText: 'Your server checks the signature of each event with it.',
    test: 'Send a test event',
    tested: 'A test event is on its way.',
    disable: 'End this webhook',
    disableText: 'Nothing is sent to it any more. This cannot be undone.',
    disabled: 'The webhook has ended.',
    active: 'Active',
    ended: 'Ended',
    paused: 'Paused: it does not answer',
    unsafe: 'This address is refused: it must be a public https:// address.',
    deliveries: 'Deliveries',
    topics: 'Topics',
    own: 'Secret',
    ownHint: 'Leave it empty to get a new one.',
    added: 'The webhook is saved.',
    renew: 'Renew the secret',
    renewText: 'What is sent from now on is signed with a new secret.',
    renewed: 'This is the new secret: copy it now, it is not shown again.',
  },
  deliveries: {
    text: 'What was sent to your webhooks, and what they answered.',
    webhook: 'Webhook',
    resend: 'Send again',
    resent: 'It is sent again.',
    attempts: 'Attempts',
    body: 'What is sent',
    next: 'Next attempt',
    noAnswer: 'no answer',
    noAttempts: 'Not tried yet.',
    event: 'Event',
    made: 'Made',
    taken: 'Delivered',
    answer: 'Answer',
    took: 'Took',
    tries: (count) => (count === 1 ? '1 attempt' : `${count} attempts`),
  },
  deliveryStatus: { pending: 'Waiting', paused: 'Paused', delivered: 'Delivered', failed: 'Given up' },
  keys: {
    text: 'A key opens one interface, for test or for live data. We keep only its hash.',
    add: 'Create a key',
    kind: 'Interface',
    label: 'Name',
    labelHint: 'Where it is used, for example “shop server”.',
    create: 'Create the key',
    made: 'The new key',
    madeText: 'Copy it now and keep it safe: it is not shown again.',
    since: 'since',
    rotate: 'Rotate',
    rotateText: 'A new key takes its place; this one ends at once.',
    revoke: 'Revoke',
    revokeText: 'It ends at once, and every program that uses it is refused.',
    revoked: 'The key is revoked.',
    appId: 'appId (Ignisign)',
  },
  people: {
    text: 'Who may come in here. Everybody sees the requests, keys and webhooks of your company; administrators change them.',
    you: 'you',
    role: 'Role',
    makeAdmin: 'Make an administrator',
    makeAdminText: 'This person may then change everything, also who else comes in.',
    makeReader: 'Make a reader',
    makeReaderText: 'This person may then look at everything and change nothing.',
    changed: 'The role is changed.',
    remove: 'Remove',
    removeText: 'The account ends at once. API keys that this person knows still work: rotate them.',
    removed: 'The account is removed.',
    invite: 'Invite somebody',
    inviteHint: 'A mail with a link goes there.',
    send: 'Send the invitation',
    invited: 'The invitation is on its way.',
    invitations: 'Invited',
    until: 'until',
    withdraw: 'Withdraw',
    withdrawText: 'The link in the mail stops working at once.',
    withdrawn: 'The invitation is withdrawn.',
    wrongEmail: 'This is no e-mail address.',
    there: 'This address has an account already.',
    tooMany: 'There are too many accounts and invitations. Remove some first.',
    noMail: 'Nobody can be invited: the service has no mail server (ADESKIT_SMTP_URL).',
    join: 'Your access',
    joinText: (email) => `You are invited as ${email}. Choose a password, and you are in.`,
    joinHint: 'At least 12 characters.',
    joinButton: 'Create the account',
    elsewhere: 'This address has an account with another customer. Have yourself invited at another address.',
    over: 'This link is over',
    overText: 'It was used, withdrawn, or is too old. Ask for a new invitation, or sign in if you have an account.',
  },
  usage: {
    text: 'The last twelve months.',
    thisMonth: 'Calls this month',
    limit: 'Limit of your plan',
    noLimit: 'no limit',
    month: 'Month',
    calls: 'Counted calls',
    requests: 'Requests',
    completed: 'of them completed',
    chart: 'Requests in each month, and those that were completed',
    notCounted: 'Calls count where a plan limits them (QSign, live keys). Requests are those that are still kept.',
    of: (calls, limit) => `${calls} of ${limit}`,
  },
  outbox: { text: 'Test requests send no mails and no short messages: they wait here, with their links and codes.', to: 'to' },
  api: {
    text: 'All interfaces over one service: your code changes only host and key.',
    begins: 'begins at',
    document: 'OpenAPI document',
    operations: 'Operations',
    parameters: 'Parameters',
    body: 'Body',
    answers: 'Answers',
    required: 'required',
    oneOf: 'one of',
    anything: 'anything',
    try: 'Try it',
    send: 'Send',
    key: 'Your API key',
    keyText: 'Stays in this page, and goes with what you send below.',
    noScript: 'Trying it out needs scripts.',
    sending: 'Being sent …',
    failed: 'No answer.',
    file: 'A file',
    save: 'Save the answer',
    live: 'Live data: what you send here counts.',
    noBody: 'No content.',
    curl: 'The same with curl',
    count: (count) => (count === 1 ? '1 operation' : `${count} operations`),
    title: (name) => `API of ${name}`,
  },
};
