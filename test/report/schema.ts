/** Checking XML by the schemas of the standards with xmllint: nothing is loaded from the network. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export const SCHEMAS = process.env['ADESKIT_SCHEMAS'] ?? join(import.meta.dirname, '../../../shared/schemas');

/** Why the schemas cannot be used here, or null. */
export function schemasMissing(): string | null {
  if (!existsSync(join(SCHEMAS, 'TS119102-2-v141.xsd'))) return `no schemas at ${SCHEMAS} (ADESKIT_SCHEMAS)`;
  return spawnSync('xmllint', ['--version']).error === undefined ? null : 'xmllint is not installed (Debian package libxml2-utils)';
}

/** What is wrong with each document by the schema of TS 119 102-2 v1.4.1; one call, for reading the schemas is what takes time. */
export function schemaProblems(documents: ReadonlyMap<string, string>): string[] {
  const folder = mkdtempSync(join(tmpdir(), 'adeskit-etsi-'));
  const catalogue = join(folder, 'catalogue.xml');
  const entries = Object.entries(LOCATIONS).flatMap(([file, urls]) =>
    urls.map(
      (url) => `<uri name="${url}" uri="file://${join(SCHEMAS, file)}"/><system systemId="${url}" uri="file://${join(SCHEMAS, file)}"/>`,
    ),
  );
  writeFileSync(catalogue, `<catalog xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog">${entries.join('')}</catalog>`);
  const files = [...documents].map(([, text], i) => {
    const path = join(folder, `${i}.xml`);
    writeFileSync(path, text);
    return path;
  });
  const names = [...documents.keys()];
  const run = spawnSync('xmllint', ['--nonet', '--noout', '--schema', join(SCHEMAS, 'TS119102-2-v141.xsd'), ...files], {
    env: { ...process.env, XML_CATALOG_FILES: catalogue },
    encoding: 'utf8',
    maxBuffer: 64 << 20,
  });
  rmSync(folder, { recursive: true, force: true });
  return run.stderr
    .split('\n')
    .filter((line) => line !== '' && !line.endsWith(' validates') && !line.includes('Schemas parser warning'))
    .map((line) => line.replace(new RegExp(`^${folder}/(\\d+)\\.xml`), (_, i: string) => names[Number(i)] ?? i));
}

const LOCATIONS: Readonly<Record<string, readonly string[]>> = {
  'xmldsig-core-schema.xsd': [
    'http://www.w3.org/TR/2002/REC-xmldsig-core-20020212/xmldsig-core-schema.xsd',
    'http://www.w3.org/TR/2008/REC-xmldsig-core-20080610/xmldsig-core-schema.xsd',
  ],
  'XAdES01903v132-202407.xsd': ['http://uri.etsi.org/01903/v1.3.2/XAdES.xsd'],
  'ts_119612v020401_xsd.xsd': ['http://uri.etsi.org/19612/v2.2.1/ts_119612v020201_201601xsd.xsd'],
  'xml.xsd': ['http://www.w3.org/2001/xml.xsd'],
};
