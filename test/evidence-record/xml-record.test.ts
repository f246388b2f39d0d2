/** Evidence records in XML: made, renewed, sealed into signatures, read back; what was changed is told (RFC 6283; TS 119 132-3). */
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Bytes, concat } from '../../src/base/bytes.ts';
import { fromUtf8, toBase64, utf8 } from '../../src/base/text.ts';
import { contentOf } from '../../src/cms/content.ts';
import { newPool } from '../../src/cms/pool.ts';
import { createXmlRecords, xmlRecordDocument } from '../../src/evidence-record/build-xml.ts';
import { archivedFile } from '../../src/evidence-record/document.ts';
import { readEvidenceRecord } from '../../src/evidence-record/read.ts';
import { isXmlRecord, parseXmlRecord } from '../../src/evidence-record/xml-record.ts';
import { renewRecordHashTree, renewRecordTimestamp } from '../../src/preserve.ts';
import { preserveEachXml, preserveXml, sealRecord } from '../../src/preserve-xml.ts';
import { sign } from '../../src/sign.ts';
import type { TimestampAuthority } from '../../src/tsp/timestamp-authority.ts';
import { validate } from '../../src/validate.ts';
import { faultOf } from '../support/fault.ts';
import { memoryPki } from '../support/pki.ts';

let now = Date.UTC(2026, 0, 1);
const pki = memoryPki({ clock: () => now });
/** Each request is an hour after the one before. */
const timestamps: TimestampAuthority = {
  stamp: async (imprint, name) => {
    now += 3_600_000;
    return (await pki()).timestampAuthority.stamp(imprint, name);
  },
};
const FILES = ['first', '<second><!-- kept --> &#x41;</second>', 'third'].map(utf8);
const text = (bytes: Bytes): string => fromUtf8(bytes) ?? '';

/** References of the record, then of each of its time-stamps: `+` found, `+` intact. */
function outline(record: Bytes, files: readonly Bytes[] = FILES) {
  const read = readEvidenceRecord(
    record,
    files.map((file, i) => archivedFile(`file${i}`, contentOf(file))),
    { origin: 'external' },
    newPool(),
  );
  if (!read.ok) throw new Error(read.malformed.reason);
  const brief = (references: readonly { type: string; found: boolean; intact: boolean }[]) =>
    references.map(({ type, found, intact }) => `${type.replace('EVIDENCE_RECORD_', '')} ${found ? '+' : '-'}${intact ? '+' : '-'}`);
  const { record: facts, timestamps: stamps } = read.value;
  return {
    type: facts.type,
    objects: brief(facts.references),
    stamps: stamps.map(({ references }) => brief(references)),
    problems: facts.structureProblems,
  };
}
const IMPRINT = 'MESSAGE_IMPRINT ++';
const OBJECTS = Array(3).fill('ARCHIVE_OBJECT ++');

describe('a record over a group', () => {
  test('vouches for each of its files, and validates beside them', async () => {
    const record = await preserveXml(FILES, { timestamps });
    expect(outline(record)).toEqual({ type: 'XML', objects: OBJECTS, stamps: [[IMPRINT]], problems: [] });
    const report = await validate(record, {
      at: now + 1000,
      trust: [(await pki()).root],
      policy: 'dss-6.4-no-revocation',
      detached: FILES.map((bytes, i) => ({ name: `file${i}`, bytes })),
    });
    expect(report.evidenceRecords).toMatchObject([
      { facts: { type: 'XML', origin: 'external' }, conclusion: { indication: 'PASSED' }, provenAt: Math.floor(now / 1000) * 1000 },
    ]);
  });

  test('is made with one request for many, and does not vouch for another file', async () => {
    const before = now;
    const records = await preserveEachXml(FILES, { timestamps, digest: 'SHA-384' });
    expect(now - before).toBe(3_600_000);
    for (const [i, record] of records.entries()) {
      expect(outline(record, FILES.slice(i, i + 1)).objects).toEqual(['ARCHIVE_OBJECT ++']);
      expect(outline(record, [utf8('other')]).objects).toEqual(['ARCHIVE_OBJECT +-']);
      // Of two files either may be meant.
      expect(outline(record, [utf8('other'), utf8('another')]).objects).toEqual(['ORPHAN_REFERENCE --']);
    }
  });

  test.each([
    ['written otherwise, but the same in canonical form', '<second  ><!-- kept --> A</second>', '++'],
    ['with another comment', '<second><!-- gone --> A</second>', null],
    ['with another text', '<second><!-- kept --> B</second>', null],
  ])('an XML file %s', async (_, file, mark) => {
    const record = await preserveXml(FILES, { timestamps });
    expect(outline(record, [utf8(file)]).objects.filter((one) => one.startsWith('ARCHIVE'))).toEqual(
      mark === null ? [] : [`ARCHIVE_OBJECT ${mark}`],
    );
  });
});

