/** English words of the checks on the past and on evidence records (EN 319 102-1, 5.6 and 5.7). */
import type { CheckWords } from './messages.en.ts';

export const pastWords: Readonly<Record<string, CheckWords>> = {
  'chain-otherwise-valid': {
    holds: 'Nothing else is wrong with the certificate chain.',
    otherwise:
      'Something else is wrong with the certificate chain, which a proof of time does not help[; the proven time is {bestSignatureTime}].',
  },
  'past-certificate-proven': {
    holds: 'Every certificate of the chain is proven to have existed in time.',
    otherwise: 'It is not proven that the certificate[ of {certificate}] existed at the time that counts[, {controlTime}].',
  },
  'past-revocation-known': {
    holds: 'For every certificate of the chain there is revocation data from the time that counts.',
    otherwise:
      'There is no revocation data for the certificate[ of {certificate}] that is proven to have existed at the time that counts[, {controlTime}].',
    remedy: 'An archive time-stamp over the revocation data, made in time.',
  },
  'past-chain-found': {
    holds: 'The chain ends, or ended, in trust.',
    otherwise: 'The chain never ended in trust.',
  },
  'past-path-valid': {
    holds: 'The chain was valid as long as all its certificates were.',
    otherwise: 'The chain was not valid even while all its certificates were in force.',
  },
  'past-control-time-found': {
    holds: 'There is a time until which the whole chain was good.',
    otherwise: 'No time is found at which the whole chain is proven to have been good.',
    remedy: 'An archive time-stamp over the validation data, made in time.',
  },
  'past-chain-algorithms': {
    holds: 'The chain used secure algorithms at the time that counts.',
    otherwise:
      'The chain uses[ {algorithm}][ {keyBits} bits][ {digest}], which was not considered secure any more at the time that counts[, {controlTime}].',
  },
  'past-certificate-valid': {
    holds: 'The certificate was good in the past.',
    otherwise: 'It is not shown that the certificate was good in the past[: {because}].',
  },
  'past-can-turn': {
    holds: 'What is wrong now could have been right in the past.',
    otherwise: 'What is wrong now is wrong at all times.',
  },
  'existed-before-control-time': {
    holds: 'It existed while everything was good.',
    otherwise:
      'It is not proven to have existed while everything was good[: it is proven for {existedAt}][; everything was good until {controlTime}].',
    remedy: 'A time-stamp from the time when everything was good.',
  },
  'known-before-revocation-of-authority': {
    holds: 'Before the authority was revoked, the certificate is known not to have been.',
    otherwise: 'It is not proven that the certificate was good before its authority was revoked.',
  },
  'existed-after-issuance': {
    holds: 'It is not older than its certificate.',
    otherwise: 'It is older than the certificate it was made with[: it existed on {existedAt}].',
  },
  'existed-before-expiry': {
    holds: 'It existed before its certificate expired.',
    otherwise: 'It is not proven to have existed before its certificate expired[; it is proven for {existedAt} only].',
    remedy: 'An older time-stamp, if one exists.',
  },
  'authorities-in-force-at-existence': {
    holds: 'The certificates of the authorities were in force at the proven time.',
    otherwise: 'The certificate of an authority was not in force at the proven time[, {existedAt}].',
  },
  'algorithms-at-existence': {
    holds: 'All algorithms were secure at the proven time.',
    otherwise:
      'It rests on[ {algorithm}][ {keyBits} bits][ {digest}], which was not considered secure any more at the proven time[, {existedAt}].',
    remedy: 'A time-stamp from the time when the algorithm was secure.',
  },
  'revocation-algorithms-at-existence': {
    holds: 'The algorithms of the revocation data were secure when it is proven to have existed.',
    otherwise:
      'The revocation data uses[ {algorithm}][ {keyBits} bits][ {digest}], which was not considered secure any more when it is proven to have existed.',
  },
  'revocation-fresh-at-existence': {
    holds: 'The revocation data was recent enough for the proven time.',
    otherwise: 'The revocation data is too old for the proven time[, {existedAt}].',
  },
  'imprint-digest-algorithm': {
    holds: 'The time-stamp binds its data by a secure digest.',
    otherwise: 'The time-stamp binds its data by a digest[, {digest},] that was not considered secure any more.',
  },
  'evidence-record-valid': {
    holds: 'The evidence records are good.',
    otherwise: 'An evidence record is not good, so it proves nothing.',
  },
  'good-in-the-past': {
    holds: 'The signature was good when it is proven to have existed.',
    otherwise: 'It is not proven that the signature was good when it existed[; it is proven for {bestSignatureTime}].',
    remedy: 'A time-stamp from the time when everything was good.',
  },
  'archive-group-known': {
    holds: 'Every data object of the record is at hand.',
    otherwise: 'The record is over more data objects than are at hand[: {references} more].',
  },
  'archive-files-covered': {
    holds: 'The record covers every file that it should.',
    otherwise: 'The record does not cover every file that it should[: {files} left out, first {first}].',
  },
  'archive-objects-found': {
    holds: 'Everything that the evidence record protects is here.',
    otherwise: 'Something that the evidence record protects is missing.',
  },
  'archive-objects-intact': {
    holds: 'Everything that the evidence record protects is unchanged.',
    otherwise: 'Something that the evidence record protects was changed.',
  },
  'archive-timestamps-present': {
    holds: 'The evidence record holds its archive time-stamps.',
    otherwise: 'The evidence record lacks an archive time-stamp.',
  },
  'archive-timestamps-valid': {
    holds: 'Every archive time-stamp was renewed in time.',
    otherwise: 'An archive time-stamp is not good, or was not renewed in time.',
  },
  'archive-digests-reliable': {
    holds: 'The digests of the evidence record were secure.',
    otherwise: 'The evidence record uses a digest[, {digest},] that was not considered secure any more.',
  },
};
