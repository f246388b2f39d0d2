/** Recipients with their private key in a file: what the Recipient port asks for (RFC 5652, 6). */
import { createPublicKey, KeyObject } from 'node:crypto';
import { Reader } from '../asn1/index.ts';
import { type Bytes, equal } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { exact } from '../base/options.ts';
import { attempt, orNull } from '../base/parsed.ts';
import { parseEnvelopedData } from '../cms/enveloped-data.ts';
import { identifies } from '../cms/signer.ts';
import { plain } from '../crypto/digest.ts';
import type { Recipient } from '../crypto/recipient.ts';
import { type Certificate, parseCertificate } from '../pki/certificate.ts';
import { contentOf } from './envelope.ts';
import { isPem, readCertificates, readPrivateKey } from './pem.ts';
import { readPkcs12 } from './pkcs12.ts';
import { keyFits } from './signer.ts';

export interface RecipientOptions {
  /** PEM or DER; may hold the certificates too. Or a PKCS #12 file, which does. */
  readonly key: Bytes;
  /** Files, each PEM with one or many certificates, or DER: among them that of the key. Absent: those in the key's file. */
  readonly certificates?: Bytes | readonly Bytes[];
  readonly password?: string;
}

export interface KeyRecipientOptions {
  /** RSA, EC, X25519 or X448. */
  readonly key: KeyObject;
  /** DER certificates; those of the key tell what is for it. */
  readonly certificates: readonly Bytes[];
}

/**
 * A recipient by the files of its key and certificate.
 *
 * @throws Fault `malformed-input`, `wrong-password`, `unsupported`, `bad-option` where no certificate belongs to the key
 */
export function openRecipient(options: RecipientOptions): Recipient {
  exact('openRecipient', options, ['key', 'certificates', 'password']);
  const { key: file, certificates, password } = options;
  const given = certificates === undefined ? null : certificates instanceof Uint8Array ? [certificates] : certificates;
  const own = given?.flatMap(readCertificates);
  if (!isPkcs12(file)) {
    const key = readPrivateKey(file, password ?? null);
    return recipientFromKey({ key, certificates: own ?? readCertificates(file) });
  }
  const store = readPkcs12(file, password ?? '');
  const known = own ?? store.certificates.map(({ bytes }) => bytes);
  const [only, ...others] = store.keys;
  if (only === undefined || others.length > 0)
    throw new Fault('bad-option', `the PKCS#12 file holds ${store.keys.length} private keys: give one with a single key`);
  return recipientFromKey({ key: only.key, certificates: known });
}

/** A recipient by a private key of the runtime. Throws Fault `bad-option` where no certificate belongs to the key, `malformed-input`. */
export function recipientFromKey(options: KeyRecipientOptions): Recipient {
  exact('recipientFromKey', options, ['key', 'certificates']);
  const { key, certificates } = options;
  if (!(key instanceof KeyObject) || key.type !== 'private')
    throw new Fault('bad-option', 'a private key is needed to open what is encrypted');
  const own = certificates.map(certificateOf).filter(({ spki }) => belongs(key, spki));
  const [first] = own;
  if (first === undefined)
    throw new Fault(
      'bad-option',
      `no certificate for the private key among the ${certificates.length} given: add the one that was issued for it`,
    );
  return {
    open: (envelope) => {
      const parsed = parseEnvelopedData(envelope);
      if (!parsed.ok) return { kind: 'damaged', reason: `its envelope cannot be read: ${parsed.malformed.reason}` };
      const info = parsed.value.recipients.find(({ rid }) => own.some((one) => identifies(rid, one)));
      return info === undefined ? { kind: 'for-others' } : contentOf(parsed.value, info, key, first.spki);
    },
  };
}

/** Keys that agree and never sign are known by their encoding alone. */
const belongs = (key: KeyObject, spki: Bytes): boolean =>
  keyFits(key, spki) || equal(plain(createPublicKey(key).export({ type: 'spki', format: 'der' })), spki);

/** `PFX ::= SEQUENCE { version INTEGER {v3(3)}, … }`; the versions of private keys are 0 and 1. */
const isPkcs12 = (file: Bytes): boolean =>
  !isPem(file) && orNull(attempt(() => Reader.over(file, 'PFX', 'BER').sequence().integer())) === 3;

function certificateOf(encoding: Bytes): Certificate {
  const read = parseCertificate(encoding);
  if (!read.ok) throw new Fault('malformed-input', `a certificate cannot be read: ${read.malformed.reason}`);
  return read.value;
}
