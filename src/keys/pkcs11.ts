/** Keys on tokens and in hardware security modules (PKCS #11): found by label, identifier or certificate, and made ready to sign. */
import type { Bytes } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { exact } from '../base/options.ts';
import { type DigestName, digestsItself, readPublicKey, type Signer } from '../crypto/index.ts';
import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import { ofLength } from './digest-value.ts';
import { tokenCall } from './pkcs11-call.ts';
import { roomFor, type ToSign, tokenOperation } from './pkcs11-mechanism.ts';
import { type Handle, openModule, type Pkcs11Module } from './pkcs11-module.ts';
import { certificatesOn, certifies, type FoundKey, privateKeys, type TokenCertificate, type TokenKey } from './pkcs11-objects.ts';
import { openSessions, type PinSource, type SessionPool, tokensOf, trimmed } from './pkcs11-sessions.ts';
import { chainOf, requireAllowed, schemeOf } from './signer.ts';

export interface Pkcs11Options {
  /** Path of the module's shared library, or a module that is loaded. */
  readonly module: string | Pkcs11Module;
  /** Label of the token; with one token it may be left out. */
  readonly token?: string;
  /** Serial number of the token, where labels do not tell. */
  readonly serial?: string;
  /** The user's PIN, or what gives it, asked once; absent: for tokens that need none or have a keypad. */
  readonly pin?: PinSource;
  /** Most sessions at once, so signatures in parallel; default 4, the threads that the runtime has for it. */
  readonly sessions?: number;
  /** Logs in even where one more wrong PIN locks the token; default false. */
  readonly finalTry?: boolean;
}

/** Which key. One of `label`, `id` and `certificate` is enough; none: the only key of the token. */
export interface TokenKeyChoice {
  readonly label?: string;
  /** CKA_ID, hexadecimal. */
  readonly id?: string;
  /** DER: the key that this certificate was issued for. */
  readonly certificate?: Bytes;
  /** DER certificates beside those of the token, for its own or its issuers'. */
  readonly certificates?: readonly Bytes[];
  readonly scheme?: 'RSASSA-PSS';
}

/** A key as a list shows it. */
export interface ListedKey extends TokenKey {
  /** Of the public key; null where the token does not tell and has no certificate. */
  readonly bits: number | null;
  /** Subject of its certificate on the token. */
  readonly subject: string | null;
  readonly notAfter: number | null;
}

export interface Pkcs11Token {
  readonly label: string;
  readonly serial: string;
  readonly manufacturer: string;
  readonly model: string;
  keys(): Promise<ListedKey[]>;
  /** Throws Fault `bad-option` where no key or more than one fits, or no certificate belongs to it; `unsupported`. */
  signer(choice?: TokenKeyChoice): Promise<Signer>;
  /** Ends its sessions, and the module where nobody else uses it. */
  close(): void;
}

/** Label and serial number of each token that a module sees. No PIN is needed. Throws Fault `unsupported`, `io`. */
export async function listPkcs11Tokens(module: string | Pkcs11Module): Promise<Omit<Pkcs11Token, 'keys' | 'signer' | 'close'>[]> {
  const open = await openModule(module);
  try {
    return tokensOf(open).map(({ info }) => described(info));
  } finally {
    open.release();
  }
}

/**
 * Opens a token and logs in, once. Signing waits in threads of the runtime, so the event loop goes on. A session or token that
 * is lost is opened again once for each signature; a PIN that the token refused is never sent again.
 *
 * @throws Fault `unsupported` where pkcs11js is not installed, `io` (no such module), `bad-option` (no such token),
 *   `wrong-password`, `refused` (the PIN is locked, or one try from it)
 */
export async function openPkcs11(options: Pkcs11Options): Promise<Pkcs11Token> {
  exact('openPkcs11', options, ['module', 'token', 'serial', 'pin', 'sessions', 'finalTry']);
  const { module, token = null, serial = null, pin = null, sessions = DEFAULT_SESSIONS, finalTry = false } = options;
  if (!Number.isInteger(sessions) || sessions < 1) throw new Fault('bad-option', 'openPkcs11: sessions must be a whole number from 1');
  const open = await openModule(module);
  try {
    const pool = await openSessions({ open, label: token, serial, pin, sessions, finalTry });
    return {
      ...described(pool.token),
      keys: () => pool.use((session) => listed(privateKeys(open.module, session), certificatesOn(open.module, session))),
      signer: (choice = {}) => signerOf(open.module, pool, choice),
      close: () => {
        pool.close();
        open.release();
      },
    };
  } catch (error) {
    open.release();
    throw error;
  }
}

