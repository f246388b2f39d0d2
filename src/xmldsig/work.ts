/** How much work a signature may ask for: steps of XPath and octets that are digested, over all its references together. */
import { type Budget, budget } from '../base/budget.ts';
import type { XmlDocument } from '../xml/document.ts';

export interface Work {
  readonly steps: Budget;
  readonly octets: Budget;
}

/** Far above what honest signatures need: some steps for each node, and some passes over the document. */
export const workFor = ({ nodeCount, bytes }: XmlDocument): Work => ({
  steps: budget('steps of XPath', LEAST_STEPS + STEPS_PER_NODE * nodeCount),
  octets: budget('octets to digest', LEAST_OCTETS + PASSES * bytes.length),
});

const LEAST_STEPS = 4_000_000;
const STEPS_PER_NODE = 64;
const LEAST_OCTETS = 1 << 26;
const PASSES = 64;
