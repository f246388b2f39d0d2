/** Cryptographic verification (EN 319 102-1, 5.2.7): the signed data is there and intact, and so is the signature value. */
import { type Block, runBlock } from './check.ts';
import { failed, indeterminate } from './conclusion.ts';
import type { BlockResult } from './report.ts';
import type { Token } from './world.ts';

/** Nothing here can be relaxed by a policy. */
export const verifyCryptographically = (token: Token): BlockResult => runBlock(VERIFICATION, token.facts, () => undefined, token.facts.id);

type Facts = Token['facts'];

const names = (facts: Facts, which: (reference: Facts['references'][number]) => boolean): Record<string, string | number> => {
  const missed = facts.references.filter((reference) => !which(reference));
  return { references: missed.length, first: missed[0]?.name || (missed[0]?.type ?? '') };
};

/** Entries of a ds:Manifest may be missing (XMLDSig 1.1, 5.1), those of a container's manifest may not; those that are found must be intact. */
const foundIn =
  (facts: Facts) =>
  ({ type, found }: Facts['references'][number]): boolean =>
    found || (type === 'MANIFEST_ENTRY' && 'format' in facts && facts.format === 'XAdES');
const isIntact = ({ found, intact }: Facts['references'][number]): boolean => !found || intact;

const manifests = ({ references }: Facts) => references.flatMap(({ entries }) => entries ?? []);

const VERIFICATION: Block<Facts> = {
  name: 'cryptographic-verification',
  clause: '5.2.7',
  checks: [
    {
      id: 'signed-data-found',
      clause: '5.2.7.4',
      holds: (facts) => facts.references.every(foundIn(facts)),
      otherwise: indeterminate('SIGNED_DATA_NOT_FOUND'),
      with: (facts) => names(facts, foundIn(facts)),
    },
    {
      id: 'signed-data-intact',
      clause: '5.2.7.4',
      holds: ({ references }) => references.every(isIntact),
      otherwise: failed('HASH_FAILURE'),
      with: (facts) => names(facts, isIntact),
    },
    {
      id: 'manifest-entries-found',
      clause: 'XMLDSig 1.1, 5.1',
      level: 'warn',
      applies: (facts) => manifests(facts).length > 0,
      holds: (facts) => manifests(facts).every(({ total, found }) => found === total),
      otherwise: indeterminate('SIGNED_DATA_NOT_FOUND'),
      with: (facts) => {
        const all = manifests(facts);
        return {
          entries: all.reduce((sum, { total, found }) => sum + total - found, 0),
          total: all.reduce((sum, { total }) => sum + total, 0),
        };
      },
    },
    {
      id: 'signature-algorithm-supported',
      clause: '5.2.7.4',
      holds: ({ value }) => value !== 'unsupported',
      otherwise: indeterminate('SIG_CONSTRAINTS_FAILURE'),
      with: ({ algorithm }) => ({ algorithm: algorithm.identifier }),
    },
    {
      id: 'signing-key-known',
      clause: '5.2.7.4',
      holds: ({ value }) => value !== 'no-key',
      otherwise: indeterminate('NO_SIGNING_CERTIFICATE_FOUND'),
    },
    {
      id: 'signature-value-intact',
      clause: '5.2.7.4',
      holds: ({ value }) => value === 'intact',
      otherwise: failed('SIG_CRYPTO_FAILURE'),
    },
  ],
};
