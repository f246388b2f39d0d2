/** OpenSSL as a time-stamp authority. */
import type { Bytes } from '../../src/base/bytes.ts';
import { digest } from '../../src/crypto/digest.ts';
import type { DigestName } from '../../src/crypto/names.ts';
import { encodeTimestampRequest } from '../../src/tsp/request.ts';
import { parseTimestampResponse } from '../../src/tsp/response.ts';
import { openssl, type TestKey, type Workshop } from '../cms/openssl.ts';

export const TSA_USAGE = 'keyUsage=critical,digitalSignature\nextendedKeyUsage=critical,timeStamping';

const configuration = (workshop: Workshop, key: TestKey): string => `
[tsa]
serial = ${workshop.path('tsa.serial')}
crypto_device = builtin
signer_cert = ${key.certificateFile}
signer_key = ${key.keyFile}
certs = ${workshop.ca}
signer_digest = sha256
default_policy = 1.2.3.4.1
other_policies = 1.2.3.4.5
digests = sha1, sha256, sha384, sha512
accuracy = secs:1, millisecs:500, microsecs:100
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = sha256
`;

/** DER TimeStampResp to a DER request. */
export function answer(workshop: Workshop, key: TestKey, request: Bytes): Bytes {
  workshop.write('tsa.cnf', configuration(workshop, key));
  const query = workshop.write('request.tsq', request);
  return new Uint8Array(openssl('ts', '-reply', '-config', workshop.path('tsa.cnf'), '-section', 'tsa', '-queryfile', query));
}

/** A token over octets. */
export function stamp(workshop: Workshop, key: TestKey, data: Bytes, name: DigestName = 'SHA-256'): Bytes {
  const response = parseTimestampResponse(answer(workshop, key, encodeTimestampRequest({ imprint: digest(name, data), digest: name })));
  if (!response.ok || !response.value.token) throw new Error('the authority gave no token');
  return response.value.token;
}
