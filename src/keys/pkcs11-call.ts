/** In which thread a token signs (PKCS #11, C_Sign): in this one while that is quick and nothing else waits, else in one of the runtime. */
import { promisify } from 'node:util';
import type { Bytes } from '../base/bytes.ts';
import type { Handle, Pkcs11Module } from './pkcs11-module.ts';

/** Signs in a session in which C_SignInit was called; `room` takes the value. Throws what the module throws. */
export type TokenCall = (session: Handle, input: Bytes, room: Uint8Array) => Promise<Uint8Array> | Uint8Array;

/**
 * The way into another thread and back costs a tenth of a millisecond and more: as much as a short key takes on a token in
 * software or on the bus. So a key that answered within two milliseconds is used in this thread, for at most some milliseconds
 * in each turn of the event loop; one that took longer, over a network say, is waited for elsewhere. One call of its own,
 * for each key: how long it takes depends on the key.
 */
export function tokenCall(module: Pick<Pkcs11Module, 'C_Sign' | 'C_SignAsync'>): TokenCall {
  /** Milliseconds; rises with the second slow answer, since one alone is the machine's, and sinks slowly: a quick one among slow ones counts little. */
  let usual = Number.POSITIVE_INFINITY;
  let before = Number.POSITIVE_INFINITY;
  let waiting = 0;
  const took = (milliseconds: number): void => {
    const lasting = Math.min(milliseconds, before);
    before = milliseconds;
    usual = usual === Number.POSITIVE_INFINITY ? lasting : Math.max(lasting, usual + (lasting - usual) / 4);
  };
  const elsewhere = async (session: Handle, input: Bytes, room: Uint8Array): Promise<Uint8Array> => {
    const start = performance.now();
    const alone = ++waiting === 1;
    try {
      const value = await module.C_SignAsync(session, input, room);
      const elapsed = performance.now() - start;
      // Among others it may have waited for them too: then it took no longer than this.
      if (alone && waiting === 1) took(elapsed);
      else usual = Math.min(usual, elapsed);
      return value;
    } finally {
      waiting--;
    }
  };
  const here = (session: Handle, input: Bytes, room: Uint8Array): Uint8Array => {
    const start = performance.now();
    const value = module.C_Sign(session, input, room);
    const elapsed = performance.now() - start;
    took(elapsed);
    spend(elapsed);
    return value;
  };
  const call: TokenCall = (session, input, room) => {
    if (usual > QUICK || waiting > 0) return elsewhere(session, input, room);
    if (TURN.spent + usual <= MOST_IN_A_TURN) return here(session, input, room);
    return usual > WAY ? elsewhere(session, input, room) : turn().then(() => call(session, input, room));
  };
  return call;
}

function spend(milliseconds: number): void {
  if (TURN.spent === 0) setImmediate(begun);
  TURN.spent += milliseconds;
}

const begun = (): void => {
  TURN.spent = 0;
};

const turn = promisify(setImmediate);
/** What signatures have taken of this turn of the event loop, all tokens together; milliseconds. */
const TURN = { spent: 0 };
/** Milliseconds that a signature may take in this thread: an RSA key of 3072 bits in the runtime takes as long. */
const QUICK = 2;
const MOST_IN_A_TURN = 4;
/** Milliseconds that the way into another thread takes: what is shorter waits for the next turn instead. */
const WAY = 0.25;
