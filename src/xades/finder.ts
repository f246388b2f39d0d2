/** Finds what a digest stands for among all that a document has brought along: each digest of each piece is computed once. */
import type { Bytes } from '../base/bytes.ts';
import { toHex } from '../base/text.ts';
import type { Pool } from '../cms/pool.ts';
import { canDigest, digest } from '../crypto/digest.ts';
import type { DigestName } from '../crypto/names.ts';
import type { Certificate } from '../pki/certificate.ts';
import { parseOcspResponse } from '../pki/ocsp.ts';

export interface Finder {
  /** The certificate with this digest, or null. */
  certificate(algorithm: DigestName, value: Bytes): Certificate | null;
  /** Ids of the CRL or OCSP response with this digest and of the certificates in it; empty where there is none. */
  revocation(algorithm: DigestName, value: Bytes): readonly string[];
}

export function finderIn(pool: Pool): Finder {
  const certificates = indexed(pool.certificates, ({ bytes }) => [bytes]);
  const revocations = indexed(pool.revocations, encodingsOf);
  return {
    certificate: (algorithm, value) => pool.certificates.get(certificates(algorithm, value) ?? '') ?? null,
    revocation: (algorithm, value) => {
      const id = revocations(algorithm, value);
      return id === null ? [] : [id, ...certificatesIn(pool.revocations.get(id))];
    },
  };
}

type Revocation = { readonly kind: 'crl' | 'ocsp'; readonly bytes: Bytes };

function certificatesIn(revocation: Revocation | undefined): string[] {
  const response = revocation?.kind === 'ocsp' ? parseOcspResponse(revocation.bytes) : null;
  const basic = response?.ok ? response.value.basic : null;
  return (basic?.certificates ?? []).map((der) => toHex(digest('SHA-256', der)));
}

/** References name the OCSPResponse, by some writers the BasicOCSPResponse in it. */
function encodingsOf({ kind, bytes }: Revocation): Bytes[] {
  const response = kind === 'ocsp' ? parseOcspResponse(bytes) : null;
  const basic = response?.ok ? response.value.basic : null;
  return basic ? [bytes, basic.bytes] : [bytes];
}

function indexed<T>(pieces: ReadonlyMap<string, T>, encodings: (piece: T) => readonly Bytes[]) {
  const known = new Map<DigestName, { readonly ids: Map<string, string>; readonly seen: Set<string> }>();
  return (algorithm: DigestName, value: Bytes): string | null => {
    if (!canDigest(algorithm)) return null;
    const { ids, seen } = known.get(algorithm) ?? { ids: new Map<string, string>(), seen: new Set<string>() };
    known.set(algorithm, { ids, seen });
    if (seen.size < pieces.size) {
      for (const [id, piece] of pieces) {
        if (seen.has(id)) continue;
        seen.add(id);
        for (const encoding of encodings(piece)) ids.set(toHex(digest(algorithm, encoding)), id);
      }
    }
    return ids.get(toHex(value)) ?? null;
  };
}
