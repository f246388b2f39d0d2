/** A report on a certificate as people read it: text for a terminal, and one page. */
import { exact } from '../base/options.ts';
import type { PathFailure } from '../pki/path.ts';
import { type Catalogue, catalogueOf, fill, type Language } from './catalogue.ts';
import { type CertificateReport, type CertificateStep, failuresAt, type StepRevocation } from './certificate-report.ts';
import { detailIn } from './detail.ts';
import { escaped, isolated } from './escape.ts';
import { folded, icon, list, page } from './html.ts';
import { certificateSection } from './inspect-certificate.ts';
import { identifierText } from './inspect-shared.ts';
import { type Pen, penOf, wrapped } from './layout.ts';
import { certificateQualificationRows } from './qualification.ts';
import { nameOf } from './report-names.ts';
import type { Section } from './section.ts';
import { dateTime } from './sentence.ts';
import type { Tone } from './verdict.ts';
import { visible } from './visible.ts';

export interface CertificateReportOptions {
  /** ANSI colours, in text only; default none. */
  readonly colour?: boolean;
  readonly language?: Language;
}

/** The verdict first, then each certificate up to the anchor. Ends with a line feed. */
export function certificateReportText(report: CertificateReport, options: CertificateReportOptions = {}): string {
  exact('certificateReportText', options, ['colour', 'language']);
  const words = catalogueOf(options.language);
  const { inspect } = words;
  const pen = penOf(options.colour === true);
  const tone = toneOf(report);
  const lines = [
    `${pen.tone(tone, pen.strong(verdictOf(tone, words).toUpperCase()))}  ${leadOf(report, words)}`,
    ...asideOf(report, words).map(pen.faint),
  ];
  if (report.failure !== null) {
    const { meaning, remedy } = words.pathFailures[report.failure.code];
    lines.push(...wrapped('  ', 2, `${placeOf(report, report.failure, words)}${meaning} (${detail(report.failure, words)})`));
    lines.push(...wrapped(`  ${pen.faint(words.phrases.whatWouldHelp)} `, 2, remedy, words.phrases.whatWouldHelp.length + 3));
  }
  for (const { label, value } of qualificationRowsOf(report, words))
    lines.push(...wrapped(`  ${pen.faint(label)} `, 4, value, label.length + 3));
  lines.push('', pen.strong(inspect.pathCertificates));
  for (const [i, step] of report.path.entries()) lines.push(...stepLines(report, step, i, pen, words));
  return `${lines.join('\n')}\n`;
}

/** One page for several reports. */
export function certificateReportHtml(reports: readonly CertificateReport[], options: CertificateReportOptions = {}): string {
  exact('certificateReportHtml', options, ['colour', 'language']);
  const words = catalogueOf(options.language);
  const { inspect } = words;
  const [first] = reports;
  const tones = reports.map(toneOf);
  const tone: Tone = tones.includes('bad') ? 'bad' : tones.every((each) => each === 'good') ? 'good' : 'open';
  const headline = verdictOf(tone, words);
  return page({
    language: words.language,
    title: `${headline}: ${inspect.pathReport}`,
    tone,
    kicker: escaped(inspect.pathReport),
    headline,
    lead:
      reports.length === 1 && first !== undefined
        ? leadOf(first, words)
        : `${reports.filter((report) => report.valid).length} / ${reports.length}`,
    body: reports.map((report) => card(report, words)).join('\n'),
  });
}

const qualificationRowsOf = ({ qualification }: CertificateReport, words: Catalogue) =>
  qualification === undefined ? [] : certificateQualificationRows(qualification, qualification.lists, words);

function card(report: CertificateReport, words: Catalogue): string {
  const { inspect, phrases } = words;
  const tone = toneOf(report);
  const name = nameOf(report.target) ?? phrases.nameless;
  const failure = report.failure;
  return `<section class="card ${tone}"><div class="head">${icon(tone)}<h2>${isolated(name)}: <span class="word">${escaped(verdictOf(tone, words))}</span></h2></div>
<p class="sentence">${isolated(leadOf(report, words))}</p>
${asideOf(report, words)
  .map((line) => `<p class="context">${isolated(line)}</p>`)
  .join('')}
${failure === null ? '' : `<p class="sentence">${isolated(placeOf(report, failure, words) + words.pathFailures[failure.code].meaning)}</p><p class="remedy"><strong>${escaped(phrases.whatWouldHelp)}</strong> ${escaped(words.pathFailures[failure.code].remedy)}</p>`}
${qualificationRowsOf(report, words)
  .map(({ label, value }) => `<p class="context"><strong>${escaped(label)}</strong> ${isolated(value)}</p>`)
  .join('')}
<h3>${escaped(inspect.pathCertificates)}</h3><ol class="chain">${report.path.map((step, i) => stepItem(report, step, i, words)).join('')}</ol></section>`;
}

function stepItem(report: CertificateReport, step: CertificateStep, index: number, words: Catalogue): string {
  const { certificate, revocation } = step;
  const checks = [
    ...failuresAt(report, index).map((failure) => {
      const { meaning, remedy } = words.pathFailures[failure.code];
      return `<li class="fail"><p>${isolated(`${meaning} (${detail(failure, words)})`)} <em>${escaped(remedy)}</em> <span class="clause">${escaped(visible(failure.clause))}</span></p></li>`;
    }),
    `<li class="${markOf(revocation)}"><p>${isolated(`${words.inspect.revocation}: ${revocationText(revocation, words)}`)}</p></li>`,
  ];
  return `<li>${folded(`${isolated(nameOf(certificate) ?? words.phrases.nameless)} <span class="tag">${escaped(roleOf(step, report, words))}</span>`, sectionHtml(certificateSection(certificate, words, words.inspect.details)))}${list(checks.join(''))}</li>`;
}

