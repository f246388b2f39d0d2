/** Format checking (EN 319 102-1, 5.2.2): whether the token has the shape that its format demands, and for PDF where it stands (ISO 32000-2, 12.8). */
import type { PdfSignatureFacts, SignatureFacts } from '../facts/index.ts';
import { type Block, runBlock } from './check.ts';
import { failed, isPassed } from './conclusion.ts';
import { checkContainerFormat } from './container-format.ts';
import { levelsFor } from './policy.ts';
import type { BlockResult } from './report.ts';
import type { Token, World } from './world.ts';

/** Null where the format has no rules to check. */
export function checkFormat(token: Token, world: World): BlockResult | null {
  if (token.context === 'revocation') return null;
  if (token.context !== 'timestamp' && token.facts.xml) return checkXmlFormat(token.facts, token, world);
  if (!token.facts.pdf) return checkContainerFormat(token, world);
  const facts = { pdf: token.facts.pdf, signerInfos: token.facts.cms?.signerInfos ?? 1 };
  return runBlock(FORMAT, facts, levelsFor(world.policy, token.context), token.facts.id);
}

/** With what its container asks, where it stands in one. */
function checkXmlFormat(facts: SignatureFacts, token: Token, world: World): BlockResult {
  const own = runBlock(XML, facts, levelsFor(world.policy, token.context), facts.id);
  const container = isPassed(own.conclusion) ? checkContainerFormat(token, world) : null;
  return container === null ? own : { ...container, findings: [...own.findings, ...container.findings] };
}

interface PdfCase {
  readonly pdf: PdfSignatureFacts;
  readonly signerInfos: number;
}

const disallowed = ({ pdf }: PdfCase) => (pdf.modifications ?? []).filter(({ allowed }) => !allowed);

/** Octets of the signed revision, after the signed ones: no signature covers them. */
const WITHIN_REVISION = 'ends-within-revision';
const FORMAT_FAILURE = failed('FORMAT_FAILURE');

const ambiguous = ({ references }: SignatureFacts) => references.filter((reference) => reference.ambiguous === true);

const XML: Block<SignatureFacts> = {
  name: 'format-checking',
  clause: '5.2.2',
  checks: [
    {
      id: 'signature-readable',
      clause: 'XMLDSig 1.1, 4',
      holds: ({ xml }) => xml?.unread === undefined,
      otherwise: FORMAT_FAILURE,
      with: ({ xml }) => ({ problem: xml?.unread ?? '' }),
    },
    {
      id: 'signature-identifier-unique',
      clause: 'XMLDSig 1.1, 4.2',
      holds: ({ xml }) => xml?.sharedId !== true,
      otherwise: FORMAT_FAILURE,
    },
    {
      id: 'references-unambiguous',
      clause: 'XMLDSig 1.1, 4.4.3.2',
      holds: (facts) => ambiguous(facts).length === 0,
      otherwise: FORMAT_FAILURE,
      with: (facts) => ({ references: ambiguous(facts).length, first: ambiguous(facts)[0]?.name ?? '' }),
    },
  ],
};

const FORMAT: Block<PdfCase> = {
  name: 'format-checking',
  clause: '5.2.2',
  checks: [
    {
      id: 'one-signer-info',
      clause: 'ISO 32000-2, 12.8.3.3',
      holds: ({ signerInfos }) => signerInfos === 1,
      otherwise: FORMAT_FAILURE,
      with: ({ signerInfos }) => ({ signerInfos }),
    },
    {
      id: 'byte-range-valid',
      clause: 'ISO 32000-2, 12.8.1',
      holds: ({ pdf }) => pdf.byteRangeValid || pdf.byteRangeProblem === WITHIN_REVISION,
      otherwise: FORMAT_FAILURE,
      with: ({ pdf }) => ({ problem: pdf.byteRangeProblem ?? '' }),
    },
    {
      id: 'byte-range-ends-with-revision',
      clause: 'ISO 32000-2, 12.8.1',
      constraint: true,
      holds: ({ pdf }) => pdf.byteRangeProblem !== WITHIN_REVISION,
      otherwise: FORMAT_FAILURE,
    },
    {
      id: 'signature-dictionary-unchanged',
      clause: 'ISO 32000-2, 12.8.1',
      holds: ({ pdf }) => pdf.dictionaryConsistent,
      otherwise: FORMAT_FAILURE,
    },
    {
      id: 'later-changes-allowed',
      clause: 'ISO 32000-2, 12.8.2.2',
      constraint: true,
      applies: ({ pdf }) => pdf.modifications !== null,
      holds: (facts) => disallowed(facts).length === 0,
      otherwise: FORMAT_FAILURE,
      with: (facts) => {
        const changes = disallowed(facts);
        return { ...(changes.length > 1 && { changes: changes.length }), first: changes[0]?.why ?? '', changeKind: changes[0]?.kind ?? '' };
      },
    },
  ],
};
