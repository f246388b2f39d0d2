/** The parsers that are fuzzed, one row each. */

import type { Target } from './target.ts';
import { asicTarget, zipTarget } from './targets/asic.ts';
import { cmsTarget } from './targets/cms.ts';
import { derTarget } from './targets/der.ts';
import { evidenceRecordTarget, xmlEvidenceRecordTarget } from './targets/evidence-record.ts';
import { changesTarget, lexerTarget, revisionTarget, xrefTarget } from './targets/pdf.ts';
import { certificateTarget, crlTarget, ocspTarget } from './targets/pki.ts';
import { timestampTarget } from './targets/timestamp.ts';
import { trustedListTarget } from './targets/trust.ts';
import { xadesTarget } from './targets/xades.ts';
import { canonicalTarget, xmlTarget } from './targets/xml.ts';

export const TARGETS: readonly Target[] = [
  derTarget,
  certificateTarget,
  crlTarget,
  ocspTarget,
  timestampTarget,
  cmsTarget,
  evidenceRecordTarget,
  xmlEvidenceRecordTarget,
  zipTarget,
  asicTarget,
  lexerTarget,
  xrefTarget,
  revisionTarget,
  changesTarget,
  xmlTarget,
  canonicalTarget,
  xadesTarget,
  trustedListTarget,
];

export const targetOf = (name: string): Target | null => TARGETS.find((target) => target.name === name) ?? null;
