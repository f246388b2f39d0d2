/** Reports for programs and for people: pure functions of what `validate` gives. */
export { type Language, languageOf } from './catalogue.ts';
export { type CertificateReport, type CertificateStep, certificateReportJson } from './certificate-report.ts';
export { type CertificateReportOptions, certificateReportHtml, certificateReportText } from './certificate-report-view.ts';
export { type EtsiOptions, toEtsi } from './etsi.ts';
export { type HtmlOptions, toHtml } from './html.ts';
export { type CertificateJson, type CheckJson, type ReportJson, type SignatureJson, type TimestampJson, toJson } from './json.ts';
export { type TextOptions, toText } from './text.ts';
export { isGood, type Tone, toneOfReport, toneOfSignature, type Verdict, verdictOf } from './verdict.ts';