describe('renewal', () => {
  const renewed = async (): Promise<Bytes> => {
    let record = await preserveXml(FILES, { timestamps });
    record = await renewRecordTimestamp(record, { timestamps });
    record = await renewRecordHashTree(record, FILES, { timestamps });
    return renewRecordTimestamp(record, { timestamps });
  };

  test('of time-stamp and hash tree covers what came before, which keeps every octet', async () => {
    const record = await renewed();
    expect(outline(record)).toEqual({
      type: 'XML',
      objects: OBJECTS,
      stamps: [
        [IMPRINT],
        [IMPRINT, 'ARCHIVE_TIME_STAMP ++'],
        [IMPRINT, ...OBJECTS, 'ARCHIVE_TIME_STAMP_SEQUENCE ++'],
        [IMPRINT, 'ARCHIVE_TIME_STAMP ++'],
      ],
      problems: [],
    });
    const parsed = parseXmlRecord(record);
    expect(parsed.ok && parsed.value.chains.map(({ digest, timestamps: stamps }) => [digest, stamps.length])).toEqual([
      ['SHA-256', 2],
      ['SHA-512', 2],
    ]);
    const { root } = await pki();
    const detached = FILES.map((bytes, i) => ({ name: `file${i}`, bytes }));
    const report = await validate(record, { at: now + 1000, trust: [root], policy: 'dss-6.4-no-revocation', detached });
    expect(report.evidenceRecords.map(({ conclusion }) => conclusion)).toEqual([{ indication: 'PASSED' }]);
  });

  test('works on records of others: a prefix, indented, with an Order that does not begin with 1', async () => {
    const [element = ''] = await createXmlRecords([FILES.map((file) => contentOf(file))], { timestamps });
    const prefixed = element
      .replaceAll(/<(\/?)([A-Z])/g, '<$1e:$2')
      .replaceAll(' xmlns="', ' xmlns:e="')
      .replaceAll('><', '>\n <')
      .replace('ArchiveTimeStampChain xmlns:e="urn:ietf:params:xml:ns:ers" Order="1"', 'ArchiveTimeStampChain Order="4"');
    let record = xmlRecordDocument(prefixed);
    expect(outline(record).objects).toEqual(OBJECTS);
    record = await renewRecordTimestamp(record, { timestamps });
    record = await renewRecordHashTree(record, FILES, { timestamps, digest: 'SHA-384' });
    expect(text(record)).toContain('Order="5"');
    expect(outline(record)).toMatchObject({
      objects: OBJECTS,
      problems: [],
      stamps: [[IMPRINT], [IMPRINT, 'ARCHIVE_TIME_STAMP ++'], [IMPRINT, ...OBJECTS, 'ARCHIVE_TIME_STAMP_SEQUENCE ++']],
    });
  });

  test.each<[string, (record: string) => string, string]>([
    ['the first time-stamp', (record) => record.replace('Type="RFC3161">MII', 'Type="RFC3161"> MII'), 'ARCHIVE_TIME_STAMP +-'],
    ['the first chain', (record) => record.replace('<HashTree>', '<HashTree><!-- x -->'), 'ARCHIVE_TIME_STAMP_SEQUENCE +-'],
  ])('tells that %s was changed', async (_, change, expected) => {
    const record = utf8(change(text(await renewed())));
    expect(outline(record).stamps.flat()).toContain(expected);
    const report = await validate(record, {
      at: now + 1000,
      trust: [(await pki()).root],
      policy: 'dss-6.4-no-revocation',
      detached: FILES.map((bytes, i) => ({ name: `f${i}`, bytes })),
    });
    expect(report.evidenceRecords[0]?.conclusion.indication).not.toBe('PASSED');
  });

  test.each<[string, () => Promise<unknown>, string]>([
    ['other files', async () => renewRecordHashTree(await renewed(), [...FILES.slice(1), utf8('other')], { timestamps }), 'refused'],
    ['a file left out', async () => renewRecordHashTree(await renewed(), FILES.slice(1), { timestamps }), 'refused'],
    ['one more file', async () => renewRecordHashTree(await renewed(), [...FILES, utf8('other')], { timestamps }), 'refused'],
    ['what is no record', async () => renewRecordTimestamp(utf8('<a/>'), { timestamps }), 'malformed-input'],
    [
      'a record over what was encrypted',
      async () =>
        renewRecordTimestamp(
          utf8(text(await renewed()).replace('<ArchiveTimeStampSequence>', '<EncryptionInformation/><ArchiveTimeStampSequence>')),
          { timestamps },
        ),
      'unsupported',
    ],
    ['the same file twice', async () => preserveXml([FILES[0] as Bytes, FILES[0] as Bytes], { timestamps }), 'bad-option'],
    ['no file', async () => preserveXml([], { timestamps }), 'bad-option'],
  ])('refuses %s', async (_, work, code) => {
    expect((await faultOf(work())).code).toBe(code);
  });
});