const sectionHtml = ({ title, rows, sections }: Section): string =>
  `<h5><span>${escaped(visible(title))}</span></h5>${
    rows.length === 0
      ? ''
      : `<dl>${rows.map(({ label, values }) => `<dt>${escaped(visible(label))}</dt><dd>${values.map((value) => isolated(visible(value))).join('; ')}</dd>`).join('')}</dl>`
  }${sections.map(sectionHtml).join('')}`;

function stepLines(report: CertificateReport, step: CertificateStep, index: number, pen: Pen, words: Catalogue): string[] {
  const { certificate, revocation } = step;
  const { inspect, phrases } = words;
  const failures = failuresAt(report, index);
  const tone: Tone = failures.length > 0 ? 'bad' : 'good';
  const validity = fill(phrases.fromTo, { from: dateTime(certificate.notBefore, words), to: dateTime(certificate.notAfter, words) });
  return [
    `${pen.tone(tone, failures.length > 0 ? '✗' : '✓')} ${pen.strong(nameOf(certificate) ?? phrases.nameless)}  ${pen.faint(roleOf(step, report, words))}`,
    `    ${pen.faint(phrases.validity)} ${validity}`,
    ...wrapped(`    ${pen.faint(inspect.revocation)} `, 4, revocationText(revocation, words), inspect.revocation.length + 5),
    ...failures.flatMap((failure) =>
      wrapped(
        `    ${pen.tone('bad', '✗')} `,
        6,
        `${words.pathFailures[failure.code].meaning} (${detail(failure, words)}) [${visible(failure.clause)}]`,
      ),
    ),
    `    ${pen.faint(`SHA-256 ${certificate.fingerprint}`)}`,
  ];
}

/** Nothing is proven wrong where only something is not known. */
const toneOf = ({ valid, failures }: CertificateReport): Tone =>
  valid ? 'good' : failures.every(({ code }) => NOT_KNOWN.has(code)) ? 'open' : 'bad';

const verdictOf = (tone: Tone, { inspect, phrases }: Catalogue): string =>
  tone === 'good' ? inspect.pathValid : tone === 'bad' ? inspect.pathNotValid : phrases.notConfirmed;

const leadOf = (report: CertificateReport, { inspect, phrases, ...words }: Catalogue): string =>
  fill(report.valid ? inspect.pathValidText : inspect.pathNotValidText, {
    name: nameOf(report.target) ?? phrases.nameless,
    time: dateTime(report.at, { inspect, phrases, ...words }),
  });

function asideOf({ asked, policies, valid }: CertificateReport, words: Catalogue): string[] {
  const { inspect } = words;
  const named = (oids: readonly string[]): string =>
    visible(oids.map((oid) => (oid === '2.5.29.32.0' ? inspect.anyPolicy : identifierText(oid, words))).join(', '));
  return [
    ...(asked.purpose === null ? [] : [`${inspect.purposeAsked}: ${visible(asked.purpose)}`]),
    ...(asked.policies.length === 0 ? [] : [`${inspect.policiesAsked}: ${named(asked.policies)}`]),
    ...(valid && policies.length > 0 ? [`${inspect.pathPolicies}: ${named(policies)}`] : []),
  ];
}

/** Whose failure it is, where it is not that of the certificate in question. */
function placeOf({ path }: CertificateReport, { index }: PathFailure, words: Catalogue): string {
  const step = index === 0 ? undefined : path[Math.min(index, path.length - 1)];
  return step === undefined ? '' : `${nameOf(step.certificate) ?? words.phrases.nameless}: `;
}

const detail = ({ what }: PathFailure, words: Catalogue): string => visible(detailIn(what, words));

function roleOf({ role }: CertificateStep, { path }: CertificateReport, { inspect }: Catalogue): string {
  if (role === 'target') return inspect.roleTarget;
  if (role === 'anchor') return inspect.roleAnchor;
  return path.some((step) => step.role === 'anchor') ? inspect.roleIssuer : inspect.roleOther;
}

const markOf = ({ status }: StepRevocation): string =>
  status === 'revoked' ? 'fail' : status === 'unknown' ? 'warn' : status === 'good' ? 'ok' : 'inform';

function revocationText(revocation: StepRevocation, words: Catalogue): string {
  const { inspect } = words;
  switch (revocation.status) {
    case 'trusted':
      return inspect.revocationNone;
    case 'not-needed':
      return inspect.revocationNotNeeded;
    case 'unknown':
      return fill(inspect.revocationUnknown, { why: visible(revocation.why) });
    case 'good':
      return fill(inspect.revocationGood, { what: dataText(revocation.by, words) });
    case 'revoked':
      return fill(revocation.reason === null ? inspect.revocationRevoked : inspect.revocationRevokedBecause, {
        time: dateTime(revocation.date, words),
        reason: revocation.reason ?? '',
        what: dataText(revocation.by, words),
      });
  }
}

const dataText = (by: { readonly kind: 'crl' | 'ocsp'; readonly time: number } | null, words: Catalogue): string =>
  by === null
    ? words.inspect.someData
    : fill(by.kind === 'crl' ? words.inspect.aCrl : words.inspect.anOcsp, { time: dateTime(by.time, words) });

const NOT_KNOWN: ReadonlySet<PathFailure['code']> = new Set(['revocation-unknown', 'no-path', 'budget-spent', 'signature-unsupported']);
