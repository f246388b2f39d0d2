/** Sessions with one token (PKCS #11, 5.6): a pool that signs in parallel, comes back after a loss, and never sends a wrong PIN twice. */
import { createHash } from 'node:crypto';
import { Fault } from '../base/fault.ts';
import { CKR, codeOf, type Handle, initialise, type OpenModule, type Pkcs11TokenInfo, quietly, reasonOf } from './pkcs11-module.ts';

/** Gives the PIN; asked once. */
export type PinSource = string | (() => Promise<string> | string);

export interface PoolOptions {
  readonly open: OpenModule;
  /** Null: the only token there is. */
  readonly label: string | null;
  readonly serial: string | null;
  readonly pin: PinSource | null;
  /** Most sessions at once. */
  readonly sessions: number;
  /** Logs in even where one more wrong PIN locks the token. */
  readonly finalTry: boolean;
}

export interface SessionPool {
  readonly token: Pkcs11TokenInfo;
  readonly mechanisms: ReadonlySet<number>;
  /**
   * Runs `work` in a session of its own. Where session or token are lost meanwhile, logs in again and runs it once more;
   * `epoch` grows with each login, and handles of an earlier one mean nothing.
   */
  use<T>(work: (session: Handle, epoch: number) => Promise<T> | T): Promise<T>;
  /** For a key that wants the PIN at each use. */
  authenticate(session: Handle): void;
  close(): void;
}

/** A session of one login. */
interface Held {
  readonly session: Handle;
  readonly epoch: number;
}

/** Finds the token and logs in. Throws Fault `bad-option` (no such token), `wrong-password`, `refused` (locked), `io`. */
export async function openSessions(options: PoolOptions): Promise<SessionPool> {
  const { open, pin: source, sessions: most } = options;
  const { module } = open;
  let slot = slotOf(options);
  const token = module.C_GetTokenInfo(slot);
  const identity = { ...options, label: null, serial: trimmed(token.serialNumber), named: trimmed(token.label) };
  const pin = typeof source === 'function' ? await source() : source;
  let [epoch, live, limit, closed] = [0, 0, most, false];
  let idle: Held[] = [];
  const waiting: (() => void)[] = [];
  /** A session stays open from login to login: the token forgets who is logged in with the last one. */
  let keeper: Handle | null = null;

  const login = (): void => {
    keeper = Buffer.from(module.C_OpenSession(slot, CKF_SERIAL_SESSION));
    logIn(open, keeper, module.C_GetTokenInfo(slot), pin, options.finalTry);
    epoch++;
  };
  const drop = (session: Handle): void => quietly(() => module.C_CloseSession(session));
  const closeIdle = (): void => {
    for (const { session } of idle) drop(session);
    live -= idle.length;
    idle = [];
  };
  /** Once for all who lost the same login. */
  const recover = (lost: number, cause: unknown): void => {
    if (lost !== epoch) return;
    closeIdle();
    if (keeper !== null) drop(keeper);
    keeper = null;
    try {
      if (codeOf(cause) === CKR.CRYPTOKI_NOT_INITIALIZED) initialise(module);
      slot = slotOf(identity);
      // Somebody's wrong PIN came after our right one, perhaps ours in another thread: nothing is risked again.
      if (module.C_GetTokenInfo(slot).flags & CKF_USER_PIN_COUNT_LOW && !options.finalTry)
        throw new Fault(
          'refused',
          `a wrong PIN was given to the token ${identity.named} since the login: it is not logged into again by itself`,
        );
      login();
    } catch (error) {
      if (error instanceof Fault && error.code !== 'bad-option') throw error;
      throw new Fault('signer-refused', `the token ${identity.named} is lost (${reasonOf(cause)}): insert it again`, { cause: error });
    }
  };
  /** Null where all that there may be are in use. */
  const acquire = (): Held | null => {
    if (closed) throw new Fault('signer-refused', 'the token was closed');
    const free = idle.pop();
    if (free !== undefined) return free;
    if (live >= limit) return null;
    live++;
    try {
      return { session: Buffer.from(module.C_OpenSession(slot, CKF_SERIAL_SESSION)), epoch };
    } catch (error) {
      live--;
      // The token has fewer than we would like: what there is must do.
      if (codeOf(error) !== CKR.SESSION_COUNT || live === 0) throw error;
      limit = live;
      return null;
    }
  };
  const acquired = async (): Promise<Held> => {
    for (;;) {
      const held = acquire();
      if (held !== null) return held;
      await new Promise<void>((resolve) => waiting.push(resolve));
    }
  };
  const release = (held: Held, reusable: boolean): void => {
    if (reusable && !closed && held.epoch === epoch) idle.push(held);
    else {
      live--;
      drop(held.session);
    }
    waiting.shift()?.();
  };
  // Work that is done at once gives its session back at once: the next to ask has the same.
  const once = async <T>(work: (session: Handle, epoch: number) => Promise<T> | T, tell: (epoch: number) => void): Promise<T> => {
    const held = acquire() ?? (await acquired());
    tell(held.epoch);
    let good = false;
    try {
      const done = work(held.session, held.epoch);
      const result = done instanceof Promise ? await done : done;
      good = true;
      return result;
    } finally {
      // A session in which something failed may have an operation under way.
      release(held, good);
    }
  };

  login();
  return {
    token,
    mechanisms: mechanismsOf(options, slot),
    use: async (work) => {
      let used = epoch;
      const tell = (of: number): void => {
        used = of;
      };
      try {
        return await once(work, tell);
      } catch (error) {
        if (closed || !LOST.has(codeOf(error) ?? -1)) throw inWords(error);
        recover(used, error);
      }
      return once(work, tell).catch((error: unknown) => {
        throw inWords(error);
      });
    },
    authenticate: (session) => send(open, session, CKU_CONTEXT_SPECIFIC, module.C_GetTokenInfo(slot), pin, options.finalTry),
    close: () => {
      if (closed) return;
      closed = true;
      closeIdle();
      if (keeper !== null) drop(keeper);
      for (const wake of waiting.splice(0)) wake();
    },
  };
}

