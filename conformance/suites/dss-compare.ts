/** One run of ours beside one of the oracle, fact by fact. */
import type {
  OraclePdf,
  OracleRecord,
  OracleRun,
  OracleSignature,
  OracleTimestamp,
  RunGot,
  SlimRecord,
  SlimReport,
  SlimSignature,
  SlimTimestamp,
} from './dss-oracle.ts';

/** A fact, whether it agrees, and both sides where that is short. */
export type Fact = readonly [fact: string, agrees: boolean, sides?: string];

export interface Comparison {
  /** Fact → whether it agrees, once for each signature (or time-stamp) that the oracle speaks of. */
  readonly facts: readonly Fact[];
}

/** Facts that hold whatever is trusted. A case passes when those marked as structure agree. */
export function compareStructure(oracle: OracleRun, got: RunGot): Comparison {
  const ours = 'fault' in got ? NOTHING : got;
  const facts: Fact[] = [
    [
      'number of signatures',
      !('fault' in got) && oracle.sigs.length === ours.signatures.length,
      `${ours.signatures.length} for ${oracle.sigs.length}`,
    ],
    ...paired(oracle.sigs, ours.signatures).flatMap(([expected, signature]) => signatureFacts(expected, signature, oracle, ours)),
    ...timestampFacts(oracle.tsts ?? [], ours.timestamps, 'stand-alone '),
    ...recordFacts(oracle.ers ?? [], ours.evidenceRecords),
  ];
  return { facts };
}

/** Conclusions of a run: indication, sub-indication and best signature time of signatures; indications of time-stamps. */
export function compareConclusions(oracle: OracleRun, got: RunGot): Comparison['facts'] {
  const ours = 'fault' in got ? NOTHING : got;
  return [
    ...paired(oracle.sigs, ours.signatures).flatMap(([expected, signature]): Fact[] => [
      ['indication', signature?.indication === expected.ind],
      [
        'indication and sub-indication',
        signature?.indication === expected.ind && signature.subIndication === (expected.sub ?? null),
        `${concluded(signature?.indication, signature?.subIndication)} for ${concluded(expected.ind, expected.sub)}`,
      ],
      ...(expected.best === undefined
        ? []
        : [['best signature time', sameTime(signature?.bestSignatureTime ?? null, expected.best)] as const]),
      ...timestampConclusions(expected.tsts ?? [], signature?.timestamps ?? []),
    ]),
    ...timestampConclusions(oracle.tsts ?? [], ours.timestamps),
    ...(oracle.ers ?? []).flatMap((record, i) => recordConclusions(record, ours.evidenceRecords[i])),
  ];
}

const concluded = (indication = 'nothing', sub?: string | null): string => (sub ? `${indication}/${sub}` : indication);

function recordFacts(expected: readonly OracleRecord[], got: readonly SlimRecord[]): Fact[] {
  if (expected.length === 0 && got.length === 0) return [];
  return [
    ['number of evidence records', expected.length === got.length, `${got.length} for ${expected.length}`],
    ...expected.flatMap(({ dm, tsts }, i): Fact[] => {
      const record = got[i];
      // The other passes of the oracle say nothing of them.
      if (dm === undefined || tsts === undefined) return [];
      return [
        ['evidence record: references', record !== undefined && sameReferencesOf(dm, record.references)],
        ['evidence record: times', record !== undefined && sameTimes(tsts, record.timestamps)],
      ];
    }),
  ];
}

const recordConclusions = ({ ind, sub, poe }: OracleRecord, got: SlimRecord | undefined): [string, boolean][] => [
  ['evidence record indication', got?.indication === ind],
  ['evidence record indication and sub-indication', got?.indication === ind && (got.subIndication ?? null) === (sub ?? null)],
  // Where it proves nothing the oracle names the time of validation.
  ...(poe === undefined || ind !== 'PASSED'
    ? []
    : [['evidence record: proven at', sameTime(got?.poeTime ?? null, poe)] as [string, boolean]]),
];

const sameTimes = (expected: readonly OracleTimestamp[], got: readonly SlimTimestamp[]): boolean =>
  expected.length === got.length && expected.every(({ time }, i) => sameTime(got[i]?.time ?? null, time ?? null));

/** The facts that decide a case. */
export const STRUCTURE: ReadonlySet<string> = new Set([
  'number of signatures',
  'level',
  'signing certificate',
  'valid',
  'references found and intact',
  'claimed signing time',
  'time-stamp types',
  'time-stamp times',
  'stand-alone time-stamp types',
  'stand-alone time-stamp times',
  'number of evidence records',
  'evidence record: references',
  'evidence record: times',
]);

