/** Why a document should not be extended to long-term validation as it is (EN 319 142-1, 6.3; EN 319 102-1, 5.5.4). */
import { type Examined, isSince } from './augment-material.ts';
import { type Instant, toIso } from './base/instant.ts';
import type { CertificateId } from './facts/index.ts';
import {
  type Conclusion,
  isPassed,
  mainIndicationOf,
  type SignatureReport,
  subIndicationOf,
  type TimestampReport,
  type TokenReport,
} from './validation/index.ts';
import type { Context } from './validation/policy-type.ts';
import { acceptancesOf, heldOf, latestOf, needsRevocation, revokedOf } from './validation/revocation-acceptance.ts';
import { anchorIndex, certificateOf, chainOf, type World } from './validation/world.ts';

export interface Problem {
  /** `later`: time alone may solve it; `revocation`: there is no usable revocation data; `refused`: anything else. */
  readonly kind: 'later' | 'revocation' | 'refused';
  readonly text: string;
  /** When new revocation data is due, where that is known. */
  readonly due: Instant | null;
}

/** Everything that stands against it, signature by signature; empty where nothing does. */
export function problemsOf({ world, report }: Examined): Problem[] {
  const found = report.unreadable.flatMap(({ kind, name, malformed }): Problem[] =>
    kind === 'signature' || kind === 'timestamp'
      ? [refused(`the ${kind === 'signature' ? 'signature' : 'time-stamp'} in '${name ?? ''}' cannot be read: ${malformed.reason}`)]
      : [],
  );
  const told = new Set<string>();
  const ofTimestamps = (timestamps: readonly TimestampReport[], needed: boolean): void => {
    for (const stamp of timestamps) {
      if (isPassed(stamp.conclusion) || told.has(stamp.facts.id)) continue;
      const problem = tokenProblem(world, stamp, 'timestamp', stamp.facts.time);
      if (problem.kind === 'refused' && !needed) continue;
      told.add(stamp.facts.id);
      found.push(named(`the time-stamp of ${toIso(stamp.facts.time)}`, problem));
    }
  };
  for (const signature of report.signatures) {
    const proofs = signature.timestamps.filter(({ facts }) => facts.type === 'signature' || facts.type === 'document');
    ofTimestamps(proofs, !proofs.some(({ conclusion }) => isPassed(conclusion)));
    const problem = signatureProblem(world, signature);
    if (problem) found.push(named(nameOf(signature), problem));
  }
  ofTimestamps(report.timestamps, true);
  return found;
}

function signatureProblem(world: World, signature: SignatureReport): Problem | null {
  const { facts, conclusion, bestSignatureTime } = signature;
  const context = facts.counterSignatureOf === null ? 'signature' : 'counter-signature';
  if (!isPassed(conclusion)) return tokenProblem(world, signature, context, bestSignatureTime);
  return staleness(world, facts.signer.certificate, context, bestSignatureTime);
}

/** What a token's conclusion comes from. */
function tokenProblem(world: World, token: TokenReport & Signed, context: Context, time: Instant): Problem {
  const { conclusion } = token;
  const ofChain = conclusion.indication === 'INDETERMINATE' ? chainProblem(world, token.facts.signer.certificate, context, time) : null;
  return ofChain ?? (subIndicationOf(conclusion) === 'TRY_LATER' ? later('TRY_LATER', null) : refused(whyNot(token, conclusion)));
}

interface Signed {
  readonly facts: { readonly signer: { readonly certificate: CertificateId | null } };
}

/** The first certificate, the signer's first, that stands in the way. */
function chainProblem(world: World, leaf: CertificateId | null, context: Context, time: Instant): Problem | null {
  const chain = chainOf(world, leaf);
  const top = chain.at(-1);
  if (top === undefined) return refused('its signing certificate was not found');
  const anchor = anchorIndex(world, chain, world.at);
  if (anchor < 0) return refused(`its certificate chain ends at ${subjectOf(world, top.certificate)}, which is not trusted`);
  for (const [index, link] of chain.slice(0, anchor).entries()) {
    if (!needsRevocation(world, context, index === 0 ? 'signer' : 'ca', link, false)) continue;
    const who = `the certificate of ${subjectOf(world, link.certificate)}`;
    const acceptances = acceptancesOf(world, link.certificate);
    if (acceptances.length === 0) return { kind: 'revocation', text: `there is no revocation data for ${who}`, due: null };
    const revoked = revokedOf(world, acceptances, world.at);
    if (revoked && (revoked.revokedAt === null || revoked.revokedAt <= time)) {
      const when = revoked.revokedAt === null ? '' : ` at ${toIso(revoked.revokedAt)}`;
      return refused(`${who} was revoked${when} (${revoked.reason ?? 'unspecified'}), and nothing proves an earlier signature`);
    }
    const held = heldOf(acceptances, world.at);
    if (held) return later(`${who} is on hold`, held.nextUpdate);
    if (latestOf(acceptances) === null) {
      const checks = acceptances.flatMap(({ result }) => result.findings.filter(({ outcome }) => outcome === 'fail'));
      const why = [...new Set(checks.map(({ check }) => check))].join(', ');
      return { kind: 'revocation', text: `no revocation data for ${who} can be used (failed: ${why})`, due: null };
    }
  }
  return null;
}

/** Revocation data from before the proven time of a signature cannot tell of a revocation in between. */
function staleness(world: World, leaf: CertificateId | null, context: Context, best: Instant): Problem | null {
  const [signer] = chainOf(world, leaf);
  const isAnchor = anchorIndex(world, chainOf(world, leaf), world.at) === 0;
  if (signer === undefined || !needsRevocation(world, context, 'signer', signer, isAnchor)) return null;
  const status = latestOf(acceptancesOf(world, signer.certificate))?.status;
  if (!status || isSince(status.thisUpdate, best)) return null;
  const from = status.thisUpdate === null ? '' : ` is from ${toIso(status.thisUpdate)},`;
  const who = subjectOf(world, signer.certificate);
  return later(`the revocation data for the certificate of ${who}${from} before the signature time ${toIso(best)}`, status.nextUpdate);
}

function whyNot({ process }: TokenReport, conclusion: Conclusion): string {
  const failing = process.flatMap(({ findings, block }) =>
    block === 'revocation-acceptance' ? [] : findings.filter(({ outcome }) => outcome === 'fail').map(({ check }) => check),
  );
  const checks = failing.length === 0 ? '' : ` (failed: ${[...new Set(failing)].join(', ')})`;
  return `it is not valid: ${mainIndicationOf(conclusion)} / ${subIndicationOf(conclusion) ?? ''}${checks}`;
}

function nameOf({ facts }: SignatureReport): string {
  const place = facts.name === null || facts.name === '' ? '' : facts.pdf ? ` in field '${facts.name}'` : ` in ${facts.name}`;
  return facts.counterSignatureOf === null ? `the signature${place}` : `a counter-signature${place}`;
}

const subjectOf = (world: World, id: CertificateId): string => certificateOf(world, id).subject.text;
const named = (name: string, problem: Problem): Problem => ({ ...problem, text: `${name}: ${problem.text}` });
const refused = (text: string): Problem => ({ kind: 'refused', text, due: null });
const later = (text: string, due: Instant | null): Problem => ({ kind: 'later', text, due });
