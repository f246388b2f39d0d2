/** Ten thousand certificates that certify each other: every search ends within its budget, with a clear answer (RFC 4158, 8). */
import { beforeAll, describe, expect, test } from 'vitest';
import { plainPdf } from '../../scripts/plain-pdf.ts';
import { sourceOf } from '../../src/base/source.ts';
import { readPades } from '../../src/pades/read.ts';
import { anchorOf, type Certificate, findPath, parseCertificate, pathBudget } from '../../src/pki/index.ts';
import { toJson } from '../../src/report/index.ts';
import { sign } from '../../src/sign.ts';
import { validate } from '../../src/validate.ts';
import { examineFacts } from '../../src/validation/index.ts';
import { memoryPki } from '../support/pki.ts';
import * as make from './authority.ts';

const at = make.DAY0 + 1000;
const SIDE = 100;
const isCa = make.basicConstraints(true);
const nameOf = (i: number): string => `CN=CA ${i}`;
const keyOf = (i: number): make.Key => keys[i] as make.Key;
let keys: make.Key[] = [];

/** Each of a hundred authorities certifies every other. */
const everyOther = (): Certificate[] =>
  Array.from({ length: SIDE * SIDE }, (_, n) => {
    const [i, j] = [Math.floor(n / SIDE), n % SIDE];
    return make.makeCertificate({
      subject: nameOf(i),
      key: keyOf(i),
      issuer: nameOf(j),
      issuerKey: keyOf(j),
      serial: n + 1,
      extensions: [isCa],
    });
  });
/** A hundred steps of a hundred certificates each, all alike but for their keys: a hundred to the hundredth ways, none to an anchor. */
const ladder = (): Certificate[] =>
  Array.from({ length: SIDE * SIDE }, (_, n) => {
    const [step, rung] = [Math.floor(n / SIDE), n % SIDE];
    const above = { issuer: nameOf(step + 1), issuerKey: keyOf((step + 1) % SIDE) };
    return make.makeCertificate({ subject: nameOf(step), key: keyOf(step % SIDE), ...above, serial: rung + 1, extensions: [isCa] });
  });
/** All of one name, none of which signed the target. */
const namesakes = (): Certificate[] =>
  Array.from({ length: SIDE * SIDE }, (_, n) =>
    make.makeCertificate({
      subject: nameOf(0),
      key: keyOf(1 + (n % (SIDE - 1))),
      issuer: nameOf(1),
      issuerKey: keyOf(1),
      serial: n + 1,
      extensions: [isCa],
    }),
  );
const forged = (): Certificate[] => everyOther().map((certificate, n) => (n % 2 === 0 ? certificate : wronglySigned(n)));
const wronglySigned = (n: number): Certificate =>
  make.makeCertificate({
    subject: nameOf(Math.floor(n / SIDE)),
    key: keyOf(n % 7),
    issuer: nameOf(n % SIDE),
    issuerKey: keyOf((n + 3) % SIDE),
    serial: n + 1,
    extensions: [isCa],
  });

beforeAll(() => {
  keys = Array.from({ length: SIDE }, make.newKey);
});

describe.each<[string, () => Certificate[]]>([
  ['that all certify each other', everyOther],
  ['in steps without end', ladder],
  ['of one name', namesakes],
  ['half of them forged', forged],
])('ten thousand certificates %s', (_title, pool) => {
  let candidates: Certificate[] = [];
  beforeAll(() => {
    candidates = pool();
  });
  const target = () => make.makeCertificate({ subject: 'CN=Leaf', key: make.keyNumber(0), issuer: nameOf(0), issuerKey: keyOf(0) });

  test('no way to an anchor: the search ends within its budget and says so', () => {
    const anchor = anchorOf(make.root('CN=Elsewhere', make.keyNumber(5)));
    const budget = pathBudget();
    const found = findPath({ target: target(), anchors: [anchor], candidates, at, budget });
    expect(found).toMatchObject({ ok: false, failure: { code: expect.stringMatching(/^(budget-spent|no-path)$/) }, candidate: null });
    const { signatures, steps } = budget;
    // The one that did not fit the budget was not made.
    expect(signatures.limit - Math.max(0, signatures.left)).toBeLessThanOrEqual(500);
    expect(steps.limit - Math.max(0, steps.left)).toBeLessThanOrEqual(20_000);
  });

  test('a way to an anchor among them is found, or the budget is named', () => {
    const anchor = anchorOf(make.root(nameOf(0), keyOf(0)));
    const budget = pathBudget();
    const found = findPath({ target: target(), anchors: [anchor], candidates, at, budget });
    expect(found).toMatchObject({ ok: true });
    expect(budget.signatures.limit - budget.signatures.left).toBeLessThan(10);
  });
});

test('a document that brings ten thousand of them is judged within the limits, and never passes', async () => {
  const { leaf } = await memoryPki()();
  const signer = await leaf('P-256');
  const document = await sign(plainPdf({ title: 'Agreement', pages: [['# Agreement']] }), { signer: signer.signer, at: Date.now() });
  const stranger = make.root('CN=Elsewhere', make.keyNumber(5)).bytes;
  const ca = make.must(parseCertificate(signer.chain[1] as Uint8Array));
  const certificates = [
    ...Array.from({ length: 5000 }, (_, n) =>
      make.encodeCertificate({
        subject: ca.subject.bytes,
        key: keyOf(n % SIDE),
        issuer: nameOf(n % SIDE),
        issuerKey: keyOf(1),
        serial: n + 1,
        extensions: [isCa],
      }),
    ),
    ...everyOther()
      .slice(0, 5000)
      .map(({ bytes }) => bytes),
  ];
  const limits = { signatureChecks: 1000 };
  const report = await validate(document, { at: Date.now(), trust: [stranger], certificates, limits });
  expect(toJson(report).signatures).toMatchObject([{ indication: 'INDETERMINATE' }]);
  const facts = readPades(sourceOf(document), certificates);
  if (!facts.ok) throw new Error(facts.malformed.reason);
  const evidence = await examineFacts(facts.value, { trust: [stranger], extraCertificates: certificates, limits: { signatureChecks: 50 } });
  expect(evidence.exhausted).toEqual(['signature checks']);
});
