/** Wycheproof: hostile and honest signature values of every algorithm, through the function that every reader verifies with. */
import { Reader } from '../../src/asn1/index.ts';
import { fromHex } from '../../src/base/text.ts';
import {
  algorithmOid,
  type DigestName,
  encodeSignatureAlgorithm,
  type SignatureAlgorithm,
  signatureAlgorithm,
  type ValueCheck,
  verifyValue,
} from '../../src/crypto/index.ts';
import { type CaseResult, fail, outOfScope, pass, type Suite, uncounted, type Verdict } from '../case.ts';
import { readFile, readManifest } from '../manifest.ts';

export const wycheproof: Suite = {
  name: 'wycheproof',
  async run(dir, { attempt }) {
    const results: CaseResult[] = [];
    for (const { id, files } of readManifest<{ readonly id: string; readonly files: { readonly vectors: string } }>(dir).cases) {
      const { testGroups } = JSON.parse(new TextDecoder().decode(readFile(dir, files.vectors))) as {
        readonly testGroups: readonly Group[];
      };
      for (const group of testGroups) {
        const spki = octets(group.publicKeyDer);
        const algorithm = algorithmOf(group, spki);
        for (const test of group.tests) {
          results.push(await attempt(`${id}#${test.tcId}`, test.result ?? null, () => judge(algorithm, group.type, spki, test)));
        }
      }
    }
    return results;
  },
  tables,
};

interface Group {
  readonly type: string;
  /** DER SubjectPublicKeyInfo, hexadecimal. */
  readonly publicKeyDer: string;
  readonly sha?: DigestName;
  readonly mgf?: string;
  readonly mgfSha?: DigestName;
  readonly sLen?: number;
  readonly tests: readonly Test[];
}

interface Test {
  readonly tcId: number;
  readonly msg: string;
  readonly sig: string;
  readonly ctx?: string;
  readonly result?: 'valid' | 'invalid' | 'acceptable';
}

/** The algorithm that a group's key verifies by, or null where the engine has none of that kind. */
function algorithmOf(group: Group, spki: Uint8Array): SignatureAlgorithm | null {
  switch (group.type) {
    case 'RsassaPkcs1Verify':
      return written('RSA', group);
    case 'EcdsaVerify':
      return written('ECDSA', group);
    case 'RsassaPssVerify':
    case 'RsassaPssWithParametersVerify': {
      const { sha: digest, mgf, mgfSha: mgfDigest, sLen: saltLength } = group;
      if (mgf !== 'MGF1' || !digest || !mgfDigest || saltLength === undefined) return null;
      return { scheme: 'RSASSA-PSS', digest, pss: { mgfDigest, saltLength, trailer: 1 }, identifier: 'RSASSA-PSS' };
    }
    default:
      // EdDSA and ML-DSA: the key's identifier is the algorithm's.
      return signatureAlgorithm(algorithmOid(spki) ?? '', null);
  }
}

function judge(algorithm: SignatureAlgorithm | null, type: string, spki: Uint8Array, test: Test): Verdict {
  if (algorithm === null) return outOfScope(`an algorithm that the engine does not have (${type})`);
  const used = test.ctx ? { ...algorithm, context: octets(test.ctx) } : algorithm;
  return verdict(test.result, verifyValue(used, spki, octets(test.msg), octets(test.sig)));
}

/** An acceptable signature may verify or not; an invalid one must be broken, and not merely unsupported. */
function verdict(result: Test['result'], got: ValueCheck): Verdict {
  if (result === undefined) return uncounted(got);
  const right = (result !== 'invalid' && got === 'intact') || (result !== 'valid' && got === 'broken');
  return right ? pass(got) : fail(got);
}

/** By way of the encoding, as a document has it; null where no identifier says this pair. */
function written(scheme: 'RSA' | 'ECDSA', { sha }: Group): SignatureAlgorithm | null {
  let encoded: Uint8Array;
  try {
    encoded = encodeSignatureAlgorithm(scheme, sha ?? null);
  } catch {
    return null;
  }
  const reader = Reader.over(encoded, 'AlgorithmIdentifier').sequence();
  const oid = reader.oid();
  return signatureAlgorithm(oid, reader.done ? null : reader.raw(reader.any()));
}

const octets = (hex: string): Uint8Array => fromHex(hex) ?? new Uint8Array();

/** One line for each file, which is one algorithm and key size. */
function tables(results: readonly CaseResult[]): string {
  const byFile = Map.groupBy(results, ({ id }) => id.slice(0, id.lastIndexOf('#')));
  const count = (of: readonly CaseResult[], outcome: CaseResult['outcome']): number => of.filter((one) => one.outcome === outcome).length;
  const rows = [...byFile].map(
    ([file, of]) => `| ${file} | ${count(of, 'passed')} | ${count(of, 'failed')} | ${count(of, 'out-of-scope')} |`,
  );
  return ['| file | passed | failed | out of scope |', '| --- | ---: | ---: | ---: |', ...rows].join('\n');
}
