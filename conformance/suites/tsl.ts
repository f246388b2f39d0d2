/** tsl: EU trusted lists and lists of them, their content and their signature, against the oracle's trusted-list task (TS 119 612). */
import type { Bytes } from '../../src/base/bytes.ts';
import { fromIso, toIso } from '../../src/base/instant.ts';
import { toHex } from '../../src/base/text.ts';
import { digest } from '../../src/crypto/digest.ts';
import { parseTrustedList, type ReadList } from '../../src/trust/list.ts';
import { checkListSignature } from '../../src/trust/list-signature.ts';
import { descendantsNamed } from '../../src/xml/query.ts';
import { readKeyInfo } from '../../src/xmldsig/key-info.ts';
import { DS } from '../../src/xmldsig/names.ts';
import { type CaseResult, fail, pass, type Suite, type Verdict } from '../case.ts';
import { readFile, readManifest } from '../manifest.ts';
import { percent } from '../table.ts';

interface Case {
  readonly file: string;
  readonly path: string;
  readonly short: string;
  readonly wellFormed: boolean;
  readonly signatures?: number;
  readonly dom?: Dom;
  readonly pointers?: readonly { readonly territory?: string; readonly certSha256: readonly string[] }[];
  readonly sigTlPolicy?: { readonly ind: string; readonly sub?: string; readonly sc?: string };
}

interface Dom {
  readonly territory: string;
  readonly seq: string;
  readonly version: string;
  readonly type: string;
  readonly issue: string;
  readonly next: string | null;
  readonly tsps: number;
  readonly services: number;
  readonly history: number;
  readonly pointers: number;
  readonly tag: string;
  readonly byType: Readonly<Record<string, number>>;
  readonly byStatus: Readonly<Record<string, number>>;
}

export const tsl: Suite = {
  name: 'tsl',
  async run(dir, { attempt }) {
    const results: CaseResult[] = [];
    for (const one of readManifest<Case>(dir).cases)
      results.push(await attempt(`${one.short}/${one.path}`, expectationOf(one), () => judge(readFile(dir, one.file), one)));
    return results;
  },
  tables: (results) => {
    const rows = ['structure', 'signature'].map((part) => {
      const agree = results.filter(({ got }) => !differencesIn(got).some((each) => each.startsWith(part))).length;
      return `| ${part} | ${percent(agree, results.length)} |`;
    });
    return ['| agreement with the oracle | lists |', '| --- | ---: |', ...rows].join('\n');
  },
};

const expectationOf = ({ wellFormed, sigTlPolicy, signatures }: Case) => ({
  wellFormed,
  signatures: signatures ?? 0,
  ...(sigTlPolicy && { ind: sigTlPolicy.ind, ...(sigTlPolicy.sub !== undefined && { sub: sigTlPolicy.sub }) }),
});

const differencesIn = (got: unknown): readonly string[] =>
  typeof got === 'object' && got !== null && 'differs' in got && Array.isArray(got.differs) ? got.differs : [];

function judge(bytes: Bytes, one: Case): Verdict {
  const read = parseTrustedList(bytes);
  if (!read.ok) {
    const got = { unreadable: read.malformed.reason };
    return !one.wellFormed ? pass(got) : fail({ ...got, differs: ['structure: not read'] });
  }
  const signature = checkListSignature(read.value, { signers: keysIn(read.value), at: read.value.list.issued ?? 0 });
  const verdict = signature.ok ? 'good' : signature.reason;
  const differs = [
    ...(one.wellFormed ? [] : ['structure: read, though it is not well-formed']),
    ...(one.dom ? differences(one.dom, read.value) : []),
    ...(one.pointers ? pointerDifferences(one.pointers, read.value) : []),
    ...signatureDifferences(one, verdict, signature.signer?.fingerprint ?? null),
  ];
  const got = {
    signature: verdict,
    ...(!signature.ok && { detail: signature.detail }),
    deviations: read.value.list.deviations.slice(0, 5),
  };
  return differs.length === 0 ? pass(got) : fail({ ...got, differs });
}

/** What the oracle's task trusts in this run: whoever the signature itself names. */
const keysIn = ({ document }: ReadList): Bytes[] =>
  descendantsNamed(document, 0, DS, 'KeyInfo').flatMap((node) => [...readKeyInfo(document, node).certificates]);

