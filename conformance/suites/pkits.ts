/** NIST PKITS: path validation with every policy setting, revocation always required (RFC 5280, 6). */
import { fromIso } from '../../src/base/instant.ts';
import { anchorOf, type Certificate, type Crl, findPath, parseCertificate, parseCrl, revocationBy } from '../../src/pki/index.ts';
import { judged, type Suite } from '../case.ts';
import { readFile, readManifest } from '../manifest.ts';

interface PkitsCase {
  readonly id: string;
  readonly files: { readonly trust_anchor: string; readonly path: readonly string[]; readonly crls: readonly string[] };
  readonly inputs: {
    readonly time: string;
    readonly initial_policy_set: readonly string[];
    readonly initial_explicit_policy: boolean;
    readonly initial_policy_mapping_inhibit: boolean;
    readonly initial_inhibit_any_policy: boolean;
  };
  readonly expected?: { readonly valid: boolean; readonly user_constrained_policy_set: readonly string[] | null };
}

interface PkitsGot {
  readonly valid: boolean;
  /** User-constrained policies of a valid path. */
  readonly policies: readonly string[] | null;
  readonly why: string | null;
}

export const pkits: Suite = {
  name: 'pkits',
  async run(dir, { attempt }) {
    const results = [];
    for (const one of readManifest<PkitsCase>(dir).cases) {
      results.push(
        await attempt(one.id, one.expected, () => {
          const got = judge(dir, one);
          return judged(one.expected, got, one.expected !== undefined && agrees(one.expected, got));
        }),
      );
    }
    return results;
  },
};

function judge(dir: string, { files, inputs }: PkitsCase): PkitsGot {
  const at = fromIso(inputs.time);
  if (at === null) throw new Error(`no time: ${inputs.time}`);
  const certificates = files.path.map((path) => parseCertificate(readFile(dir, path)));
  const anchor = parseCertificate(readFile(dir, files.trust_anchor));
  const target = certificates.pop();
  if (!anchor.ok) throw new Error('the anchor cannot be read');
  if (!target?.ok) return { valid: false, policies: null, why: target ? target.malformed.reason : 'no certificate' };
  const candidates: Certificate[] = certificates.flatMap((one) => (one.ok ? [one.value] : []));
  const crls: Crl[] = files.crls.flatMap((path) => {
    const crl = parseCrl(readFile(dir, path));
    return crl.ok ? [crl.value] : [];
  });
  const found = findPath({
    target: target.value,
    anchors: [anchorOf(anchor.value)],
    candidates,
    at,
    policies: inputs.initial_policy_set,
    explicitPolicy: inputs.initial_explicit_policy,
    inhibitPolicyMapping: inputs.initial_policy_mapping_inhibit,
    inhibitAnyPolicy: inputs.initial_inhibit_any_policy,
    revocation: revocationBy({ crls, ocsps: [], candidates: [anchor.value, ...candidates], at }),
  });
  if (found.ok) return { valid: true, policies: [...found.policies].sort(), why: null };
  const { code, index, what } = found.failure;
  return { valid: false, policies: null, why: `${code} at ${index}: ${what}` };
}

function agrees(expected: NonNullable<PkitsCase['expected']>, got: PkitsGot): boolean {
  if (expected.valid !== got.valid) return false;
  const policies = expected.user_constrained_policy_set;
  return !got.valid || policies === null || [...policies].sort().join() === got.policies?.join();
}
