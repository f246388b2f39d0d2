/** `adeskit serve`: starts the e-signature service, a package of its own that is loaded by name. */
import { Fault } from '../../base/fault.ts';
import { type Arguments, type Command, Usage } from '../arguments.ts';
import type { Terminal } from '../terminal.ts';

export const serve: Command = {
  name: 'serve',
  summary: 'the e-signature service: an interface over HTTP, signing and validation pages',
  usage: ['[--port N] [--data DIR]'],
  positionals: [0, 0],
  options: {
    port: { value: 'N', help: 'port to listen on; default 8480, or PORT' },
    data: { value: 'DIR', help: 'folder for database, documents and keys; default adeskit-data, or ADESKIT_DATA' },
  },
  notes: [
    'Listens on 127.0.0.1 unless HOST says otherwise. The first start makes everything it needs and prints the keys.',
    'DATABASE_URL takes PostgreSQL in place of the embedded database. ADESKIT_CONFIG names a JSON file with all settings.',
  ],
  examples: [['everything in one folder', 'adeskit serve --port 8480 --data data']],
  run,
};

/** What this command asks of the package. */
interface ServicePackage {
  serve(options: { readonly port?: number; readonly data?: string; readonly say: (line: string) => void }): Promise<void>;
}

async function run(args: Arguments, at: Terminal): Promise<number> {
  const port = portFrom(args.get('port'));
  const data = args.get('data');
  const { serve: start } = await servicePackage();
  try {
    await start({ ...(port !== undefined && { port }), ...(data !== undefined && { data }), say: (line) => at.out(`${line}\n`) });
  } catch (error) {
    throw asFault(error);
  }
  return 0;
}

async function servicePackage(): Promise<ServicePackage> {
  try {
    return (await import(PACKAGE)) as ServicePackage;
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const absent = code === 'ERR_MODULE_NOT_FOUND' || code === 'ERR_PACKAGE_PATH_NOT_EXPORTED';
    if (absent && message.includes(`'${PACKAGE}'`))
      throw new Fault('unsupported', `the service is not installed: npm install ${PACKAGE}`, { cause });
    if (absent && message.includes('/service/dist/')) throw new Fault('unsupported', 'the service is not built: npm run build', { cause });
    throw cause;
  }
}

/** Mistakes in the configuration and a port that is taken are told in one line. */
function asFault(error: unknown): unknown {
  const { name, message, code } = error as NodeJS.ErrnoException;
  if (name === 'ConfigurationError') return new Fault('bad-option', message, { cause: error });
  if (code === 'EADDRINUSE' || code === 'EACCES') return new Fault('io', message, { cause: error });
  return error;
}

function portFrom(given: string | undefined): number | undefined {
  if (given === undefined) return undefined;
  const port = Number(given);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Usage(`--port is '${given}', but must be 0 to 65535`);
  return port;
}

const PACKAGE = 'adeskit-service';