function signatureFacts(expected: OracleSignature, got: SlimSignature | null, oracle: OracleRun, ours: SlimReport): Fact[] {
  const facts: Fact[] = [
    ['level', got?.level === expected.level, `${got?.level} for ${expected.level}`],
    ['signing certificate', got !== null && (got.signingCertificate?.sha256 ?? null) === (expected.sc ?? null)],
    ['valid', got?.valid === expected.valid, `${got?.valid} for ${expected.valid}`],
    ['references found and intact', got !== null && sameReferences(expected, got)],
    ['claimed signing time', got !== null && sameTime(got.claimedSigningTime, expected.claimed ?? null)],
    ...timestampFacts(expected.tsts ?? [], got?.timestamps ?? [], ''),
  ];
  if (expected.counter) facts.push(['counter-signature', got?.counterSignatureOf != null]);
  else if (oracle.sigs.some(({ counter }) => counter)) facts.push(['counter-signature', got !== null && got.counterSignatureOf === null]);
  if (expected.policy || got?.policyId) facts.push(['signature policy', got !== null && (expected.policy?.id ?? null) === got.policyId]);
  if (expected.commit || got?.commitmentTypes.length)
    facts.push(['commitment types', sameSet(expected.commit ?? [], got?.commitmentTypes ?? [])]);
  if (expected.roles || got?.signerRoles.length) {
    facts.push([
      'signer roles',
      sameSet(
        (expected.roles ?? []).map((role) => role.replace(/^[A-Z]+:/, '')),
        got?.signerRoles ?? [],
      ),
    ]);
  }
  if (expected.pdf) facts.push(...pdfFacts(expected.pdf, got, ours));
  return facts;
}

function pdfFacts(expected: OraclePdf, got: SlimSignature | null, ours: SlimReport): [string, boolean][] {
  const pdf = got?.pdf;
  const changed = expected.ext + expected.form + expected.annot + expected.undef > 0;
  // Where the byte range leads nowhere there is no signed revision: the oracle counts no changes, and we say that none can be told.
  const told = pdf?.modifications.some(({ kind }) => kind === 'not-analysed') === false;
  const agreed = told ? changed === (pdf?.modifications.length ?? 0) > 0 : pdf !== undefined && !expected.byteRangeValid && !changed;
  return [
    ['pdf: field', pdf !== undefined && expected.fields.includes(pdf.fieldName)],
    ['pdf: byte range', pdf !== undefined && expected.byteRange.join() === pdf.byteRange.join()],
    ['pdf: byte range valid', pdf?.byteRangeValid === expected.byteRangeValid],
    ['pdf: certification', pdf !== undefined && (DOC_MDP[expected.docMDP ?? ''] ?? null) === pdf.certification],
    ...(ours.signatures.length === 0 ? [] : [['pdf: changed later', agreed] as [string, boolean]]),
  ];
}

function timestampFacts(expected: readonly OracleTimestamp[], got: readonly SlimTimestamp[], which: string): Fact[] {
  if (expected.length === 0 && got.length === 0) return [];
  const [theirs, ours] = [sortedOracle(expected), sortedOurs(got)];
  const types = theirs.map(({ type }) => typeOf(type)).sort();
  const own = ours
    .map(({ type }) => type)
    .sort()
    .join();
  const same = theirs.length === ours.length;
  return [
    [`${which}time-stamp types`, types.join() === own, `${own || 'none'} for ${types.join() || 'none'}`],
    [`${which}time-stamp times`, same && theirs.every(({ time }, i) => sameTime(ours[i]?.time ?? null, time ?? null))],
    [
      `${which}time-stamp imprints`,
      same && theirs.every(({ miFound, miIntact }, i) => ours[i]?.imprintFound === miFound && ours[i]?.imprintIntact === miIntact),
    ],
    [`${which}time-stamp authorities`, same && theirs.every(({ tsa }, i) => (ours[i]?.tsaCertificate ?? null) === (tsa ?? null))],
  ];
}

