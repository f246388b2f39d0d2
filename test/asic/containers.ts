/** What tests of containers share: a served PKI that tells the time, files to sign, and looks into what was made. */
import { equal } from '../../src/base/bytes.ts';
import { utf8 } from '../../src/base/text.ts';
import { httpCertificateSource, httpRevocationSource } from '../../src/net/index.ts';
import { type Conclusion, subIndicationOf } from '../../src/validation/conclusion.ts';
import type { Report } from '../../src/validation/report.ts';
import { readZip, type ZipArchive } from '../../src/zip/archive.ts';
import { readEntry } from '../../src/zip/content.ts';

const HTTP = { allowPrivate: true, retries: 0 };
export const SOURCES = { certificates: httpCertificateSource(HTTP), revocations: httpRevocationSource(HTTP) };
export const FILES = [
  { name: 'contract.txt', content: utf8('the contract'), mimeType: 'text/plain' },
  { name: 'annex/Mü ß & <1>.txt', content: utf8('the annex') },
];

export function archiveOf(bytes: Uint8Array): ZipArchive {
  const zip = readZip(bytes);
  if (!zip.ok) throw new Error(zip.malformed.reason);
  return zip.value;
}

export function fileIn(bytes: Uint8Array, name: string): Uint8Array {
  const archive = archiveOf(bytes);
  const entry = archive.byName.get(name);
  const content = entry && readEntry(archive, entry, 1 << 28);
  if (!content?.ok) throw new Error(`no ${name}`);
  return content.value;
}

export const namesIn = (bytes: Uint8Array): string[] => archiveOf(bytes).entries.map(({ name }) => name);

/** Names of files whose content is not as it was, gone ones among them. */
export const changedIn = (before: Uint8Array, after: Uint8Array): string[] => {
  const names = new Set(namesIn(after));
  return namesIn(before).filter((name) => !names.has(name) || !equal(fileIn(before, name), fileIn(after, name)));
};

export const verdictOf = (conclusion: Conclusion): string =>
  [conclusion.indication, subIndicationOf(conclusion)].filter((part) => part !== null).join(' ');

export const verdictsOf = ({ signatures }: Report): string[] =>
  signatures.map(({ level, conclusion }) => `${level} ${verdictOf(conclusion)}`);
