/** What a report shows to people, in order and in words; text and HTML only lay it out. */
import type { Report } from '../validation/report.ts';
import { type Catalogue, catalogueOf, fill, type Language } from './catalogue.ts';
import { detailIn, structureIn } from './detail.ts';
import { dateTime } from './sentence.ts';
import { timelineOf } from './timeline.ts';
import { type Tone, toneOfReport, toneOfSignature, verdictOf } from './verdict.ts';
import { counted, evidenceRecordView, signatureView, timestampView } from './view-token.ts';
import type { View } from './view-type.ts';
import { visible } from './visible.ts';

export function viewOf(report: Report, language?: Language): View {
  const words = catalogueOf(language);
  const tone = toneOfReport(report);
  return {
    tone,
    ...overall(report, tone, words),
    at: dateTime(report.at, words),
    policy: visible(report.policy),
    signatures: report.signatures.map((signature, i) => signatureView(signature, i, report, words)),
    timestamps: report.timestamps.map((timestamp) => timestampView(timestamp, report, words)),
    evidenceRecords: report.evidenceRecords.map((record) => evidenceRecordView(record, report, words)),
    unreadable: report.unreadable.map(({ kind, name, malformed }) =>
      fill(words.phrases[UNREADABLE[kind]], {
        name: name === null || name === '' ? '' : ` (${visible(name)})`,
        problem: visible(
          [structureIn(malformed.what, words), detailIn(malformed.reason, words)].filter((part) => part !== null).join(', '),
        ),
      }),
    ),
    timeline: timelineOf(report, words),
  };
}

function overall(report: Report, tone: Tone, { phrases }: Catalogue): { headline: string; summary: string } {
  const { signatures, timestamps, evidenceRecords, unreadable } = report;
  const parts = [
    ...(signatures.length > 0 ? [counted(signatures.length, phrases.oneSignature, phrases.manySignatures)] : []),
    ...(timestamps.length > 0 ? [counted(timestamps.length, phrases.oneTimestamp, phrases.manyTimestamps)] : []),
    ...(evidenceRecords.length > 0 ? [counted(evidenceRecords.length, phrases.oneRecord, phrases.manyRecords)] : []),
  ];
  const [first, ...others] = parts;
  const headline = phrases[HEADLINES[verdictOf(report)]];
  if (first === undefined) return { headline, summary: unreadable.length === 0 ? phrases.noSignatureFound : phrases.unreadableOnly };
  const all = others.reduce((before, part) => fill(phrases.and, { first: before, second: part }), first);
  if (tone === 'good') {
    const one = signatures.length === 1 ? phrases.signatureValid : timestamps.length === 1 ? phrases.timestampValid : phrases.recordValid;
    const count = signatures.length + timestamps.length + evidenceRecords.length;
    return { headline, summary: count > 1 ? fill(phrases.allValid, { counted: all }) : one };
  }
  const good = signatures.filter((signature) => toneOfSignature(signature) === 'good').length;
  const share = signatures.length > 1 ? fill(phrases.share, { good, all: signatures.length }) : '';
  return { headline, summary: fill(tone === 'bad' ? phrases.doNotRely : phrases.notAllConfirmed, { counted: all, share }) };
}

const HEADLINES = { VALID: 'valid', NOT_CONFIRMED: 'notConfirmed', NOT_VALID: 'notValid', NO_SIGNATURE: 'noSignature' } as const;

const UNREADABLE = {
  signature: 'unreadableSignature',
  timestamp: 'unreadableTimestamp',
  certificate: 'unreadableCertificate',
  revocation: 'unreadableRevocation',
  'evidence-record': 'unreadableEvidenceRecord',
  manifest: 'unreadableManifest',
  'signature-field': 'unreadableSignatureField',
} as const;
