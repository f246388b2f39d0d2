/** Identification of the signing certificate (EN 319 102-1, 5.2.3). */
import { type Block, runBlock } from './check.ts';
import { indeterminate } from './conclusion.ts';
import { levelsFor } from './policy.ts';
import type { BlockResult } from './report.ts';
import type { Token, World } from './world.ts';

export const identifySigner = (token: Token, world: World): BlockResult =>
  runBlock(IDENTIFICATION, token, levelsFor(world.policy, token.context), token.facts.id);

/** Revocation data names its signer by other means; a bare key in KeyInfo is no reference to a certificate. */
const references = ({ context, facts }: Token) =>
  context === 'revocation' ? [] : facts.signer.references.filter(({ attribute }) => attribute !== 'KeyInfo');

const matching = (token: Token) =>
  references(token).filter(({ matches }) => matches !== null && matches === token.facts.signer.certificate);

const NOT_FOUND = indeterminate('NO_SIGNING_CERTIFICATE_FOUND');

const IDENTIFICATION: Block<Token> = {
  name: 'signing-certificate',
  clause: '5.2.3',
  checks: [
    {
      id: 'signing-certificate-recognised',
      clause: '5.2.3.4',
      holds: ({ facts }) => facts.signer.certificate !== null,
      otherwise: NOT_FOUND,
    },
    {
      id: 'signing-certificate-digest-present',
      clause: '5.2.3.4',
      constraint: true,
      applies: (token) => references(token).length > 0,
      holds: (token) => references(token).some(({ digestAlgorithm }) => digestAlgorithm !== null),
      otherwise: NOT_FOUND,
    },
    {
      id: 'signing-certificate-digest-match',
      clause: '5.2.3.4',
      constraint: true,
      applies: (token) => references(token).length > 0,
      holds: (token) => matching(token).length > 0,
      otherwise: NOT_FOUND,
    },
    {
      id: 'signing-certificate-issuer-serial-match',
      clause: '5.2.3.4',
      constraint: true,
      level: 'warn',
      applies: (token) => matching(token).some(({ issuerSerial }) => issuerSerial !== 'absent'),
      holds: (token) => matching(token).every(({ issuerSerial }) => issuerSerial !== 'mismatch'),
      otherwise: NOT_FOUND,
    },
  ],
};