async function signerOf(module: Pkcs11Module, pool: SessionPool, choice: TokenKeyChoice): Promise<Signer> {
  exact('signer', choice, ['label', 'id', 'certificate', 'certificates', 'scheme']);
  const given = [...(choice.certificate ? [choice.certificate] : []), ...(choice.certificates ?? [])].map(certificateOf);
  const found = await pool.use((session, epoch) => {
    const certificates = certificatesOn(module, session);
    return { epoch, certificates, key: chosen(privateKeys(module, session), choice, given[0], certificates) };
  });
  const own = certificateFor(found.key, given, found.certificates);
  const publicKey = readPublicKey(own.spki);
  if (typeof publicKey === 'string') throw new Fault('unsupported', `keys of this kind cannot sign here (the public key is ${publicKey})`);
  const scheme = schemeOf(publicKey, choice.scheme);
  const known = [own, ...given, ...found.certificates.map(({ certificate }) => certificate)];
  const chain = chainOf(own, known).map(({ bytes }) => bytes) as [Bytes, ...Bytes[]];
  /** The key's handle, good for one login. */
  let held: { readonly epoch: number; readonly handle: Handle } = { epoch: found.epoch, handle: found.key.handle };
  const handleIn = (session: Handle, epoch: number): Handle => {
    if (held.epoch !== epoch) {
      const { label, id } = found.key;
      held = { epoch, handle: chosen(privateKeys(module, session), { label, ...(id !== '' && { id }) }, undefined, []).handle };
    }
    return held.handle;
  };
  const [call, room] = [tokenCall(module), roomFor(scheme, publicKey.bits)];
  const signWhat = async (what: ToSign, digest: DigestName): Promise<Bytes> => {
    requireAllowed(publicKey, digest);
    const operation = tokenOperation(scheme, publicKey, what, digest, pool.mechanisms);
    return pool.use((session, epoch) => {
      module.C_SignInit(session, operation.mechanism, handleIn(session, epoch));
      if (found.key.alwaysAuthenticate) pool.authenticate(session);
      const given = call(session, operation.input, Buffer.allocUnsafe(room));
      return given instanceof Promise ? given.then(operation.value) : operation.value(given);
    });
  };
  return {
    chain,
    scheme,
    sign: (message, digest) => signWhat({ message }, digest),
    ...(!digestsItself(scheme) && {
      signDigest: (digestValue, digest) => signWhat({ digestValue: ofLength(digestValue, digest) }, digest),
    }),
  };
}

/** The one key that was meant. */
function chosen(
  keys: readonly FoundKey[],
  { label, id, certificate }: TokenKeyChoice,
  named: Certificate | undefined,
  certificates: readonly TokenCertificate[],
): FoundKey {
  const wanted = id?.toLowerCase().replaceAll(':', '');
  const ofCertificate = (key: FoundKey): boolean => {
    if (certificate === undefined || named === undefined) return true;
    return certifies(named, key) ?? certificates.some((one) => one.id === key.id && sameOctets(one.certificate, named));
  };
  const fitting = keys.filter(
    (key) => (label === undefined || key.label === label) && (wanted === undefined || key.id === wanted) && ofCertificate(key),
  );
  const [only] = fitting;
  const what = [
    ...(label === undefined ? [] : [`label '${label}'`]),
    ...(wanted === undefined ? [] : [`id ${wanted}`]),
    ...(certificate === undefined ? [] : ['that certificate']),
  ].join(' and ');
  const names = (some: readonly FoundKey[]): string => some.map((key) => `'${key.label}' (id ${key.id || 'none'}, ${key.type})`).join(', ');
  if (only === undefined)
    throw new Fault('bad-option', `the token has no private key${what && ` with ${what}`}; it has: ${names(keys) || 'none'}`);
  if (fitting.length > 1)
    throw new Fault(
      'bad-option',
      `${fitting.length} private keys${what && ` with ${what}`} are on the token: tell which by its id: ${names(fitting)}`,
    );
  if (!only.signs) throw new Fault('bad-option', `the key '${only.label}' is not one for signing (CKA_SIGN is false)`);
  return only;
}

/** By the public key where the token tells it, else by the identifier that both have. */
function certificateFor(key: FoundKey, given: readonly Certificate[], onToken: readonly TokenCertificate[]): Certificate {
  const sameId = onToken.filter(({ id }) => id !== '' && id === key.id).map(({ certificate }) => certificate);
  const others = onToken.map(({ certificate }) => certificate);
  const proven = [...given, ...sameId, ...others].find((certificate) => certifies(certificate, key) === true);
  const own = proven ?? (key.publicValue === null ? (sameId[0] ?? given[0]) : undefined);
  if (own === undefined)
    throw new Fault(
      'bad-option',
      `no certificate for the key '${key.label}' (id ${key.id || 'none'}) on the token: give the one that was issued for it`,
    );
  return own;
}

function listed(keys: readonly FoundKey[], certificates: readonly TokenCertificate[]): ListedKey[] {
  return keys.map((key) => {
    const { label, id, type, signs, alwaysAuthenticate } = key;
    const own =
      certificates.find(({ certificate }) => certifies(certificate, key) === true) ??
      certificates.find((one) => id !== '' && one.id === id);
    const publicKey = own === undefined ? null : readPublicKey(own.certificate.spki);
    const bits =
      publicKey !== null && typeof publicKey !== 'string'
        ? publicKey.bits
        : type === 'RSA' && key.publicValue
          ? 8 * key.publicValue.length
          : null;
    return {
      label,
      id,
      type,
      signs,
      alwaysAuthenticate,
      bits,
      subject: own?.certificate.subject.text ?? null,
      notAfter: own?.certificate.notAfter ?? null,
    };
  });
}

const described = (info: { label: string; serialNumber: string; manufacturerID: string; model: string }) => ({
  label: trimmed(info.label),
  serial: trimmed(info.serialNumber),
  manufacturer: trimmed(info.manufacturerID),
  model: trimmed(info.model),
});

const sameOctets = (a: Certificate, b: Certificate): boolean => Buffer.compare(a.bytes, b.bytes) === 0;

function certificateOf(encoding: Bytes): Certificate {
  const read = parseCertificate(encoding);
  if (!read.ok) throw new Fault('malformed-input', `a certificate cannot be read: ${read.malformed.reason}`);
  return read.value;
}

const DEFAULT_SESSIONS = 4;
