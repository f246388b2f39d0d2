/** Statements of qualified certificates in plain words (EN 319 412-5, 4 and 5; TS 119 495, 5.1). */
import { toHex } from '../base/text.ts';
import type { QcStatements } from '../pki/qc-statements.ts';
import { type Catalogue, fill } from './catalogue.ts';
import { identifierText } from './inspect-shared.ts';
import { type Section, section } from './section.ts';

export const qualifiedJson = (qc: QcStatements) => ({
  compliance: qc.compliance,
  qscd: qc.sscd,
  types: qc.types,
  legislation: qc.legislation,
  limit: qc.limit && { ...qc.limit },
  retentionYears: qc.retentionYears,
  disclosure: qc.disclosure,
  semantics: qc.semantics,
  psd2: qc.psd2,
  identification: qc.identification,
  statements: qc.statements.map(({ id, info }) => ({ id, info: info && toHex(info) })),
  unreadable: qc.unreadable,
});

export function qualifiedSection(qc: QcStatements, words: Catalogue): Section {
  const { inspect } = words;
  return section(inspect.qualified, [
    ['•', [claim(qc, words), ...(qc.sscd ? [inspect.qscd] : [])]],
    [inspect.qcType, qc.types.map((type) => typeText(type, words))],
    [inspect.limit, qc.limit && fill(inspect.limitValue, { amount: amountText(qc.limit), currency: qc.limit.currency })],
    [inspect.retention, qc.retentionYears === null ? null : fill(inspect.retentionYears, { years: qc.retentionYears })],
    [inspect.disclosure, qc.disclosure.map((place) => fill(inspect.disclosureIn, { ...place }))],
    [inspect.semantics, qc.semantics.map((id) => identifierText(id, words))],
    [
      inspect.psd2Roles,
      qc.psd2?.roles.map(({ id, name }) => (name === '' ? identifierText(id, words) : `${name}: ${identifierText(id, words)}`)),
    ],
    [inspect.psd2Authority, qc.psd2 && `${qc.psd2.authorityName} (${qc.psd2.authorityId})`],
    [inspect.identification, qc.identification.map((id) => identifierText(id, words))],
    [
      inspect.otherStatements,
      qc.statements.flatMap(({ id, info }) => (TOLD.has(id) ? [] : [info === null ? id : `${id}: ${toHex(info)}`])),
    ],
    [inspect.unreadableStatements, qc.unreadable],
  ]);
}

function claim(qc: QcStatements, { inspect }: Catalogue): string {
  if (!qc.compliance) return inspect.notQualified;
  return qc.legislation.length === 0 ? inspect.qualifiedEu : fill(inspect.qualifiedCountries, { countries: qc.legislation.join(', ') });
}

function typeText(type: string, words: Catalogue): string {
  if (type === 'esign') return words.inspect.qcEsign;
  if (type === 'eseal') return words.inspect.qcEseal;
  return type === 'web' ? words.inspect.qcWeb : identifierText(type, words);
}

/** `10 000` for 1 × 10^4; as a power where that would be long. */
function amountText({ amount, exponent }: { amount: number; exponent: number }): string {
  if (exponent < -6 || exponent > 9) return `${amount} × 10^${exponent}`;
  const digits = exponent >= 0 ? String(amount * 10 ** exponent) : (amount / 10 ** -exponent).toFixed(-exponent);
  return digits.replace(/\B(?=(\d{3})+(?!\d))/g, exponent >= 0 ? '\u00a0' : '');
}

/** Statements that have a row of their own. */
const TOLD: ReadonlySet<string> = new Set([
  ...[1, 2, 3, 4, 5, 6, 7, 8].map((number) => `0.4.0.1862.1.${number}`),
  '1.3.6.1.5.5.7.11.1',
  '1.3.6.1.5.5.7.11.2',
  '0.4.0.19495.2',
]);
