/** `adeskit keys`: what is on a token or at a signing service, as a table. */
import { toIso } from '../../base/instant.ts';
import type { CscCredential } from '../../keys/csc.ts';
import type { ListedKey } from '../../keys/pkcs11.ts';
import { parseCertificate } from '../../pki/certificate.ts';
import { visible } from '../../report/visible.ts';
import { type Arguments, type Command, Usage } from '../arguments.ts';
import { SERVICE_OPTIONS, serviceFrom } from '../remote.ts';
import type { Terminal } from '../terminal.ts';
import { TOKEN_OPTIONS, tokenFrom } from '../token.ts';

export const keys: Command = {
  name: 'keys',
  summary: 'show the tokens that a PKCS#11 module sees, and the keys on one or at a signing service',
  usage: [
    'list --pkcs11 MODULE [--token LABEL] [--pin-env VAR | --pin-file FILE] [--json]',
    'list --csc URL (--csc-token-env VAR | --csc-token-file FILE) [--json]',
    'tokens --pkcs11 MODULE [--json]',
  ],
  positionals: [1, 1],
  options: { ...TOKEN_OPTIONS, ...SERVICE_OPTIONS, json: { help: 'as JSON' } },
  examples: [
    ['the tokens, no PIN needed', 'adeskit keys tokens --pkcs11 /usr/lib/softhsm/libsofthsm2.so'],
    ['the keys of one', 'PIN=1234 adeskit keys list --pkcs11 /usr/lib/softhsm/libsofthsm2.so --token demo --pin-env PIN'],
    ['the keys at a service', 'TOKEN=… adeskit keys list --csc https://sign.example/csc/v2 --csc-token-env TOKEN'],
  ],
  run,
};

async function run(args: Arguments, at: Terminal): Promise<number> {
  const [what] = args.positionals;
  if (what === 'tokens') return tokens(args, at);
  if (what !== 'list') throw new Usage(`keys: '${what ?? ''}' is neither list nor tokens`);
  if (args.has('csc') && args.has('pkcs11')) throw new Usage('give --pkcs11 or --csc, not both');
  if (args.has('csc')) return credentials(args, at);
  const token = await tokenFrom(args);
  const found = await token.keys();
  const { label, serial, manufacturer, model } = token;
  if (args.has('json')) at.out(`${JSON.stringify({ token: { label, serial, manufacturer, model }, keys: found.map(asJson) }, null, 2)}\n`);
  else {
    at.out(visible(`Token ${label}, serial ${serial}, ${manufacturer} ${model}`).concat('\n\n'));
    at.out(table(['LABEL', 'ID', 'KEY', 'CERTIFICATE', 'VALID UNTIL'], found.map(row)));
  }
  return 0;
}

/** The keys of a signing service that the access token may use. */
async function credentials(args: Arguments, at: Terminal): Promise<number> {
  const service = await serviceFrom(args);
  const found: CscCredential[] = [];
  for (const id of await service.credentials()) found.push(await service.credential(id));
  service.close();
  const shown = found.map(({ id, chain, enabled, authMode, multisign }) => {
    const parsed = parseCertificate(chain[0]);
    const certificate = parsed.ok ? parsed.value : null;
    return {
      ...{ id, enabled, authMode, multisign },
      ...{ kind: certificate?.publicKey?.kind ?? null, bits: certificate?.publicKey?.bits ?? null },
      ...{ subject: certificate?.subject.text ?? null, notAfter: certificate === null ? null : toIso(certificate.notAfter) },
    };
  });
  if (args.has('json')) at.out(`${JSON.stringify({ keys: shown }, null, 2)}\n`);
  else
    at.out(
      table(
        ['CREDENTIAL', 'KEY', 'AUTHORISED BY', 'AT ONCE', 'CERTIFICATE', 'VALID UNTIL'],
        shown.map(({ id, enabled, authMode, multisign, kind, bits, subject, notAfter }) => [
          id,
          `${kind ?? 'unknown'} ${bits ?? ''}${enabled ? '' : ' (disabled)'}`,
          ...[WAYS[authMode] ?? authMode, String(multisign), subject ?? 'none', notAfter?.slice(0, 10) ?? '-'],
        ]),
      ),
    );
  return 0;
}

async function tokens(args: Arguments, at: Terminal): Promise<number> {
  const module = args.get('pkcs11');
  if (module === undefined) throw new Usage('keys: --pkcs11 MODULE is missing');
  const { listPkcs11Tokens } = await import('../../keys/pkcs11.ts');
  const found = await listPkcs11Tokens(module);
  if (args.has('json')) at.out(`${JSON.stringify({ tokens: found }, null, 2)}\n`);
  else
    at.out(
      table(
        ['TOKEN', 'SERIAL', 'MAKER', 'MODEL'],
        found.map((one) => [one.label, one.serial, one.manufacturer, one.model]),
      ),
    );
  return 0;
}

const asJson = ({ notAfter, ...key }: ListedKey): object => ({ ...key, notAfter: notAfter === null ? null : toIso(notAfter) });

function row({ label, id, type, bits, subject, notAfter, signs, alwaysAuthenticate }: ListedKey): string[] {
  const notes = [...(signs ? [] : ['does not sign']), ...(alwaysAuthenticate ? ['PIN each time'] : [])];
  const kind = `${type}${bits === null ? '' : ` ${bits}`}${notes.length === 0 ? '' : ` (${notes.join(', ')})`}`;
  return [label || '-', id || '-', kind, subject ?? 'none', notAfter === null ? '-' : toIso(notAfter).slice(0, 10)];
}

function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return 'nothing found\n';
  const lines = [heads, ...rows].map((cells) => cells.map(visible));
  const widths = heads.map((_, column) => Math.max(...lines.map((cells) => cells[column]?.length ?? 0)));
  return lines
    .map(
      (cells) =>
        `${cells
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('');
}

/** Words for the modes of CSC. */
const WAYS: Readonly<Record<string, string>> = { implicit: 'access token', explicit: 'PIN', oauth2code: 'browser' };
