/** CMS SignedData, and the CAdES facts read of it (RFC 5652, EN 319 122-1). */

import { der } from '../../src/asn1/index.ts';
import type { Bytes } from '../../src/base/bytes.ts';
import { Fault } from '../../src/base/fault.ts';
import { attempt, orNull } from '../../src/base/parsed.ts';
import { asSource } from '../../src/base/source.ts';
import { readCmsDocument } from '../../src/cades/document.ts';
import { addMaterial, addUnsignedAttribute } from '../../src/cms/build.ts';
import { contentOf } from '../../src/cms/content.ts';
import { openSignedData } from '../../src/cms/open.ts';
import { parseSignedData } from '../../src/cms/signed-data.ts';
import type { Target } from '../target.ts';

export const cmsTarget: Target = {
  name: 'cms',
  what: 'a CMS SignedData, as CAdES reads it',
  clause: 'RFC 5652, 5',
  format: 'der',
  seeds: [
    { folder: 'asn1-odd', endings: ['.p7m', '.p7s', '.cms', '.pkcs7', '.sig', '.cades'], most: 100 },
    { folder: 'dss/files', endings: ['.p7m', '.p7s'], most: 100 },
  ],
  longest: 32_768,
  milliseconds: 500,
  accepts: (bytes) => parseSignedData(bytes, { trailing: 'keep' }).ok,
  read: (input) => [
    parseSignedData(input),
    openSignedData(asSource(input), { trailing: 'keep', inMemory: 0 }),
    readCmsDocument(input, [{ name: null, content: contentOf(new Uint8Array(10)) }]),
  ],
  check: (input) => {
    const signedData = orNull(parseSignedData(input));
    const opened = orNull(openSignedData(asSource(input), { inMemory: 0 }));
    for (const part of opened?.encapsulated?.octets() ?? []) if (part.length > input.length) return 'more content than octets';
    if (
      signedData &&
      opened &&
      String(opened.signerInfos.map(({ bytes }) => bytes)) !== String(signedData.signerInfos.map(({ bytes }) => bytes))
    )
      return 'read from a source it has other signatures than in memory';
    if (!signedData || signedData.signerInfos.length === 0) return null;
    const signatures = signedData.signerInfos.map(({ signature }) => signature);
    for (const written of [rewritten(() => addMaterial(input, [], [])), rewritten(() => addUnsignedAttribute(input, 0, ATTRIBUTE))]) {
      if (written === null) continue;
      const again = orNull(parseSignedData(written));
      if (!again) return 'what was written of it cannot be read';
      if (String(again.signerInfos.map(({ signature }) => signature)) !== String(signatures))
        return 'signatures changed when something was added';
    }
    return null;
  },
};

/** What a builder wrote; null where it refused. */
function rewritten(build: () => Bytes): Bytes | null {
  try {
    return orNull(attempt(build));
  } catch (error) {
    if (error instanceof Fault) return null;
    throw error;
  }
}

const ATTRIBUTE = der.sequence(der.oid('1.3.6.1.4.1.32473.1'), der.setOf(der.NULL));
