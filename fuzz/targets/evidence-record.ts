/** Evidence records in both syntaxes (RFC 4998, RFC 6283): without data they vouch for nothing. */
import type { Bytes } from '../../src/base/bytes.ts';
import { orNull } from '../../src/base/parsed.ts';
import { contentOf } from '../../src/cms/content.ts';
import { readEvidenceRecordDocument } from '../../src/evidence-record/document.ts';
import { parseEvidenceRecord } from '../../src/evidence-record/record.ts';
import { parseXmlRecord } from '../../src/evidence-record/xml-record.ts';
import type { Target } from '../target.ts';

export const evidenceRecordTarget: Target = {
  ...targetFor((bytes) => parseEvidenceRecord(bytes).ok),
  name: 'evidence-record',
  what: 'an evidence record in ASN.1',
  clause: 'RFC 4998, 3',
  format: 'der',
  seeds: [
    { folder: 'dss/files', endings: ['.ers', '.er'], most: 100 },
    { folder: 'asn1-odd', endings: ['.ers'], most: 20 },
  ],
};

export const xmlEvidenceRecordTarget: Target = {
  ...targetFor((bytes) => parseXmlRecord(bytes).ok),
  name: 'xml-evidence-record',
  what: 'an evidence record in XML',
  clause: 'RFC 6283, 2',
  format: 'xml',
  seeds: [{ folder: 'dss/files', endings: ['.xml'], most: 400 }],
};

function targetFor(isRecord: (bytes: Bytes) => boolean): Pick<Target, 'longest' | 'milliseconds' | 'accepts' | 'read' | 'check'> {
  return {
    longest: 65_536,
    milliseconds: 1000,
    accepts: isRecord,
    read: (input) => {
      const facts = orNull(readEvidenceRecordDocument(input, [{ name: 'a', content: contentOf(new Uint8Array(10)) }]));
      return facts && [facts.evidenceRecords, [...facts.timestamps.values()], facts.unreadable];
    },
    check: (input) => {
      if (!isRecord(input)) return null;
      const facts = orNull(readEvidenceRecordDocument(input, []));
      if (!facts) return 'a record that can be read has no facts';
      return facts.evidenceRecords?.some(({ covers }) => covers.length > 0) ? 'without any data it vouches for something' : null;
    },
  };
}
