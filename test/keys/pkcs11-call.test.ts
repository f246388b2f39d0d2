import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { tokenCall } from '../../src/keys/pkcs11-call.ts';

const SESSION = new Uint8Array(1);
const ROOM = new Uint8Array(8);

/** A module that signs within some milliseconds, and counts where. */
function moduleThatTakes(milliseconds: () => number) {
  const calls = { here: 0, elsewhere: 0 };
  const signed = (input: Uint8Array): Uint8Array => Uint8Array.of(...input, 1);
  return {
    calls,
    C_Sign: (_: Uint8Array, input: Uint8Array) => {
      calls.here++;
      for (const end = performance.now() + milliseconds(); performance.now() < end; );
      return signed(input);
    },
    C_SignAsync: async (_: Uint8Array, input: Uint8Array) => {
      calls.elsewhere++;
      if (milliseconds() > 0) await pause(milliseconds());
      return signed(input);
    },
  };
}

describe('the call of a token', () => {
  it('is made in another thread as long as nothing is known, and in this one once it was quick', async () => {
    const module = moduleThatTakes(() => 0);
    const call = tokenCall(module);
    for (let i = 0; i < 50; i++) expect(await call(SESSION, Uint8Array.of(i), ROOM)).toEqual(Uint8Array.of(i, 1));
    expect(module.calls.elsewhere).toBeGreaterThan(0);
    expect(module.calls.here).toBeGreaterThan(25);
  });

  it('never stops the event loop where the token is slow', async () => {
    const module = moduleThatTakes(() => 10);
    const call = tokenCall(module);
    for (let i = 0; i < 10; i++) await call(SESSION, Uint8Array.of(i), ROOM);
    await Promise.all(Array.from({ length: 20 }, (_, i) => call(SESSION, Uint8Array.of(i), ROOM)));
    expect(module.calls).toEqual({ here: 0, elsewhere: 30 });
  });

  it('stays in this thread after one slow answer among quick ones', async () => {
    let takes = 0;
    const module = moduleThatTakes(() => takes);
    const call = tokenCall(module);
    for (let i = 0; i < 20; i++) await call(SESSION, SESSION, ROOM);
    const before = module.calls.here;
    takes = 10;
    await call(SESSION, SESSION, ROOM);
    takes = 0;
    await call(SESSION, SESSION, ROOM);
    expect(module.calls.here - before).toBe(2);
  });

  it('goes elsewhere again when the token has become slow, after two that were waited for here', async () => {
    let takes = 0;
    const module = moduleThatTakes(() => takes);
    const call = tokenCall(module);
    for (let i = 0; i < 20; i++) await call(SESSION, SESSION, ROOM);
    takes = 10;
    const before = module.calls.here;
    for (let i = 0; i < 8; i++) await call(SESSION, SESSION, ROOM);
    expect(module.calls.here - before).toBeLessThanOrEqual(2);
  });

  it.each([0.1, 1])('lets others have their turn between signatures of %d ms that follow one another', async (takes) => {
    const call = tokenCall(moduleThatTakes(() => takes));
    await call(SESSION, SESSION, ROOM);
    let turns = 0;
    let done = false;
    const counting = (async () => {
      for (; !done; turns++) await turn();
    })();
    for (let i = 0; i < 40 / takes; i++) await call(SESSION, SESSION, ROOM);
    done = true;
    await counting;
    // 40 ms of signatures, at most 4 ms in a turn.
    expect(turns).toBeGreaterThanOrEqual(8);
  });

  it('gives what the module throws, here and elsewhere', async () => {
    let failing = false;
    const module = moduleThatTakes(() => 0);
    const fail = (): never => {
      throw Object.assign(new Error('gone'), { code: 0xb3 });
    };
    const call = tokenCall({
      C_Sign: (session, input) => (failing ? fail() : module.C_Sign(session, input)),
      C_SignAsync: async (session, input) => (failing ? fail() : module.C_SignAsync(session, input)),
    });
    const failure = (): Promise<unknown> => (async () => call(SESSION, SESSION, ROOM))().catch((error: { code: number }) => error.code);
    failing = true;
    expect(await failure()).toBe(0xb3);
    failing = false;
    for (let i = 0; i < 10; i++) await call(SESSION, SESSION, ROOM);
    failing = true;
    expect(await failure()).toBe(0xb3);
    failing = false;
    expect(await call(SESSION, Uint8Array.of(9), ROOM)).toEqual(Uint8Array.of(9, 1));
  });
});