/** Slots that hold a token that is set up. */
export function tokensOf({ module }: Pick<OpenModule, 'module'>): { readonly slot: Handle; readonly info: Pkcs11TokenInfo }[] {
  return module.C_GetSlotList(true).flatMap((handle) => {
    const slot = Buffer.from(handle);
    try {
      const info = module.C_GetTokenInfo(slot);
      return info.flags & CKF_TOKEN_INITIALIZED ? [{ slot, info }] : [];
    } catch {
      // Taken out since the slots were listed.
      return [];
    }
  });
}

function slotOf({ open, label, serial }: Pick<PoolOptions, 'open' | 'label' | 'serial'>): Handle {
  const tokens = tokensOf(open);
  const fitting = tokens.filter(
    ({ info }) => (label === null || trimmed(info.label) === label) && (serial === null || trimmed(info.serialNumber) === serial),
  );
  const [only] = fitting;
  const wanted = label ?? serial;
  const there = tokens.map(({ info }) => `'${trimmed(info.label)}' (serial ${trimmed(info.serialNumber)})`).join(', ') || 'none';
  if (only === undefined) throw new Fault('bad-option', `there is no token${wanted === null ? '' : ` '${wanted}'`}; there are: ${there}`);
  if (fitting.length > 1)
    throw new Fault('bad-option', `several tokens fit${wanted === null ? '' : ` '${wanted}'`}: tell which by its serial number: ${there}`);
  return only.slot;
}

function logIn(open: OpenModule, session: Handle, info: Pkcs11TokenInfo, pin: string | null, finalTry: boolean): void {
  if ((info.flags & CKF_LOGIN_REQUIRED) === 0) return;
  send(open, session, CKU_USER, info, pin, finalTry);
}

