/** Trusted lists and their signatures (TS 119 612). */
import { parseTrustedList } from '../../src/trust/list.ts';
import { checkListSignature } from '../../src/trust/list-signature.ts';
import type { Target } from '../target.ts';

export const trustedListTarget: Target = {
  name: 'trusted-list',
  what: 'a trusted list, with the signature that it claims',
  clause: 'TS 119 612, 5',
  format: 'xml',
  seeds: [{ folder: 'tsl', endings: ['.xml.gz'], most: 40 }],
  accepts: (bytes) => parseTrustedList(bytes).ok,
  longest: 262_144,
  milliseconds: 600,
  read: (input) => {
    const read = parseTrustedList(input);
    if (!read.ok) return read;
    const signature = checkListSignature(read.value, { signers: [], at: read.value.list.issued ?? 0 });
    return { list: read.value.list, signature: signature.ok ? 'good' : signature.reason };
  },
  // Nobody may sign, so no list can be good.
  check: (input) => {
    const read = parseTrustedList(input);
    return read.ok && checkListSignature(read.value, { signers: [], at: 0 }).ok ? 'a list that nobody may sign is good' : null;
  },
};