function timestampConclusions(expected: readonly OracleTimestamp[], got: readonly SlimTimestamp[]): Fact[] {
  if (expected.some(({ time }) => time === undefined)) return [];
  const ours = sortedOurs(got);
  return sortedOracle(expected).flatMap(({ ind, sub }, i): Fact[] => [
    ['time-stamp indication', ours[i]?.indication === ind],
    [
      'time-stamp indication and sub-indication',
      ours[i]?.indication === ind && (ours[i]?.subIndication ?? null) === (sub ?? null),
      `${concluded(ours[i]?.indication, ours[i]?.subIndication)} for ${concluded(ind, sub)}`,
    ],
  ]);
}

/** Each signature of the oracle with ours: by certificate and claimed time, then by certificate, then by order. */
function paired(oracle: readonly OracleSignature[], ours: readonly SlimSignature[]): (readonly [OracleSignature, SlimSignature | null])[] {
  const left = [...ours];
  const pairs = new Map<OracleSignature, SlimSignature>();
  const sameCertificate = (a: OracleSignature, b: SlimSignature) => (a.sc ?? null) === (b.signingCertificate?.sha256 ?? null);
  const rules: ((a: OracleSignature, b: SlimSignature) => boolean)[] = [
    (a, b) => sameCertificate(a, b) && sameTime(b.claimedSigningTime, a.claimed ?? null) && a.level === b.level,
    (a, b) => sameCertificate(a, b) && sameTime(b.claimedSigningTime, a.claimed ?? null),
    sameCertificate,
    () => true,
  ];
  // The oracle names the certificate in some passes only: where it does not, order alone pairs.
  for (const rule of oracle.some(({ sc }) => sc !== undefined) ? rules : [() => true]) {
    for (const signature of oracle) {
      if (pairs.has(signature)) continue;
      const at = left.findIndex((candidate) => rule(signature, candidate));
      const found = left[at];
      if (found === undefined) continue;
      pairs.set(signature, found);
      left.splice(at, 1);
    }
  }
  return oracle.map((signature) => [signature, pairs.get(signature) ?? null]);
}

/** The oracle lists the first twenty of very many references: then only their number can be compared. */
function sameReferences({ dm = [], dmTotal }: OracleSignature, { references }: SlimSignature): boolean {
  if (dmTotal !== undefined) return dmTotal === references.length;
  return sameReferencesOf(dm, references);
}

const sameReferencesOf = (
  expected: readonly { readonly t: string; readonly f?: boolean; readonly i?: boolean }[],
  got: readonly { readonly type: string; readonly found: boolean; readonly intact: boolean }[],
): boolean =>
  sameSet(
    expected.map(({ t, f, i }) => `${t} ${f === true} ${i === true}`),
    got.map(({ type, found, intact }) => `${type} ${found} ${intact}`),
  );

const sameSet = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && [...a].sort().join('\n') === [...b].sort().join('\n');

const sameTime = (a: string | null, b: string | null): boolean => (a === null || b === null ? a === b : Date.parse(a) === Date.parse(b));

const sortedOracle = (list: readonly OracleTimestamp[]): OracleTimestamp[] =>
  [...list].sort((a, b) => Date.parse(a.time ?? '') - Date.parse(b.time ?? '') || (typeOf(a.type) < typeOf(b.type) ? -1 : 1));

const sortedOurs = (list: readonly SlimTimestamp[]): SlimTimestamp[] =>
  [...list].sort((a, b) => Date.parse(a.time) - Date.parse(b.time) || (a.type < b.type ? -1 : 1));

const typeOf = (type: string | undefined): string => TYPES[type ?? ''] ?? type ?? '';

const TYPES: Readonly<Record<string, SlimTimestamp['type']>> = {
  CONTENT_TIMESTAMP: 'content',
  ALL_DATA_OBJECTS_TIMESTAMP: 'content',
  INDIVIDUAL_DATA_OBJECTS_TIMESTAMP: 'content',
  SIGNATURE_TIMESTAMP: 'signature',
  VALIDATION_DATA_TIMESTAMP: 'validation-data',
  VALIDATION_DATA_REFSONLY_TIMESTAMP: 'validation-data',
  ARCHIVE_TIMESTAMP: 'archive',
  DOCUMENT_TIMESTAMP: 'document',
  VRI_TIMESTAMP: 'document',
  CONTAINER_TIMESTAMP: 'container',
};

const DOC_MDP: Readonly<Record<string, number>> = { NO_CHANGE_PERMITTED: 1, MINIMAL_CHANGES_PERMITTED: 2, CHANGES_PERMITTED: 3 };

const NOTHING: SlimReport = { signatures: [], timestamps: [], evidenceRecords: [], unreadable: 0 };
