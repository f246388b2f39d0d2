/** The one webhook of QI Sign: an envelope is complete; an HMAC-SHA1 over address, method and body, as the vendor has it, and one of SHA-256 beside it. */
import { createHmac } from 'node:crypto';
import type { DialectPort, Notice } from '../../domain/core.ts';
import { randomId } from '../../domain/ids.ts';

export const QI_SIGN_NAME = 'qi-sign';

export function qiSignEvents(): DialectPort {
  return {
    newEventId: () => `qie_${randomId(16)}`,
    notification: (notice) =>
      notice.type === 'request.completed' ? { type: 'envelope_completed', body: JSON.stringify(bodyOf(notice)) } : null,
    headers: ({ secret, url, body }) => {
      const macOf = (hash: string): string => createHmac(hash, secret).update(`${url}POST${body}`, 'utf8').digest('hex');
      return { signature: macOf('sha1'), 'signature-256': macOf('sha256') };
    },
  };
}

const bodyOf = ({ request }: Notice) => ({
  id: request.metadata['envelope'],
  status: 'completed',
  webhook_type: 'envelope_completed',
  signers: request.signers.map(({ details, identity }) => {
    const score = Math.round(100 * (identity?.matchScore ?? 0));
    return {
      id: details.externalId,
      biometry: { face_validation_available: identity !== null, fraud_base_flag: false, face_validation_score: score },
      liveness: { result: identity?.liveness !== false ? 'live' : 'spoof' },
      document: { face_match_score: score },
    };
  }),
});
