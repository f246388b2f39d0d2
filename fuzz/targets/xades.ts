/** XML signatures with all that XAdES brings along (XMLDSig 1.1; EN 319 132-1): no change of what was signed verifies. */
import type { Bytes } from '../../src/base/bytes.ts';
import { orNull } from '../../src/base/parsed.ts';
import { toHex } from '../../src/base/text.ts';
import { contentOf } from '../../src/cms/content.ts';
import { digest } from '../../src/crypto/digest.ts';
import { readXmlDocument } from '../../src/xades/document.ts';
import { parseXml } from '../../src/xml/parse.ts';
import { descendantsNamed } from '../../src/xml/query.ts';
import { DS } from '../../src/xmldsig/names.ts';
import { readSignature } from '../../src/xmldsig/signature.ts';
import { signedInfoOctets } from '../../src/xmldsig/verify.ts';
import type { Target } from '../target.ts';

export const xadesTarget: Target = {
  name: 'xades',
  what: 'an XML document with signatures',
  clause: 'EN 319 132-1, 5; XMLDSig 1.1, 4',
  format: 'xml',
  seeds: [
    { folder: 'dss/files', endings: ['.xml', '.ddoc'], most: 200 },
    { folder: 'xmldsig', endings: ['.xml'], most: 80 },
    { folder: 'xml-attacks', endings: ['.xml'], most: 60 },
  ],
  longest: 65_536,
  milliseconds: 2000,
  accepts: (bytes) => signedInfosOf(bytes).length > 0,
  read: (input) => {
    const facts = readXmlDocument(input, DETACHED);
    return facts.ok ? [facts.value.signatures, [...facts.value.timestamps.values()], facts.value.unreadable] : facts;
  },
  facts: (seeds) => ({
    signers: [],
    genuine: new Map(seeds.flatMap((seed) => signedInfosOf(seed).map((info) => [info, [seed]] as const))),
    doubtful: new Set(),
  }),
  check: (input, { genuine }) => {
    const document = orNull(readXmlDocument(input, DETACHED));
    if (document === null) return null;
    for (const { value, references, xml } of document.signatures) {
      if (xml === undefined) return 'a signature without an outline';
      if (references.some(({ found, intact }) => intact && !found)) return 'intact although it was not found';
      if (value === 'intact' && !signedInfosOf(input).some((info) => genuine.has(info)))
        return 'a signature verifies over what nobody signed';
    }
    return null;
  },
};

/** SHA-256 of every canonical SignedInfo in a document. */
function signedInfosOf(bytes: Bytes): string[] {
  const document = orNull(parseXml(bytes));
  return (document === null ? [] : descendantsNamed(document, 0, DS, 'Signature').slice(0, MOST)).flatMap((node) => {
    const signature = document && orNull(readSignature(document, node));
    const octets = signature && signedInfoOctets(signature);
    return octets ? [toHex(digest('SHA-256', octets))] : [];
  });
}

const DETACHED = [{ name: 'a', content: contentOf(new Uint8Array(10)) }];
const MOST = 100;
