/** The command line: finds the command, runs it, turns what it throws into one line and an exit status. */
import { Fault, type FaultCode } from '../base/fault.ts';
import { type Command, parse, Usage } from './arguments.ts';
import { COMMANDS, NOT_YET } from './commands.ts';
import { commandHelp, overview } from './help.ts';
import { type Terminal, terminal } from './terminal.ts';

async function main(args: readonly string[], at: Terminal): Promise<number> {
  const [name, ...rest] = args;
  if (name === undefined) throw new Usage('no command given (see adeskit --help)');
  if (name === '--help' || name === '-h' || name === 'help') return help(rest, at);
  if (name === '--version' || name === '-V') return version(at);
  if (name.startsWith('-')) throw new Usage(`unknown option '${name}' before a command (see adeskit --help)`);
  const command = await commandNamed(name);
  if (rest.includes('--help') || rest.includes('-h')) {
    at.out(commandHelp(command));
    return 0;
  }
  return command.run(parse(command, rest), at);
}

async function help([name]: readonly string[], at: Terminal): Promise<number> {
  at.out(name === undefined ? overview() : commandHelp(await commandNamed(name)));
  return 0;
}

async function commandNamed(name: string): Promise<Command> {
  const entry = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (entry !== undefined) return entry.load();
  if (NOT_YET.has(name)) throw new Fault('unsupported', `${name}: not supported yet`);
  throw new Usage(`unknown command '${name}' (see adeskit --help)`);
}

async function version(at: Terminal): Promise<number> {
  const { readText } = await import('./files.ts');
  const { version: number } = JSON.parse(readText(new URL('../../package.json', import.meta.url))) as { version: string };
  at.out(`${number}\n`);
  return 0;
}

/** 1: a rule or a remote side said no; 2: usage or input. */
const STATUS: Readonly<Record<FaultCode, 1 | 2>> = {
  refused: 1,
  'signer-refused': 1,
  'timestamp-refused': 1,
  'revocation-unavailable': 1,
  network: 1,
  'bad-option': 2,
  unsupported: 2,
  'malformed-input': 2,
  'wrong-password': 2,
  'limit-exceeded': 2,
  io: 2,
};

function complain(error: unknown, at: Terminal): number {
  const known = error instanceof Fault || error instanceof Usage;
  const message = error instanceof Error ? error.message : String(error);
  at.complain(known ? message : `internal error: ${message} (ADESKIT_DEBUG=1 shows where)`);
  if (process.env['ADESKIT_DEBUG'] === '1' && error instanceof Error) at.note(error.stack ?? '');
  return error instanceof Fault ? STATUS[error.code] : 2;
}

// A reader that stops early (`adeskit … | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 2));
const here = terminal();
process.exitCode = await main(process.argv.slice(2), here).catch((error: unknown) => complain(error, here));
