/** PEM and DER files told apart by content (RFC 7468): certificates and private keys. */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { Reader, TAG } from '../asn1/index.ts';
import type { Bytes } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import { attempt } from '../base/parsed.ts';
import { fromBase64, fromLatin1 } from '../base/text.ts';
import { parseCertificate } from '../pki/certificate.ts';
import { decryptByPassword } from './pbe.ts';

/** One `-----BEGIN label-----` block. */
export interface PemBlock {
  readonly label: string;
  /** Lines before the base64 part (RFC 1421: Proc-Type, DEK-Info); empty in RFC 7468. */
  readonly headers: readonly string[];
  readonly bytes: Bytes;
  /** The block as written, with its two boundary lines. */
  readonly text: string;
}

/**
 * Certificates of a file: PEM with one or many (other blocks are passed over), or DER, one after another.
 *
 * @returns DER of each, in file order, at least one
 * @throws Fault `malformed-input` where there is none or one cannot be read
 */
export function readCertificates(file: Bytes): Bytes[] {
  const encodings = isPem(file) ? certificateBlocks(file) : derValues(file);
  if (encodings.length === 0) throw new Fault('malformed-input', 'no certificate found: give PEM (BEGIN CERTIFICATE) or DER');
  encodings.forEach((encoding, i) => {
    const read = parseCertificate(encoding);
    if (!read.ok) throw new Fault('malformed-input', `certificate ${i + 1} cannot be read: ${read.malformed.reason}`);
  });
  return encodings;
}

/**
 * The private key of a file: PKCS#8, encrypted PKCS#8, PKCS#1 or SEC 1, as PEM (the traditional encryption too) or DER.
 *
 * @throws Fault `malformed-input`, `wrong-password` (also where a password is needed and none was given)
 */
export function readPrivateKey(file: Bytes, password: string | null = null): KeyObject {
  if (!isPem(file)) return privateKeyOfDer(file, password);
  const blocks = readPem(file).filter(({ label }) => label.endsWith('PRIVATE KEY'));
  const [block] = blocks;
  if (block === undefined) throw new Fault('malformed-input', 'no private key found: give PEM (BEGIN PRIVATE KEY) or DER');
  if (blocks.length > 1) throw new Fault('malformed-input', `the file holds ${blocks.length} private keys: give one with a single key`);
  return block.headers.length > 0 ? traditionalKey(block, password) : privateKeyOfDer(block.bytes, password);
}

/** Every block of a PEM text in order. Throws Fault `malformed-input` for one that does not end or is not base64. */
export function readPem(file: Bytes): PemBlock[] {
  const lines = fromLatin1(file).split(/\r\n|\n|\r/);
  const blocks: PemBlock[] = [];
  let open: { readonly label: string; readonly from: number } | null = null;
  for (const [at, line] of lines.entries()) {
    const [, verb, label = ''] = BOUNDARY.exec(line) ?? [];
    if (verb === undefined) continue;
    if (verb === 'BEGIN') {
      if (open !== null) break;
      open = { label, from: at };
    } else {
      if (open?.label !== label) throw new Fault('malformed-input', `PEM: END ${label} without its BEGIN`);
      blocks.push(blockOf(label, lines.slice(open.from, at + 1)));
      open = null;
    }
  }
  if (open !== null) throw new Fault('malformed-input', `PEM: BEGIN ${open.label} without its END`);
  return blocks;
}

/** Whether the file is text with a PEM boundary in its first kilobytes. */
export const isPem = (file: Bytes): boolean =>
  file[0] !== TAG.SEQUENCE || file[1] === 0x2d ? fromLatin1(file.subarray(0, LOOK_FOR_PEM)).includes('-----BEGIN ') : false;

