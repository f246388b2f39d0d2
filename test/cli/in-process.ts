/** A command called in this process: for many calls; starting is tested elsewhere. */
import { parse } from '../../src/cli/arguments.ts';
import { COMMANDS } from '../../src/cli/commands.ts';
import type { Terminal } from '../../src/cli/terminal.ts';

export interface Ran {
  readonly status: number;
  readonly out: string;
  readonly err: string;
}

/** `err`: what is complained of; errors that the command line turns into a line and an exit status have status 2 here. */
export async function adeskit(...[name = '', ...args]: string[]): Promise<Ran> {
  const read = { out: '', err: '' };
  const terminal: Terminal = {
    colour: false,
    out: (text) => {
      read.out += text;
    },
    note: () => {},
    complain: (message) => {
      read.err += message;
    },
    progress: () => {},
  };
  const command = await COMMANDS[name]?.load();
  if (command === undefined) throw new Error(`no command ${name}`);
  const status = await (async () => command.run(parse(command, args), terminal))().catch((error: Error) => {
    read.err += error.message;
    return 2;
  });
  return { status, ...read };
}