describe('sealed into an XML signature', () => {
  const DOCUMENT = utf8('<order><item>1</item></order>');
  const signed = async (packaging: 'enveloped' | 'enveloping' | 'detached') =>
    sign(DOCUMENT, {
      format: 'xades',
      packaging,
      signer: (await (await pki()).leaf()).signer,
      at: now,
      level: 'T',
      timestamps,
      ...(packaging === 'detached' && { name: 'order.xml' }),
    });
  const judged = async (xml: Bytes, file: Bytes | null) => {
    const detached = file === null ? {} : { detached: [{ name: 'order.xml', bytes: file }] };
    return validate(xml, { at: now + 1000, trust: [(await pki()).root], policy: 'dss-6.4-no-revocation', ...detached });
  };

  test.each(['enveloped', 'enveloping', 'detached'] as const)('%s: record and signature hold, twice over', async (packaging) => {
    const file = packaging === 'detached' ? DOCUMENT : null;
    const options = { timestamps, ...(file && { detached: [{ name: 'order.xml', bytes: file }] }) };
    let xml = await signed(packaging);
    const before = text(xml);
    xml = await sealRecord(xml, options);
    xml = await sealRecord(xml, { ...options, digest: 'SHA-512' });
    expect(text(xml).replaceAll(/<xadesen:SealingEvidenceRecords.*<\/xadesen:SealingEvidenceRecords>/g, '')).toBe(before);
    const report = await judged(xml, file);
    expect(report.signatures.map(({ conclusion }) => conclusion.indication)).toEqual(['PASSED']);
    const objects = ['EVIDENCE_RECORD_MASTER_SIGNATURE', ...(file ? ['EVIDENCE_RECORD_ARCHIVE_OBJECT'] : [])];
    expect(
      report.evidenceRecords.map(({ facts, conclusion }) => [
        facts.origin,
        facts.references
          .map(({ type }) => type)
          .sort()
          .reverse(),
        conclusion.indication,
      ]),
    ).toEqual([
      ['signature', objects, 'PASSED'],
      ['signature', objects, 'PASSED'],
    ]);
    const altered = utf8(
      text(xml)
        .replace('<ds:KeyInfo>', '<ds:KeyInfo><!-- x -->')
        .replace(/<ds:KeyInfo>(<!-- x -->)/, '<ds:KeyInfo><ds:KeyName>x</ds:KeyName>'),
    );
    const after = await judged(altered, file);
    expect(after.evidenceRecords.map(({ conclusion }) => conclusion.indication)).toEqual(['FAILED', 'FAILED']);
  });

  test('is refused where a file is missing, or no signature is there', async () => {
    expect((await faultOf(sealRecord(await signed('detached'), { timestamps }))).code).toBe('bad-option');
    expect((await faultOf(sealRecord(DOCUMENT, { timestamps }))).code).toBe('bad-option');
    expect((await faultOf(sealRecord(await signed('enveloped'), { timestamps, signature: 1 }))).code).toBe('bad-option');
  });
});

