/** `adeskit verify-cert`: whether certificates lead to a trusted authority and are in force. */
import type { Bytes } from '../../base/bytes.ts';
import { Fault } from '../../base/fault.ts';
import { isPem, readPem } from '../../keys/pem.ts';
import { certificateReportJson } from '../../report/certificate-report.ts';
import { certificateReportHtml, certificateReportText } from '../../report/certificate-report-view.ts';
import { type CertificatePurpose, verifyCertificate } from '../../verify-certificate.ts';
import { type Arguments, type Command, oneOf, Usage } from '../arguments.ts';
import { aboutFile, certificatesAt, filesAt, readBytes } from '../files.ts';
import { LANGUAGE_OPTION, languageFrom } from '../language.ts';
import { LISTS_OPTION, listsFrom } from '../lists-option.ts';
import { CACHE_OPTION, sourcesFrom } from '../sources.ts';
import type { Terminal } from '../terminal.ts';
import { timeFrom } from '../time.ts';

export const verifyCert: Command = {
  name: 'verify-cert',
  summary: 'check a certificate: its path, its revocation, its use',
  usage: ['CERT… [--trust FILE|DIR]… [--trusted-lists SNAPSHOT] [--chain FILE|DIR]… [--crl FILE]… [--ocsp FILE]… [--at TIME] [--offline]'],
  positionals: [1, 1000],
  options: {
    trust: { value: 'FILE|DIR', many: true, help: 'trusted certificates: PEM or DER, or a folder of them' },
    ...LISTS_OPTION,
    chain: { value: 'FILE|DIR', many: true, help: 'certificates that may stand between' },
    crl: { value: 'FILE|DIR', many: true, help: 'revocation lists: DER or PEM' },
    ocsp: { value: 'FILE|DIR', many: true, help: 'OCSP responses: DER' },
    at: { value: 'TIME', help: 'time to check at, ISO 8601, for example 2026-01-31T12:00:00Z; default: now' },
    offline: { help: 'use no network' },
    ...CACHE_OPTION,
    purpose: { value: 'NAME', help: 'signing, timestamping, ocsp, tls-client, tls-server, mail, code-signing or ca' },
    model: { value: 'NAME', help: 'shell (default): all valid at the time; chain: an issuer when it issued' },
    policy: { value: 'OID', many: true, help: 'certificate policy that must hold; of several one is enough' },
    text: { help: 'print for people (default)' },
    json: { help: 'print one JSON object' },
    html: { help: 'print one HTML page' },
    ...LANGUAGE_OPTION,
  },
  notes: [
    'The first certificate of each CERT is checked; others in the same file may stand between.',
    'Exit status: 0 where every certificate is valid, 1 where one is not, 2 for wrong usage or unreadable input. What is not known of',
    'its revocation makes a certificate not valid.',
  ],
  examples: [
    ['with what the certificate itself says where to find', 'adeskit verify-cert signer.pem --trust root.pem'],
    ['without network', 'adeskit verify-cert signer.pem --trust root.pem --chain ca.pem --crl ca.crl --offline'],
  ],
  run,
};

async function run(args: Arguments, at: Terminal): Promise<number> {
  const formats = (['text', 'json', 'html'] as const).filter((format) => args.has(format));
  if (formats.length > 1) throw new Usage(`verify-cert: give one of ${formats.map((format) => `--${format}`).join(', ')}`);
  const language = languageFrom(args);
  const time = timeFrom(args);
  const purpose = args.has('purpose') ? oneOf(args, 'purpose', PURPOSES, 'signing') : undefined;
  const model = oneOf(args, 'model', ['shell', 'chain'], 'shell');
  const policies = policiesFrom(args);
  const [trust, chain] = [await certificatesAt(args.all('trust')), await certificatesAt(args.all('chain'))];
  const [crls, ocsps] = [objectsAt(args.all('crl'), 'X509 CRL'), objectsAt(args.all('ocsp'), 'OCSP RESPONSE')];
  const sources = await sourcesFrom(args);
  const trustSource = await listsFrom(args);
  const reports = [];
  for (const path of args.positionals) {
    const [target, ...others] = await certificatesAt([path]);
    if (target === undefined) throw new Fault('malformed-input', `${path} holds no certificate`);
    at.progress(`checking ${path} …`);
    const options = {
      at: time,
      trust,
      chain: [...others, ...chain],
      crls,
      ocsps,
      policies,
      model,
      ...(purpose && { purpose }),
      ...(sources && { sources }),
      ...(trustSource && { trustSource }),
    };
    reports.push(
      await verifyCertificate(target, options).catch((error: unknown) => {
        throw aboutFile(path, error);
      }),
    );
  }
  if (formats[0] === 'json') at.out(`${JSON.stringify({ certificates: reports.map(certificateReportJson) }, null, 2)}\n`);
  else if (formats[0] === 'html') at.out(certificateReportHtml(reports, { language }));
  else at.out(reports.map((report) => certificateReportText(report, { colour: at.colour, language })).join('\n'));
  return reports.every(({ valid }) => valid) ? 0 : 1;
}

/** DER of each object in the files, told apart from PEM by content. */
function objectsAt(paths: readonly string[], label: string): Bytes[] {
  return paths.flatMap(filesAt).flatMap((file) => {
    const bytes = readBytes(file);
    if (!isPem(bytes)) return [bytes];
    const blocks = readPem(bytes).filter((block) => block.label === label);
    if (blocks.length === 0) throw new Fault('malformed-input', `${file} holds no ${label}`);
    return blocks.map((block) => block.bytes);
  });
}

function policiesFrom(args: Arguments): readonly string[] {
  const policies = args.all('policy');
  for (const oid of policies)
    if (!/^[0-2](\.(0|[1-9]\d*))+$/.test(oid)) throw new Usage(`--policy is '${oid}', but must be an object identifier`);
  return policies;
}

const PURPOSES: readonly CertificatePurpose[] = [
  'signing',
  'timestamping',
  'ocsp',
  'tls-client',
  'tls-server',
  'mail',
  'code-signing',
  'ca',
];
