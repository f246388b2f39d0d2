/**
 * Whether a PDF reader will call a signature 'LTV enabled': a rule over facts, not a verdict. Readers say yes where the file itself
 * holds revocation data for every certificate of the signer's chain and of its time-stamps' chains, the last one (the root) apart,
 * in the document security store (EN 319 142-1, 5.4) or in the signed attribute for archived revocation data (ISO 32000-2, 12.8.3.3.2).
 */
import type { Certificate } from '../pki/certificate.ts';
import type { Report, SignatureReport, TokenReport } from '../validation/report.ts';
import { type Catalogue, fill } from './catalogue.ts';
import { nameOf } from './report-names.ts';

export interface Ltv {
  readonly enabled: boolean;
  readonly sentence: string;
}

/** Null where the signature is not in a PDF. */
export function ltvOf(signature: SignatureReport, report: Report, { phrases }: Catalogue): Ltv | null {
  if (signature.facts.pdf === null) return null;
  const no = (problem: string): Ltv => ({ enabled: false, sentence: fill(phrases.ltvNo, { problem }) });
  const tokens: readonly TokenReport[] = [signature, ...signature.timestamps.filter(({ facts }) => TIMES.has(facts.type))];
  if (signature.facts.signer.certificate === null || signature.chain.length === 0) return no(phrases.ltvUnknownSigner);
  const held = heldRevocations(signature);
  if (held.size === 0) return no(phrases.ltvNoData);
  const needed = new Map<string, Certificate>();
  for (const token of tokens) {
    const top = token.chain.at(-1);
    if (top === undefined || !(top.selfIssued || report.evidence.anchors.has(top.fingerprint)))
      return no(fill(phrases.ltvNoChain, { name: nameOf(token.chain[0] ?? null) ?? phrases.nameless }));
    for (const certificate of token.chain.slice(0, -1)) needed.set(certificate.fingerprint, certificate);
  }
  const missing = [...needed.values()].filter((certificate) => needsData(certificate) && !covered(certificate, held, report));
  if (missing.length > 0)
    return no(fill(phrases.ltvMissing, { names: missing.map((certificate) => nameOf(certificate) ?? phrases.nameless).join('; ') }));
  return { enabled: true, sentence: fill(phrases.ltvYes, { count: [...needed.values()].filter(needsData).length }) };
}

/** In the places where PDF readers look. */
function heldRevocations({ facts, timestamps }: SignatureReport): ReadonlySet<string> {
  const all = [facts, ...timestamps.map((timestamp) => timestamp.facts)].flatMap(({ material }) => material.revocations);
  return new Set(all.filter(({ origin }) => PLACES.has(origin)).map(({ id }) => id));
}

const needsData = ({ ocspNoCheck, noRevAvail }: Certificate): boolean => !ocspNoCheck && !noRevAvail;

const covered = ({ fingerprint }: Certificate, held: ReadonlySet<string>, { evidence }: Report): boolean =>
  (evidence.statuses.get(fingerprint) ?? []).some(
    ({ revocation, status, problem, authorised }) => held.has(revocation) && status !== 'unknown' && problem === null && authorised,
  );

const PLACES: ReadonlySet<string> = new Set(['dss', 'vri', 'adbe-revocation']);
/** A later document time-stamp belongs to the whole file and brings its own material with the next one. */
const TIMES: ReadonlySet<string> = new Set(['signature', 'content']);