function blockOf(label: string, lines: readonly string[]): PemBlock {
  const body = lines.slice(1, -1);
  // RFC 1421 puts an empty line between the headers and the text.
  const blank = body.findIndex((line) => line.trim() === '');
  const headers = body.some((line) => line.includes(':')) ? body.slice(0, blank < 0 ? body.length : blank) : [];
  const bytes = fromBase64(body.slice(headers.length).join('\n'));
  if (bytes === null || bytes.length === 0) throw new Fault('malformed-input', `PEM: the ${label} block is not base64`);
  return { label, headers, bytes, text: `${lines.join('\n')}\n` };
}

const certificateBlocks = (file: Bytes): Bytes[] =>
  readPem(file)
    .filter(({ label }) => label === 'CERTIFICATE' || label === 'X509 CERTIFICATE')
    .map(({ bytes }) => bytes);

function derValues(file: Bytes): Bytes[] {
  const read = attempt(() => {
    const reader = Reader.over(file, 'certificate file');
    return reader.each((values) => values.raw(values.element(TAG.SEQUENCE)));
  });
  if (!read.ok) throw new Fault('malformed-input', 'no certificate found: the file is neither PEM nor DER');
  return read.value;
}

/** The octets tell which of the structures it is: what follows `SEQUENCE {`. */
function privateKeyOfDer(der: Bytes, password: string | null): KeyObject {
  const type = attempt(() => {
    const reader = Reader.over(der, 'private key').sequence();
    if (reader.peek() === TAG.SEQUENCE) return 'encrypted' as const;
    reader.integer();
    const next = reader.peek();
    return next === TAG.SEQUENCE ? ('pkcs8' as const) : next === TAG.OCTET_STRING ? ('sec1' as const) : ('pkcs1' as const);
  });
  if (!type.ok) throw new Fault('malformed-input', 'the private key is neither PEM nor DER');
  if (type.value === 'encrypted') return encryptedKey(der, password);
  try {
    return createPrivateKey({ key: der as Buffer, format: 'der', type: type.value });
  } catch (cause) {
    throw new Fault('malformed-input', 'the private key cannot be read: its kind is unknown or it is damaged', { cause });
  }
}

/** `EncryptedPrivateKeyInfo ::= SEQUENCE { encryptionAlgorithm AlgorithmIdentifier, encryptedData OCTET STRING }` (RFC 5958, 3). */
export function encryptedKey(der: Bytes, password: string | null): KeyObject {
  if (password === null) throw new Fault('wrong-password', 'the private key is encrypted: give its password');
  const read = attempt(() => {
    const outer = Reader.over(der, 'EncryptedPrivateKeyInfo', 'BER');
    const reader = outer.sequence();
    outer.finish();
    const algorithm = reader.raw(reader.element(TAG.SEQUENCE));
    const data = reader.octetString();
    reader.finish();
    return { algorithm, data };
  });
  if (!read.ok) throw new Fault('malformed-input', `the encrypted private key cannot be read: ${read.malformed.reason}`);
  const key = decryptByPassword(read.value.algorithm, password, read.value.data);
  const wrong = new Fault('wrong-password', 'the password does not open the private key');
  if (key === null) throw wrong;
  try {
    return createPrivateKey({ key: key as Buffer, format: 'der', type: 'pkcs8' });
  } catch (cause) {
    // A wrong password leaves padding that looks right once in 256 times: then what comes out is no key.
    if (key[0] !== TAG.SEQUENCE || !attempt(() => Reader.over(key, 'PrivateKeyInfo').sequence().integer()).ok) throw wrong;
    throw new Fault('unsupported', 'the private key is of a kind that this runtime does not know', { cause });
  }
}

/** `Proc-Type: 4,ENCRYPTED`: the runtime knows how. */
function traditionalKey({ text }: PemBlock, password: string | null): KeyObject {
  if (password === null) throw new Fault('wrong-password', 'the private key is encrypted: give its password');
  try {
    return createPrivateKey({ key: text, format: 'pem', passphrase: password });
  } catch (cause) {
    throw new Fault('wrong-password', 'the password does not open the private key', { cause });
  }
}

const BOUNDARY = /^-----(BEGIN|END) ([A-Z0-9 ]{1,60})-----\s*$/;
const LOOK_FOR_PEM = 65_536;
