/** Qualifications by trusted lists (TS 119 615), for programs and as rows for people. */
import { toIso } from '../base/instant.ts';
import type { ListsInUse } from '../trust/trust-source.ts';
import type {
  CertificateAt,
  CertificateOverTime,
  QualificationReason,
  SignatureQualificationReport,
} from '../validation/qualification-type.ts';
import { type Catalogue, fill, type Language } from './catalogue.ts';
import * as de from './qualification-words.de.ts';
import * as en from './qualification-words.en.ts';
import { dateTime } from './sentence.ts';
import { visible } from './visible.ts';

/** A row of a view. */
export interface QualificationRow {
  readonly label: string;
  readonly value: string;
  readonly tone?: 'open';
}

/** As one plain object; sentences in English. */
export const qualificationJson = ({ level, certificate, reasons, lists }: SignatureQualificationReport) => ({
  level,
  certificate: certificate && certificateQualificationJson(certificate),
  reasons: reasons.map(reasonJson),
  trustedLists: listsJson(lists),
});

export const certificateQualificationJson = ({ result, qualified, type, qscd, issuance, best }: CertificateOverTime) => ({
  ...{ result, qualified, type, qscd },
  issuance: atJson(issuance),
  best: atJson(best),
});

const atJson = ({ at, result, qualified, type, qscd, reasons }: CertificateAt) => ({
  ...{ at: toIso(at), result, qualified, type, qscd },
  reasons: reasons.map(reasonJson),
});

const reasonJson = (reason: QualificationReason) => ({ ...reason, sentence: reasonText(reason, 'en') });

export const listsJson = ({ snapshot, at, staleAccepted, selfNamed, accepted, refused }: ListsInUse) => ({
  ...{ snapshot, at: toIso(at), staleAccepted, selfNamed, refused },
  stale: accepted.filter(({ stale }) => stale).map(({ territory }) => territory),
  kept: accepted.filter(({ kept }) => kept !== null).map(({ territory, kept }) => ({ territory, reason: kept })),
  accepted: accepted.map(({ territory, sequence }) => ({ territory, sequence })),
});

const reasonText = ({ id, with: detail }: QualificationReason, language: Language): string =>
  visible(fill(wordsIn(language).qualificationReasons[id], detail ?? {}));

/** Rows of a report on a signature; empty where no trusted lists were used. */
export function qualificationRows(qualified: SignatureQualificationReport | undefined, words: Catalogue): QualificationRow[] {
  if (qualified === undefined) return [];
  const { qualificationPhrases: phrases } = wordsIn(words.language);
  const { certificate, reasons, lists, level } = qualified;
  const rows: QualificationRow[] = [{ label: words.phrases.qualification, value: levelText(level, reasons, words.language) }];
  if (certificate !== null) {
    rows.push({ label: phrases.whenIssued, value: atText(certificate.issuance, words.language) });
    rows.push({ label: phrases.whenSigned, value: atText(certificate.best, words.language) });
  }
  return [...rows, { label: phrases.lists, value: listsText(lists, words), ...(lists.staleAccepted && { tone: 'open' as const }) }];
}

/** Rows of a report on a certificate alone. */
export function certificateQualificationRows(
  { issuance, best }: CertificateOverTime,
  lists: ListsInUse,
  words: Catalogue,
): QualificationRow[] {
  const { qualificationPhrases: phrases } = wordsIn(words.language);
  return [
    { label: phrases.whenIssued, value: atText(issuance, words.language) },
    { label: fill(phrases.atTime, { time: dateTime(best.at, words) }), value: atText(best, words.language) },
    { label: phrases.lists, value: listsText(lists, words) },
  ];
}

/** What a time-stamp's service was. */
export function stampText(qualification: 'QTSA' | 'TSA' | 'N/A', { language }: Catalogue): string {
  const { qualificationPhrases: phrases } = wordsIn(language);
  return { QTSA: phrases.qualifiedStamp, TSA: phrases.plainStamp, 'N/A': phrases.unknownStamp }[qualification];
}

function levelText(level: string, reasons: readonly QualificationReason[], language: Language): string {
  const { signatureLevels, indeterminatePrefix } = wordsIn(language);
  const bare = level.replace(/^Indeterminate-/, '');
  const text = `${level}: ${bare === level ? '' : indeterminatePrefix}${signatureLevels[bare] ?? ''}`;
  return reasons.length === 0 ? text : `${text} (${reasons.map((reason) => reasonText(reason, language)).join('; ')})`;
}

const atText = ({ result, reasons }: CertificateAt, language: Language): string =>
  `${wordsIn(language).certificateResults[result]} (${reasons.map((reason) => reasonText(reason, language)).join('; ')})`;

function listsText({ snapshot, at, accepted, refused, staleAccepted, selfNamed }: ListsInUse, words: Catalogue): string {
  const { qualificationPhrases: phrases } = wordsIn(words.language);
  const stale = accepted.filter((list) => list.stale).map(({ territory }) => territory);
  const kept = accepted.filter((list) => list.kept !== null).map(({ territory }) => territory);
  const parts = [fill(phrases.listsText, { id: snapshot.slice(0, 16), time: dateTime(at, words), count: accepted.length })];
  if (stale.length > 0) parts.push(fill(phrases.stale, { lists: stale.join(', ') }));
  else if (staleAccepted) parts.push(phrases.staleAccepted);
  if (kept.length > 0) parts.push(fill(phrases.kept, { lists: kept.join(', ') }));
  if (refused.length > 0)
    parts.push(
      fill(phrases.refused, {
        lists: refused
          .slice(0, MOST)
          .map(({ name, reason }) => `${name} (${reason})`)
          .join(', '),
      }),
    );
  if (selfNamed) parts.push(phrases.selfNamed);
  return visible(parts.join('; '));
}

const wordsIn = (language: Language): typeof en => (language === 'de' ? de : en);

/** Refused lists that are told on one line. */
const MOST = 8;
