/** pdf-attacks: a document that was tampered with is never accepted, one that was not is; judged without trust. */
import { Fault } from '../../src/base/fault.ts';
import { fromIso } from '../../src/base/instant.ts';
import { validate } from '../../src/index.ts';
import { type ReportJson, toJson } from '../../src/report/json.ts';
import { judged, type Suite, type Verdict } from '../case.ts';
import { readFile, readManifest } from '../manifest.ts';
import { percent } from '../table.ts';

interface Case {
  readonly id: string;
  readonly files: { readonly pdf: string };
  readonly inputs: { readonly time?: string };
  readonly attack?: string;
  readonly expected?: { readonly verdict: string };
}

interface Got {
  readonly accepted: boolean;
  readonly signatures: readonly {
    readonly field: string | null;
    readonly accepted: boolean;
    readonly valid: boolean;
    readonly byteRangeValid: boolean;
    readonly certification: number | null;
    readonly changes: readonly string[];
    readonly timestamps: boolean;
    readonly indication: string;
  }[];
  readonly error: string | null;
}

export const pdfAttacks: Suite = {
  name: 'pdf-attacks',
  limit: 20_000,
  async run(dir, { attempt }) {
    const results = [];
    for (const { id, files, inputs, expected } of readManifest<Case>(dir).cases) {
      results.push(
        await attempt(id, expected ?? null, async (): Promise<Verdict> => {
          const at = (inputs.time === undefined ? null : fromIso(inputs.time)) ?? DEFAULT_TIME;
          const got = await read(readFile(dir, files.pdf), at);
          return judged(expected, got, expected !== undefined && isRight(expected.verdict, got));
        }),
      );
    }
    return results;
  },
  tables(results) {
    const verdicts = new Map<string, { right: number; all: number; accepted: number }>();
    for (const { expected, got, outcome } of results) {
      const verdict = (expected as Case['expected'] | null)?.verdict;
      if (verdict === undefined) continue;
      const row = verdicts.get(verdict) ?? { right: 0, all: 0, accepted: 0 };
      verdicts.set(verdict, row);
      row.all++;
      if (outcome === 'passed') row.right++;
      if ((got as Partial<Got> | null)?.accepted === true) row.accepted++;
    }
    const rows = [...verdicts].map(
      ([verdict, { right, all, accepted }]) => `| ${verdict} | ${all} | ${accepted} | ${percent(right, all)} |`,
    );
    const accepted = new Map(results.map(({ id, got }) => [id, (got as Partial<Got> | null)?.accepted === true]));
    const contested = [...CONTESTED].flatMap(([id, why]) => {
      const answer = accepted.get(id);
      return answer === undefined ? [] : [`| ${id} | ${answer ? 'accepted' : 'not accepted'} | ${why} |`];
    });
    return [
      '| verdict of the suite | cases | accepted | as expected |',
      '| --- | ---: | ---: | ---: |',
      ...rows,
      '',
      '| where we differ from the suite | our answer | why |',
      '| --- | --- | --- |',
      ...contested,
    ].join('\n');
  },
};

async function read(bytes: Uint8Array, at: number): Promise<Got> {
  try {
    return accept(toJson(await validate(bytes, { at })));
  } catch (error) {
    if (!(error instanceof Fault) || error.code === 'bad-option') throw error;
    return { accepted: false, signatures: [], error: `${error.code}: ${error.message}` };
  }
}

/** Accepted: value and references intact, byte range valid, every later change allowed, time-stamps intact; and none unreadable. */
function accept({ signatures, unreadable }: ReportJson): Got {
  const each = signatures.map(({ pdf, valid, timestamps, indication }) => {
    const refused = (pdf?.modifications ?? []).filter(({ allowed }) => !allowed);
    const stamped = timestamps.every(
      ({ imprintFound, imprintIntact, signatureIntact }) => imprintFound && imprintIntact && signatureIntact,
    );
    return {
      field: pdf?.fieldName ?? null,
      accepted: valid && pdf?.byteRangeValid === true && refused.length === 0 && stamped,
      valid,
      byteRangeValid: pdf?.byteRangeValid ?? false,
      certification: pdf?.certification ?? null,
      changes: refused.map(({ kind, object }) => `${kind} ${object}`),
      timestamps: stamped,
      indication,
    };
  });
  return { accepted: each.length > 0 && unreadable.length === 0 && each.every(({ accepted }) => accepted), signatures: each, error: null };
}

function isRight(verdict: string, { accepted, signatures, error }: Got): boolean {
  if (verdict === 'intact' || verdict === 'permitted-change') return accepted;
  if (verdict === 'annotation-change') return !accepted || signatures.some(({ certification }) => certification === 3);
  if (verdict === 'no-signature') return signatures.length === 0 && !accepted;
  if (verdict === 'not-failed') return error === null && signatures.every(({ indication }) => indication !== 'TOTAL_FAILED');
  if (ANSWER_IS_ENOUGH.has(verdict)) return true;
  return !accepted;
}

/** Cases where validators differ among themselves, or where ours keeps to a rule that the suite does not have. */
const CONTESTED: ReadonlyMap<string, string> = new Map([
  [
    'shadow/hide-and-replace/variant-2_change_objects_usage/4_original-document-shadowed-signed-manipulated.f75cf55e',
    'the update lists two objects where they were listed before: nothing changed',
  ],
  [
    'shadow/hide/form_and_form/shadowed_form_over_form-signed-manipulated_v2',
    'the update writes objects again as they were: nothing changed',
  ],
  ['itext/DocumentRevisionsValidatorTest/randomEntryWithoutUsageTest', 'the update adds an object that nothing uses'],
  [
    'itext/DocumentRevisionsValidatorIntegrationTest/taggedDocModifyAnnotationTest',
    'annotations that are no signature fields, and a page that had no part in the structure, were put into it',
  ],
  ['itext/DocumentRevisionsValidatorIntegrationTest/removeAllTheFieldAnnotationsTest', 'form fields were taken off their page'],
  [
    'itext/DocumentRevisionsValidatorIntegrationTest/annotationModificationNotAllowedTabsSetToDefaultTest',
    'the tab order of a page was changed, which needs the permission to change annotations',
  ],
  ['itext/DocumentRevisionsValidatorTest/multipleRevisionsDocumentLevel1Test', 'two OCSP responses are gone from the security store'],
  [
    'pyhanko-run/test_diff_analysis_circular_structure_tree-39ca10fe',
    'the loop in the structure tree was there when the document was signed, and nothing changed after',
  ],
]);
/** Verdicts that only ask for an answer in time. */
const ANSWER_IS_ENOUGH: ReadonlySet<string> = new Set(['no-hang', 'special', 'indeterminate']);
/** 2026-11-22T00:00:00Z */
const DEFAULT_TIME = 1_795_305_600_000;
