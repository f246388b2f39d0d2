/** Face and document checks as test mode plays them: by the number of the document; its pictures show nobody. */
import type { IdentityCheckPort, PendingCheck, PictureKind } from '../domain/core.ts';
import { ServiceFault } from '../domain/fault.ts';
import type { Realm, VerificationOutcome } from '../domain/model.ts';
import { playedCheck } from '../domain/verification.ts';
import { greyJpeg } from './jpeg.ts';

export function sandboxIdentityChecks(clock: () => number): IdentityCheckPort {
  return {
    check: async ({ signer, number }) => {
      if (number.trim().toUpperCase() !== SLOW) return playedCheck(signer, number);
      return pending({ name: signer.name, country: signer.country, since: clock() });
    },
    result: async (_realm, reference) => {
      const asked = JSON.parse(reference) as Asked;
      return asked.since + SLOW_MS > clock() ? pending(asked) : (playedCheck(asked, SLOW) satisfies VerificationOutcome);
    },
    pictures: async () => PICTURES(),
  };
}

/** Test mode is played; in live mode there are the checks that are configured, if any. */
export const checksByMode = (test: IdentityCheckPort, live: Pick<IdentityCheckPort, 'check' | 'result'> | null): IdentityCheckPort => {
  const of = ({ mode }: Realm) => {
    const checks = mode === 'test' ? test : live;
    if (checks === null) throw new ServiceFault('unavailable', 'No identity check is configured.');
    return checks;
  };
  return {
    check: async (shown) => of(shown.realm).check(shown),
    result: async (realm, reference, name) => of(realm).result(realm, reference, name),
    pictures: async (about) => (about.realm.mode === 'test' ? test.pictures(about) : null),
  };
};

/** What the reference of a slow check holds. */
interface Asked {
  readonly name: string;
  readonly country: string | null;
  readonly since: number;
}

const pending = (asked: Asked): PendingCheck => ({ verified: null, reference: JSON.stringify(asked), again: 1000 });

const PICTURES = (): ReadonlyMap<PictureKind, Uint8Array> =>
  new Map([
    ['face', greyJpeg(FACE)],
    ['document-front', greyJpeg(CARD)],
    ['document-back', greyJpeg(BACK)],
  ]);

/** The document that is looked at for a while. */
const SLOW = 'PENDING001';
const SLOW_MS = 3000;

/** Digits are shades from dark to light, each of them a square of eight by eight pixels. */
const FACE = ['88877888', '88722788', '87255278', '72355327', '72555527', '87233278', '88722788', '83333338', '33333333'];
const CARD = ['888888888888', '822288888888', '823281111118', '822288888888', '833381111888', '888888888888'];
const BACK = ['888888888888', '811111111118', '888888888888', '811118888888', '811111118888', '888888888888'];
