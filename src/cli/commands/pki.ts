/** `adeskit pki`: writes a throw-away PKI into a folder and serves it. */
import { createInterface } from 'node:readline';
import { Fault } from '../../base/fault.ts';
import { KEY_ALGORITHMS, type KeyAlgorithm, startThrowAwayPki, type ThrowAwayServer, writeThrowAwayPki } from '../../issuing/index.ts';
import { readCertificates } from '../../keys/index.ts';
import { type Arguments, type Command, Usage } from '../arguments.ts';
import { readBytes } from '../files.ts';
import type { Terminal } from '../terminal.ts';

export const pki: Command = {
  name: 'pki',
  summary: 'a throw-away PKI for demos and tests: keys in a folder, live CA, CRL, OCSP and TSA on loopback',
  usage: ['--dir DIR [--port N] [--algorithm NAME]…'],
  positionals: [0, 0],
  options: {
    dir: { value: 'DIR', help: 'folder for the trust anchor, chains, keys and PKCS#12 files' },
    port: { value: 'N', help: 'port on 127.0.0.1; default: any free one' },
    algorithm: { value: 'NAME', many: true, help: 'keys to make, for example RSA-2048, P-256, Ed25519; default: the usual ones' },
    'pass-env': { value: 'VAR', help: 'environment variable that holds the password for the PKCS#12 files' },
    'no-serve': { help: 'write the folder and end' },
  },
  notes: [
    'Serves until it is interrupted. While it does, lines on standard input are obeyed:',
    '  revoke FILE    revoke the first certificate of FILE',
    '  release FILE   take the revocation back',
    '  quit           stop',
    'The keys are not protected and the certificates mean nothing: never use them for anything real.',
  ],
  examples: [
    ['everything into pki/, then sign with it', 'adeskit pki --dir pki'],
    ['RSA and P-256 only, on a fixed port', 'adeskit pki --dir pki --port 8700 --algorithm RSA-2048 --algorithm P-256'],
  ],
  run,
};

async function run(args: Arguments, at: Terminal): Promise<number> {
  const folder = args.get('dir');
  if (folder === undefined) throw new Usage('pki: --dir DIR is missing');
  const algorithms = algorithmsFrom(args);
  const variable = args.get('pass-env');
  const password = variable === undefined ? undefined : process.env[variable];
  if (variable !== undefined && password === undefined) throw new Usage(`--pass-env: the environment variable ${variable} is not set`);
  const port = portFrom(args);
  at.progress('making keys …');
  const server = await startThrowAwayPki({ ...(port !== undefined && { port }) });
  try {
    const written = await writeThrowAwayPki(server, folder, {
      ...(algorithms.length > 0 && { algorithms }),
      ...(password !== undefined && { password }),
    });
    at.progress(null);
    for (const { name, holds } of written.files) at.out(`${folder}/${name}  ${holds}\n`);
    if (args.has('no-serve')) return 0;
    at.out(`TSA   ${server.tsaUrl}\nOCSP  ${server.ocspUrl}\nCRL   ${server.crlUrl}\nserving until interrupted\n`);
    await untilStopped(server, at);
    return 0;
  } finally {
    await server.close();
  }
}

function untilStopped(server: ThrowAwayServer, at: Terminal): Promise<void> {
  return new Promise((resolve) => {
    const lines = createInterface({ input: process.stdin });
    const stop = () => {
      lines.close();
      process.stdin.unref?.();
      resolve();
    };
    process.once('SIGINT', stop);
    process.once('SIGTERM', stop);
    // The end of standard input is no reason to stop: services and scripts start without one.
    lines.on('line', (line) => {
      const [verb = '', ...rest] = line.trim().split(/\s+/);
      if (verb === 'quit') return stop();
      try {
        if (verb !== '') obey(verb, rest.join(' '), server, at);
      } catch (error) {
        at.complain(error instanceof Error ? error.message : String(error));
      }
    });
  });
}

function obey(verb: string, path: string, server: ThrowAwayServer, at: Terminal): void {
  if (verb !== 'revoke' && verb !== 'release') throw new Usage(`unknown line '${verb}': revoke FILE, release FILE or quit`);
  const [certificate] = readCertificates(readBytes(path));
  if (certificate === undefined) throw new Fault('malformed-input', `${path} holds no certificate`);
  server[verb](certificate);
  at.out(`${verb === 'revoke' ? 'revoked' : 'released'} ${path}\n`);
}

function algorithmsFrom(args: Arguments): KeyAlgorithm[] {
  const known = KEY_ALGORITHMS();
  return args.all('algorithm').map((given) => {
    const algorithm = known.find((each) => each === given);
    if (algorithm === undefined) throw new Usage(`--algorithm is '${given}', but can be ${known.join(', ')} only`);
    return algorithm;
  });
}

function portFrom(args: Arguments): number | undefined {
  const given = args.get('port');
  if (given === undefined) return undefined;
  const port = Number(given);
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Usage(`--port is '${given}', but must be 0 to 65535`);
  return port;
}
