/** Certificate policies along a path as a graph, which stays as small as its input (RFC 9618; RFC 5280, 6.1). */
import type { PolicyInformation, PolicyMapping } from './extensions.ts';

/** One policy at one depth. Two nodes of a depth never have the same policy: that is what keeps the graph small. */
interface PolicyNode {
  readonly policy: string;
  expected: readonly string[];
  readonly parents: readonly PolicyNode[];
}

/** The valid_policy_graph: its newest level, from which the older ones are reached. Null stands for no graph. */
export interface PolicyGraph {
  readonly levels: Map<string, PolicyNode>[];
}

/** Depth 0: anyPolicy (RFC 9618, 5.2; RFC 5280, 6.1.2 (a)). */
export function startGraph(): PolicyGraph {
  return { levels: [new Map([[ANY_POLICY, { policy: ANY_POLICY, expected: [ANY_POLICY], parents: [] }]])] };
}

/** One more level for a certificate that has these policies (6.1.3 (d)); null once no policy is left. */
export function addPolicies(graph: PolicyGraph, policies: readonly PolicyInformation[], anyPolicyAllowed: boolean): PolicyGraph | null {
  const above = newest(graph);
  const byExpected = Map.groupBy(
    [...above.values()].flatMap((node) => node.expected.map((policy) => ({ policy, node }))),
    ({ policy }) => policy,
  );
  const parentsOf = (policy: string): PolicyNode[] => (byExpected.get(policy) ?? []).map(({ node }) => node);
  const level = new Map<string, PolicyNode>();
  const any = above.get(ANY_POLICY);
  for (const { policy } of policies) {
    if (policy === ANY_POLICY) continue;
    const parents = parentsOf(policy);
    if (parents.length === 0 && any) parents.push(any);
    if (parents.length > 0) level.set(policy, { policy, expected: [policy], parents });
  }
  if (anyPolicyAllowed && policies.some(({ policy }) => policy === ANY_POLICY)) {
    for (const policy of byExpected.keys())
      if (!level.has(policy)) level.set(policy, { policy, expected: [policy], parents: parentsOf(policy) });
  }
  graph.levels.push(level);
  return level.size > 0 ? graph : null;
}

/** Applies the mappings of a certificate to the newest level (6.1.4 (b)); null once no policy is left. */
export function mapPolicies(graph: PolicyGraph, mappings: readonly PolicyMapping[], mappingAllowed: boolean): PolicyGraph | null {
  const level = newest(graph);
  const aboveAny = graph.levels.at(-2)?.get(ANY_POLICY);
  for (const [policy, pairs] of Map.groupBy(mappings, ({ issuerDomain }) => issuerDomain)) {
    if (!mappingAllowed) {
      level.delete(policy);
      continue;
    }
    const expected = [...new Set(pairs.map(({ subjectDomain }) => subjectDomain))];
    const node = level.get(policy);
    if (node) node.expected = expected;
    else if (level.has(ANY_POLICY) && aboveAny) level.set(policy, { policy, expected, parents: [aboveAny] });
  }
  return level.size > 0 ? graph : null;
}

/**
 * The policies of the anchor's domain that hold for the whole path, within what the user accepts (6.1.5 (g)). `anyPolicy`
 * in the answer: every policy holds and the user accepts every one. Empty without a graph.
 */
export function constrainedPolicies(graph: PolicyGraph | null, accepted: readonly string[]): ReadonlySet<string> {
  if (!graph) return new Set();
  const authority = authorityPolicies(graph);
  if (accepted.includes(ANY_POLICY)) return authority;
  return new Set(accepted.filter((policy) => authority.has(ANY_POLICY) || authority.has(policy)));
}

/** Policies of nodes below anyPolicy from which the last level is reached. */
function authorityPolicies(graph: PolicyGraph): ReadonlySet<string> {
  const found = new Set<string>();
  let level: Iterable<PolicyNode> = newest(graph).values();
  if (newest(graph).has(ANY_POLICY)) found.add(ANY_POLICY);
  for (let depth = graph.levels.length - 1; depth > 0; depth--) {
    const above = new Set<PolicyNode>();
    for (const node of level) {
      for (const parent of node.parents) {
        above.add(parent);
        if (parent.policy === ANY_POLICY && node.policy !== ANY_POLICY) found.add(node.policy);
      }
    }
    level = above;
  }
  return found;
}

const newest = (graph: PolicyGraph): Map<string, PolicyNode> => graph.levels[graph.levels.length - 1] ?? new Map();

export const ANY_POLICY = '2.5.29.32.0';
