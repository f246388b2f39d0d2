/** The module of a token (PKCS #11 v2.40 and 3.x): the calls that are used of it, loaded by name, and its errors in words. */
import type { Bytes } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';

/** A session, object or slot, as the module names it. */
export type Handle = Uint8Array;

export interface Pkcs11Attribute {
  readonly type: number;
  readonly value?: Uint8Array | number | string | boolean;
}

export interface Pkcs11Mechanism {
  readonly mechanism: number;
  readonly parameter?: unknown;
}

export interface Pkcs11TokenInfo {
  readonly label: string;
  readonly serialNumber: string;
  readonly manufacturerID: string;
  readonly model: string;
  readonly flags: number;
}

/**
 * What is called of a PKCS #11 module: a subset of the interface that pkcs11js gives, so that a wrapper can stand between.
 * Every call throws an error whose `code` is the module's CK_RV.
 */
export interface Pkcs11Module {
  C_Initialize(options: { readonly flags: number }): void;
  C_Finalize(): void;
  C_GetSlotList(tokenPresent: boolean): Handle[];
  C_GetTokenInfo(slot: Handle): Pkcs11TokenInfo;
  C_GetMechanismList(slot: Handle): number[];
  C_OpenSession(slot: Handle, flags: number): Handle;
  C_CloseSession(session: Handle): void;
  C_Login(session: Handle, userType: number, pin?: string): void;
  C_FindObjectsInit(session: Handle, template: Pkcs11Attribute[]): void;
  C_FindObjects(session: Handle, count: number): Handle[];
  C_FindObjectsFinal(session: Handle): void;
  C_GetAttributeValue(session: Handle, object: Handle, template: Pkcs11Attribute[]): readonly { readonly value?: unknown }[];
  C_SignInit(session: Handle, mechanism: Pkcs11Mechanism, key: Handle): void;
  C_Sign(session: Handle, data: Bytes, room: Uint8Array): Uint8Array;
  /** In a thread of the pool: the event loop goes on. */
  C_SignAsync(session: Handle, data: Bytes, room: Uint8Array): Promise<Uint8Array>;
}

/** A module in use, counted, because it is initialised once for the whole process. */
export interface OpenModule {
  readonly module: Pkcs11Module;
  /** PINs that a token refused, as `serial:digest`: none is ever sent to it again. */
  readonly refusedPins: Set<string>;
  release(): void;
}

/**
 * Loads and initialises a module for use by several threads (CKF_OS_LOCKING_OK). One that is initialised already is used as it
 * is, and left so.
 *
 * @param module path of the shared library, or a module that is loaded
 * @throws Fault `unsupported` where pkcs11js is not installed, `io` where the library cannot be loaded
 */
export async function openModule(module: string | Pkcs11Module): Promise<OpenModule> {
  const held = HELD.get(module);
  const entry = held ?? {
    module: typeof module === 'string' ? await loadModule(module) : module,
    users: 0,
    ours: false,
    refused: new Set(),
  };
  const known = HELD.get(module) ?? entry;
  if (known.users === 0) known.ours = initialise(known.module);
  known.users++;
  HELD.set(module, known);
  let released = false;
  return {
    module: known.module,
    refusedPins: known.refused,
    release: () => {
      if (released) return;
      released = true;
      if (--known.users > 0 || !known.ours) return;
      quietly(() => known.module.C_Finalize());
    },
  };
}

interface Held {
  readonly module: Pkcs11Module;
  users: number;
  /** We initialised it, so we may end it. */
  ours: boolean;
  readonly refused: Set<string>;
}

/** Initialises again after the module has forgotten that it was (a fork, an end by another part of the process). */
export function initialise(module: Pkcs11Module): boolean {
  try {
    module.C_Initialize({ flags: CKF_OS_LOCKING_OK });
    return true;
  } catch (error) {
    if (codeOf(error) === CKR.CRYPTOKI_ALREADY_INITIALIZED) return false;
    throw new Fault('io', `the PKCS#11 module cannot be initialised: ${reasonOf(error)}`, { cause: error });
  }
}

/** pkcs11js, an optional package. */
async function loadModule(path: string): Promise<Pkcs11Module> {
  const { PKCS11 } = await import('pkcs11js').catch((cause: unknown) => {
    throw new Fault('unsupported', 'PKCS#11 support is not installed: npm install pkcs11js (it is compiled when it is installed)', {
      cause,
    });
  });
  const library = new PKCS11();
  try {
    library.load(path);
  } catch (cause) {
    throw new Fault('io', `the PKCS#11 module ${path} cannot be loaded: ${reasonOf(cause)}`, { cause });
  }
  return library as unknown as Pkcs11Module;
}

/** The CK_RV of an error, or null where it is none of a module. */
export function codeOf(error: unknown): number | null {
  const { code } = (error ?? {}) as { code?: unknown };
  return typeof code === 'number' ? code : null;
}

/** In the words of the standard. */
export function reasonOf(error: unknown): string {
  const code = codeOf(error);
  const named = code === null ? undefined : NAMES.get(code);
  return named ?? (error instanceof Error ? (error.message.split('\n')[0] ?? '') : String(error));
}

export function quietly(step: () => void): void {
  try {
    step();
  } catch {
    // What is closed after a failure may be gone already.
  }
}

/** PKCS #11, return values that are told apart. */
export const CKR = {
  SLOT_ID_INVALID: 0x03,
  DEVICE_ERROR: 0x30,
  DEVICE_REMOVED: 0x32,
  KEY_HANDLE_INVALID: 0x60,
  OBJECT_HANDLE_INVALID: 0x82,
  PIN_INCORRECT: 0xa0,
  PIN_INVALID: 0xa1,
  PIN_LEN_RANGE: 0xa2,
  PIN_EXPIRED: 0xa3,
  PIN_LOCKED: 0xa4,
  SESSION_CLOSED: 0xb0,
  SESSION_COUNT: 0xb1,
  SESSION_HANDLE_INVALID: 0xb3,
  TOKEN_NOT_PRESENT: 0xe0,
  USER_ALREADY_LOGGED_IN: 0x100,
  USER_NOT_LOGGED_IN: 0x101,
  USER_PIN_NOT_INITIALIZED: 0x102,
  CRYPTOKI_NOT_INITIALIZED: 0x190,
  CRYPTOKI_ALREADY_INITIALIZED: 0x191,
} as const;

const NAMES: ReadonlyMap<number, string> = new Map(Object.entries(CKR).map(([name, code]) => [code, `CKR_${name}`]));
const CKF_OS_LOCKING_OK = 2;
const HELD = new Map<string | Pkcs11Module, Held>();