/** One attempt. A PIN that the token refused once is remembered, so that no retry by whomever locks it. */
function send(open: OpenModule, session: Handle, user: number, info: Pkcs11TokenInfo, pin: string | null, finalTry: boolean): void {
  const name = trimmed(info.label);
  const byItself = (info.flags & CKF_PROTECTED_AUTHENTICATION_PATH) !== 0;
  if (pin === null && !byItself) throw new Fault('wrong-password', `the token ${name} needs its PIN`);
  if (info.flags & CKF_USER_PIN_LOCKED)
    throw new Fault('refused', `the PIN of the token ${name} is locked: its security officer can unlock it`);
  const known = `${trimmed(info.serialNumber)}:${createHash('sha256')
    .update(pin ?? '')
    .digest('hex')}`;
  if (pin !== null && open.refusedPins.has(known))
    throw new Fault('wrong-password', `the token ${name} refused this PIN before: it is not tried again`);
  if (info.flags & CKF_USER_PIN_FINAL_TRY && !finalTry)
    throw new Fault('refused', `one more wrong PIN would lock the token ${name}: log in once by its own tool`);
  try {
    open.module.C_Login(session, user, pin ?? undefined);
  } catch (error) {
    const code = codeOf(error) ?? -1;
    if (code === CKR.USER_ALREADY_LOGGED_IN) return;
    if (!PIN_REFUSED.has(code)) throw error;
    open.refusedPins.add(known);
    if (code === CKR.PIN_LOCKED)
      throw new Fault('refused', `the PIN of the token ${name} is locked: its security officer can unlock it`, { cause: error });
    throw new Fault('wrong-password', `the token ${name} refused the PIN (${reasonOf(error)}); it is not tried again`, { cause: error });
  }
}

function mechanismsOf({ open }: PoolOptions, slot: Handle): ReadonlySet<number> {
  try {
    return new Set(open.module.C_GetMechanismList(slot));
  } catch {
    return new Set();
  }
}

function inWords(error: unknown): unknown {
  return error instanceof Fault || codeOf(error) === null
    ? error
    : new Fault('signer-refused', `the token did not sign: ${reasonOf(error)}`, { cause: error });
}

/** Labels and serial numbers are padded with spaces. */
export const trimmed = (text: string): string => text.replace(/[\0 ]+$/, '');

/** What a new login may mend. */
const LOST: ReadonlySet<number> = new Set([
  CKR.SLOT_ID_INVALID,
  CKR.DEVICE_ERROR,
  CKR.DEVICE_REMOVED,
  CKR.KEY_HANDLE_INVALID,
  CKR.OBJECT_HANDLE_INVALID,
  CKR.SESSION_CLOSED,
  CKR.SESSION_HANDLE_INVALID,
  CKR.TOKEN_NOT_PRESENT,
  CKR.USER_NOT_LOGGED_IN,
  CKR.CRYPTOKI_NOT_INITIALIZED,
]);
const PIN_REFUSED: ReadonlySet<number> = new Set([
  CKR.PIN_INCORRECT,
  CKR.PIN_INVALID,
  CKR.PIN_LEN_RANGE,
  CKR.PIN_EXPIRED,
  CKR.PIN_LOCKED,
  CKR.USER_PIN_NOT_INITIALIZED,
]);
const CKU_USER = 1;
const CKU_CONTEXT_SPECIFIC = 2;
const CKF_SERIAL_SESSION = 4;
const CKF_LOGIN_REQUIRED = 0x4;
const CKF_PROTECTED_AUTHENTICATION_PATH = 0x100;
const CKF_TOKEN_INITIALIZED = 0x400;
const CKF_USER_PIN_COUNT_LOW = 0x10000;
const CKF_USER_PIN_FINAL_TRY = 0x20000;
const CKF_USER_PIN_LOCKED = 0x40000;