function signatureDifferences({ sigTlPolicy }: Case, verdict: string, signer: string | null): string[] {
  // Without or with more than one signature the oracle's task does not begin: no such list is good.
  if (sigTlPolicy === undefined) return verdict === 'unsigned' || verdict === 'signed-twice' ? [] : [`signature: ${verdict}`];
  const right = REASONS[sigTlPolicy.sub ?? sigTlPolicy.ind] ?? [];
  const found = right.includes(verdict) ? [] : [`signature: ${verdict} instead of ${sigTlPolicy.sub ?? sigTlPolicy.ind}`];
  return sigTlPolicy.sc === undefined || sigTlPolicy.sc === signer ? found : [...found, 'signature: another signer'];
}

function differences(dom: Dom, { list }: ReadList): string[] {
  const services = list.providers.flatMap((provider) => provider.services);
  const found: string[] = [];
  const compare = (name: string, expected: unknown, got: unknown): void => {
    if (JSON.stringify(expected) !== JSON.stringify(got))
      found.push(`structure: ${name} ${JSON.stringify(got)} instead of ${JSON.stringify(expected)}`);
  };
  compare('territory', dom.territory || null, list.territory);
  compare('sequence', dom.seq || null, list.sequence === null ? null : String(list.sequence));
  compare('version', dom.version || null, list.version === null ? null : String(list.version));
  compare('type', dom.type || null, list.type);
  compare('tag', dom.tag, list.tag);
  compare('issue', dateOf(dom.issue), list.issued === null ? null : toIso(list.issued));
  compare('next update', dateOf(dom.next), list.nextUpdate === null ? null : toIso(list.nextUpdate));
  compare('providers', dom.tsps, list.providers.length);
  compare('services', dom.services, services.length);
  compare(
    'history',
    dom.history,
    services.reduce((sum, { states }) => sum + states.length - 1, 0),
  );
  compare('pointers', dom.pointers, list.pointers.length);
  compare('services by type', sorted(dom.byType), countBy(services.map(({ states }) => shortened(states[0]?.type ?? '', TYPE))));
  compare('services by status', sorted(dom.byStatus), countBy(services.map(({ states }) => shortened(states[0]?.status ?? '', STATUS))));
  return found;
}

function pointerDifferences(expected: NonNullable<Case['pointers']>, { list }: ReadList): string[] {
  const written = (territory: string | null | undefined, hashes: readonly string[]) =>
    `${territory ?? ''} ${[...new Set(hashes)].sort().join()}`;
  const theirs = expected.map(({ territory, certSha256 }) => written(territory, certSha256));
  // The oracle follows pointers to XML only, not those to the same list as PDF; and to lists of the EU or under an agreement with it.
  const ours = list.pointers
    .filter(({ mimeType }) => mimeType === 'application/vnd.etsi.tsl+xml')
    .filter(({ type, recognitionAgreement }) => recognitionAgreement || /\/TSLType\/EU/.test(type ?? ''))
    .map(({ territory, certificates }) =>
      written(
        territory,
        certificates.map((der) => toHex(digest('SHA-256', der))),
      ),
    );
  return JSON.stringify(theirs.sort()) === JSON.stringify(ours.sort()) ? [] : ['structure: pointers and their signers'];
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return sorted(counts);
}

const sorted = (counts: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));

/** The manifest writes the last parts of a URI only. */
const shortened = (uri: string, marker: RegExp): string => uri.replace(marker, '');

const dateOf = (text: string | null): string | null => {
  const at = text ? fromIso(/(Z|[+-]\d\d:\d\d)$/.test(text) ? text : `${text}Z`) : null;
  return at === null ? null : toIso(at);
};

const TYPE = /^http:\/\/uri\.etsi\.org\/TrstSvc\/Svctype\//;
const STATUS = /^http:\/\/uri\.etsi\.org\/TrstSvc\/TrustedList\/Svcstatus\//;

const REASONS: Readonly<Record<string, readonly string[]>> = {
  TOTAL_PASSED: ['good'],
  HASH_FAILURE: ['altered'],
  SIG_CRYPTO_FAILURE: ['value'],
  CRYPTO_CONSTRAINTS_FAILURE_NO_POE: ['weak-algorithm'],
  FORMAT_FAILURE: ['signing-certificate', 'malformed-signature', 'signed-properties', 'not-the-whole-list'],
};
