/** The token that options name, and its PIN: from the environment, a file, or asked for without being shown. */
import type { Pkcs11Token } from '../keys/pkcs11.ts';
import { type Arguments, fromEnvironment, type Option, Usage } from './arguments.ts';
import { readBytes } from './files.ts';

export const TOKEN_OPTIONS: Readonly<Record<string, Option>> = {
  pkcs11: { value: 'MODULE', help: 'key on a token: the shared library of its PKCS#11 module' },
  token: { value: 'LABEL', help: 'label of the token; with one token not needed' },
  'token-serial': { value: 'S', help: 'serial number of the token, where labels do not tell' },
  'pin-env': { value: 'VAR', help: 'environment variable that holds the PIN' },
  'pin-file': { value: 'FILE', help: 'file whose first line is the PIN; neither: it is asked for' },
};

/** Opens it and logs in; it is closed when the process ends. Throws `Usage`, `Fault`. */
export async function tokenFrom(args: Arguments): Promise<Pkcs11Token> {
  const module = args.get('pkcs11');
  if (module === undefined) throw new Usage('--pkcs11 MODULE is missing');
  const { openPkcs11 } = await import('../keys/pkcs11.ts');
  const [token, serial] = [args.get('token'), args.get('token-serial')];
  const pin = await pinFrom(args, token ?? serial ?? 'the token');
  const opened = await openPkcs11({
    module,
    ...(token !== undefined && { token }),
    ...(serial !== undefined && { serial }),
    ...(pin !== null && { pin }),
  });
  process.once('exit', () => opened.close());
  return opened;
}

/** Null where there is nobody to ask: the token may have a keypad of its own. Throws `Usage`. */
export async function pinFrom(args: Arguments, name: string): Promise<string | null> {
  const [given, file] = [fromEnvironment(args, 'pin-env'), args.get('pin-file')];
  if (given !== undefined && file !== undefined) throw new Usage('give --pin-env or --pin-file, not both');
  if (given !== undefined) return given;
  if (file !== undefined) return new TextDecoder().decode(readBytes(file)).split(/\r?\n/)[0] ?? '';
  if (REMEMBERED.pin !== null || process.stdin.isTTY !== true) return REMEMBERED.pin;
  rememberPin(await asked(`PIN of ${name}: `));
  return REMEMBERED.pin;
}

/** The PIN that was asked for: it is asked for once, also where several threads use the token. */
export const rememberedPin = (): string | null => REMEMBERED.pin;

export function rememberPin(pin: string | null): void {
  REMEMBERED.pin = pin;
}

/** Reads a line from the terminal without showing it. */
function asked(question: string): Promise<string> {
  const { stdin, stderr } = process;
  stderr.write(question);
  stdin.setRawMode(true);
  stdin.setEncoding('utf8');
  stdin.resume();
  return new Promise((resolve, reject) => {
    let line = '';
    const end = (): void => {
      stdin.setRawMode(false);
      stdin.pause();
      stdin.off('data', take);
      stderr.write('\n');
    };
    const take = (typed: string): void => {
      for (const character of typed) {
        if (character === '\r' || character === '\n') {
          end();
          return resolve(line);
        }
        if (character === INTERRUPT) {
          end();
          return reject(new Usage('no PIN given'));
        }
        line = character === '\u007f' || character === '\b' ? line.slice(0, -1) : line + character;
      }
    };
    stdin.on('data', take);
  });
}

const INTERRUPT = '\u0003';
const REMEMBERED: { pin: string | null } = { pin: null };
