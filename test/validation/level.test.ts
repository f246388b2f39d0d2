import { describe, expect, test } from 'vitest';
import { levelOf } from '../../src/validation/level.ts';
import { cms, date, evidenceOf, pdf, type Scene, scene, timestamp } from './scene.ts';

const level = (change: (draft: Scene) => void, hasDss: boolean | 'of another' = true): string => {
  const draft = scene();
  change(draft);
  const found = evidenceOf(draft);
  const stored = [...found.document.revocations.keys()].map((id) => ({
    id,
    origin: hasDss === true ? ('dss' as const) : ('adbe-revocation' as const),
  }));
  const evidence = {
    ...found,
    document: {
      ...found.document,
      signatures: found.document.signatures.map((one) => ({ ...one, material: { certificates: [], revocations: stored } })),
    },
  };
  const document = { ...evidence.document, pdf: { pages: 1, revisions: 1, hasDss: hasDss !== false } };
  const [signature] = document.signatures;
  return signature ? levelOf(signature, { ...evidence, document }) : '';
};

const stamp = (d: Scene): unknown => d.timestamps.push(timestamp('t', date('2026-03-02')));
const archive = (d: Scene): unknown => d.timestamps.push(timestamp('d', date('2026-03-03'), { type: 'document', protectsMaterial: true }));
const attributes = (...more: string[]) =>
  new Map(['1.2.840.113549.1.9.3', '1.2.840.113549.1.9.4', '1.2.840.113549.1.9.16.2.47', ...more].map((oid) => [oid, 1]));
const cades = (d: Scene): void => {
  d.signature.format = 'CAdES';
  d.signature.pdf = null;
  d.signature.cms = cms({ signedAttributes: attributes('1.2.840.113549.1.9.5') });
};

describe('the level of a PDF signature', () => {
  const cases: readonly [expected: string, title: string, change: (draft: Scene) => void, hasDss?: boolean | 'of another'][] = [
    ['PAdES-BASELINE-B', 'without time-stamp', () => {}],
    ['PAdES-BASELINE-T', 'with a time-stamp and no DSS', stamp, false],
    ['PAdES-BASELINE-T', 'with a time-stamp and revocation data beside the DSS only', stamp, 'of another'],
    ['PAdES-BASELINE-LT', 'with a time-stamp and revocation data', stamp],
    [
      'PAdES-BASELINE-T',
      'with revocation data that leaves one certificate out',
      (d) => {
        stamp(d);
        d.statuses['ca'] = [];
      },
    ],
    [
      'PAdES-BASELINE-LTA',
      'with a document time-stamp after the material',
      (d) => {
        stamp(d);
        archive(d);
      },
    ],
    [
      'PAdES-BES',
      'with a signing-time attribute',
      (d) => {
        d.signature.cms = cms({ signedAttributes: attributes('1.2.840.113549.1.9.5') });
      },
    ],
    [
      'PAdES-EPES',
      'with a policy, without the time of signing',
      (d) => {
        d.signature.cms = cms({ signedAttributes: attributes('1.2.840.113549.1.9.16.2.15') });
        d.signature.policy = { id: '1.2.3', implied: false, url: null, digestAlgorithm: 'SHA-256', document: 'not-obtained', store: false };
        d.signature.pdf = pdf({ hasSigningTime: false });
      },
    ],
    [
      'PAdES-LTV',
      'not baseline, with a document time-stamp after the material',
      (d) => {
        d.signature.pdf = pdf({ hasSigningTime: false });
        archive(d);
      },
    ],
    [
      'PDF-NOT-ETSI',
      'without a signing-certificate attribute',
      (d) => {
        d.signature.cms = cms({
          signedAttributes: new Map([
            ['1.2.840.113549.1.9.3', 1],
            ['1.2.840.113549.1.9.4', 1],
          ]),
        });
      },
    ],
    [
      'PKCS7-B',
      'of the old kind',
      (d) => {
        d.signature.pdf = pdf({ subFilter: 'adbe.pkcs7.detached' });
      },
    ],
    [
      'PKCS7-T',
      'of the old kind with a time-stamp',
      (d) => {
        d.signature.pdf = pdf({ subFilter: 'adbe.pkcs7.detached' });
        stamp(d);
      },
      false,
    ],
    [
      'PKCS7-LT',
      'of the old kind with revocation data in an attribute, and a DSS',
      (d) => {
        d.signature.pdf = pdf({ subFilter: 'adbe.pkcs7.detached' });
        stamp(d);
      },
      'of another',
    ],
    [
      'PKCS7-LT',
      'of the old kind with revocation data',
      (d) => {
        d.signature.pdf = pdf({ subFilter: 'adbe.pkcs7.sha1' });
        d.signature.cms = cms({ detached: false });
        stamp(d);
      },
    ],
    [
      'PDF-NOT-ETSI',
      'of the old kind that signs a digest inside, without one',
      (d) => {
        d.signature.pdf = pdf({ subFilter: 'adbe.pkcs7.sha1' });
      },
    ],
    ...[{ subFilter: 'ETSI.CAdES.attached' }, { subFilter: null }, { filter: null }].map((entries): (typeof cases)[number] => [
      'PDF-NOT-ETSI',
      `with ${JSON.stringify(entries)} in the dictionary`,
      (d) => {
        d.signature.pdf = pdf(entries);
      },
    ]),
    [
      'PDF-NOT-ETSI',
      'with a reason in the dictionary and a commitment among the attributes',
      (d) => {
        d.signature.pdf = pdf({ reason: 'I agree' });
        d.signature.commitmentTypes = ['1.2.840.113549.1.9.16.6.1'];
      },
    ],
    [
      'PKCS7-LTA',
      'of the old kind with an archive time-stamp',
      (d) => {
        d.signature.pdf = pdf({ subFilter: 'adbe.pkcs7.detached' });
        stamp(d);
        archive(d);
      },
    ],
  ];
  test.each(cases)('is %s %s', (expected, _title, change, hasDss) => expect(level(change, hasDss)).toBe(expected));
});