describe('foreign octets', () => {
  const XML = (inner: string) => utf8(`<EvidenceRecord xmlns="urn:ietf:params:xml:ns:ers" Version="1.0">${inner}</EvidenceRecord>`);
  const chain = (stamp: string) =>
    `<ArchiveTimeStampSequence><ArchiveTimeStampChain Order="1"><DigestMethod Algorithm="urn:x"/><CanonicalizationMethod Algorithm="urn:y"/>${stamp}</ArchiveTimeStampChain></ArchiveTimeStampSequence>`;

  test.each<[string, Bytes, RegExp]>([
    ['another root', utf8('<a/>'), /EvidenceRecord/],
    ['another version', utf8('<EvidenceRecord xmlns="urn:ietf:params:xml:ns:ers" Version="2.0"/>'), /version 2.0/],
    ['no sequence', XML(''), /no ArchiveTimeStampSequence/],
    ['an empty sequence', XML('<ArchiveTimeStampSequence/>'), /empty/],
    ['an empty chain', XML(chain('')), /chain is empty/],
    ['no time-stamp', XML(chain('<ArchiveTimeStamp Order="1"/>')), /no TimeStamp/],
    [
      'a hash that is no base64',
      XML(
        chain(
          '<ArchiveTimeStamp Order="1"><HashTree><Sequence Order="1"><DigestValue>?</DigestValue></Sequence></HashTree><TimeStamp/></ArchiveTimeStamp>',
        ),
      ),
      /base64/,
    ],
    ['a declaration of entities', concat([utf8('<!DOCTYPE a [<!ENTITY b "c">]>'), XML('')]), /./],
  ])('%s is refused as a value', (_, bytes, reason) => {
    const parsed = parseXmlRecord(bytes);
    expect(parsed.ok ? '' : parsed.malformed.reason).toMatch(reason);
  });

  test('what is not supported is told and never good', () => {
    const stamp = (token: string) => `<ArchiveTimeStamp Order="1"><TimeStamp>${token}</TimeStamp></ArchiveTimeStamp>`;
    for (const token of [
      '',
      '<TimeStampToken Type="XMLENTRUST">x</TimeStampToken>',
      `<TimeStampToken Type="RFC3161">${toBase64(utf8('x'))}</TimeStampToken>`,
    ]) {
      const { problems, stamps } = outline(XML(chain(stamp(token))), []);
      expect(stamps).toEqual([]);
      expect(problems).toEqual(['a canonicalization method is not known', 'an archive time-stamp cannot be read']);
    }
    const twice = `${stamp('')}${stamp('')}`;
    expect(outline(XML(chain(twice)), []).problems).toContain('the order of archive time-stamps is not told, or told twice');
  });

  test('mutated records give a value, never a throw', async () => {
    const record = await renewRecordHashTree(await preserveXml(FILES, { timestamps }), FILES, { timestamps });
    fc.assert(
      fc.property(fc.nat(record.length - 1), fc.nat(255), fc.nat(40), (at, octet, cut) => {
        const changed = concat([record.subarray(0, at), Uint8Array.of(octet), record.subarray(Math.min(record.length, at + cut))]);
        readEvidenceRecord(changed, [archivedFile('a', contentOf(utf8('first')))], { origin: 'external' }, newPool());
        isXmlRecord(changed);
      }),
      { numRuns: 300 },
    );
  });

  const vectors = resolve(process.env['ADESKIT_SCHEMAS'] ?? '../shared/schemas', 'rfc6283_ers.xsd');
  test.skipIf(!existsSync(vectors))('what is written keeps to the schema of the standard', async () => {
    const { execFileSync } = await import('node:child_process');
    const { mkdtempSync, rmSync, writeFileSync } = await import('node:fs');
    const { tmpdir } = await import('node:os');
    const folder = mkdtempSync(join(tmpdir(), 'adeskit-ers-'));
    try {
      const record = await renewRecordHashTree(
        await renewRecordTimestamp(await preserveXml(FILES, { timestamps }), { timestamps }),
        FILES,
        { timestamps },
      );
      writeFileSync(join(folder, 'r.xml'), record);
      writeFileSync(join(folder, 's.xsd'), readFileSync(vectors));
      try {
        execFileSync('xmllint', ['--noout', '--nonet', '--schema', join(folder, 's.xsd'), join(folder, 'r.xml')], { stdio: 'pipe' });
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') console.log('xmllint is not installed: the schema was not asked');
        else throw error;
      }
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });
  if (!existsSync(vectors)) console.log(`no schema at ${vectors}: records are not held against it`);
});
