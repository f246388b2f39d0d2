/** Face and document checks as test mode plays them: pictures that show nobody. */
import type { IdentityCheckPort } from '../domain/core.ts';
import { greyJpeg } from './jpeg.ts';

export function sandboxIdentityChecks(): IdentityCheckPort {
  return {
    pictures: async ({ realm, signer }) => {
      if (realm.mode !== 'test' || signer.verification !== 'verified') return null;
      return { face: greyJpeg(FACE), documentFront: greyJpeg(CARD), documentBack: greyJpeg(BACK) };
    },
  };
}

/** Digits are shades from dark to light, each of them a square of eight by eight pixels. */
const FACE = ['88877888', '88722788', '87255278', '72355327', '72555527', '87233278', '88722788', '83333338', '33333333'];
const CARD = ['888888888888', '822288888888', '823281111118', '822288888888', '833381111888', '888888888888'];
const BACK = ['888888888888', '811111111118', '888888888888', '811118888888', '811111118888', '888888888888'];