describe('the level of a CMS signature', () => {
  const cases: readonly [expected: string, title: string, change: (draft: Scene) => void][] = [
    ['CAdES-BASELINE-B', 'with all that the baseline asks for', () => {}],
    [
      'CAdES-BES',
      'without signing time',
      (d) => {
        d.signature.cms = cms();
      },
    ],
    [
      'CAdES-EPES',
      'with a policy and without signing time',
      (d) => {
        d.signature.policy = { id: '1.2.3', implied: false, url: null, digestAlgorithm: 'SHA-256', document: 'not-obtained', store: false };
        d.signature.cms = cms({ signedAttributes: attributes('1.2.840.113549.1.9.16.2.15') });
      },
    ],
    [
      'CMS-NOT-ETSI',
      'with two of an attribute',
      (d) => {
        d.signature.cms = cms({ signedAttributes: new Map([...attributes(), ['1.2.840.113549.1.9.4', 2]]) });
      },
    ],
    [
      'CAdES-BASELINE-T',
      'with a time-stamp and no revocation data',
      (d) => {
        stamp(d);
        d.statuses['signer'] = [];
      },
    ],
    ['CAdES-BASELINE-LT', 'with a time-stamp and revocation data', stamp],
    [
      'CAdES-BASELINE-LTA',
      'with an archive time-stamp',
      (d) => {
        stamp(d);
        d.timestamps.push(timestamp('a', date('2026-03-03'), { type: 'archive', protectsMaterial: true }));
        d.signature.cms = cms({
          signedAttributes: attributes('1.2.840.113549.1.9.5'),
          unsignedAttributes: new Map([['0.4.0.1733.2.4', 1]]),
        });
      },
    ],
    [
      'CAdES-BES',
      'stamped after the certificate had expired',
      (d) => {
        d.timestamps.push(timestamp('t', date('2027-03-02')));
        d.signature.cms = cms();
      },
    ],
  ];
  test.each(cases)('is %s %s', (expected, _title, change) =>
    expect(
      level((d) => {
        cades(d);
        change(d);
      }),
    ).toBe(expected),
  );
});
