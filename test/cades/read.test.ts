import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { der } from '../../src/asn1/index.ts';
import { type Bytes, concat } from '../../src/base/bytes.ts';
import { toHex, utf8 } from '../../src/base/text.ts';
import { encodeContentHints } from '../../src/cades/attributes.ts';
import { addSignatureTimestamp, buildSignerInfo, signedAttributes } from '../../src/cades/build.ts';
import { readCadesDocument, readCmsDocument } from '../../src/cades/document.ts';
import { encodeCertificateValues, encodeRevocationInfoArchival } from '../../src/cades/material.ts';
import { readCmsSignature } from '../../src/cades/read.ts';
import { encodeAttribute } from '../../src/cms/attribute.ts';
import { addUnsignedAttribute } from '../../src/cms/build.ts';
import { contentOf, contentOfDigest } from '../../src/cms/content.ts';
import { ATTRIBUTE } from '../../src/cms/oid.ts';
import { newPool } from '../../src/cms/pool.ts';
import { parseSignedData } from '../../src/cms/signed-data.ts';
import { encodeDigestAlgorithm } from '../../src/crypto/algorithm.ts';
import { digest } from '../../src/crypto/digest.ts';
import type { DocumentFacts } from '../../src/facts/document.ts';
import { hasOpenssl, Workshop } from '../cms/openssl.ts';
import { stamp, TSA_USAGE } from '../tsp/authority.ts';
import { makeSignature, signatureOf } from './signing.ts';

const content = utf8('The content.');
const sha256 = (bytes: Bytes): string => toHex(digest('SHA-256', bytes));

const readDocument = (cms: Bytes, detached: Bytes | null = content): DocumentFacts => {
  const result = readCmsDocument(cms, detached ? [{ name: 'content.txt', content: contentOf(detached) }] : []);
  if (!result.ok) throw new Error(JSON.stringify(result.malformed));
  return result.value;
};

const signatureValue = (cms: Bytes): Bytes => {
  const result = parseSignedData(cms);
  return (result.ok && result.value.signerInfos[0]?.signature) || new Uint8Array(0);
};

if (!hasOpenssl()) test('openssl is not installed: nothing to read here', () => expect(true).toBe(true));
else
  describe('a CAdES signature becomes facts', () => {
    const workshop = new Workshop();
    afterAll(() => workshop.close());
    const key = workshop.key('signer', 'ECDSA', ['-algorithm', 'EC', '-pkeyopt', 'ec_paramgen_curve:P-256']);
    const second = workshop.key('second', 'RSA', ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048']);
    const tsa = workshop.key('tsa', 'RSA', ['-algorithm', 'RSA', '-pkeyopt', 'rsa_keygen_bits:2048'], TSA_USAGE);
    const policyDocument = utf8('The policy.');
    const { cms } = makeSignature(key, 'SHA-256', content, 'detached', {
      signingTime: 1_760_000_000_000,
      commitmentTypes: ['1.2.840.113549.1.9.16.6.1', '1.2.840.113549.1.9.16.6.5'],
      claimedRoles: ['Clerk', 'Überbringer'],
      location: { country: 'XX', locality: 'Town', postalAddress: ['Street 1', '12345'] },
      policy: {
        id: '1.2.3.4',
        digestAlgorithm: 'SHA-256',
        hash: digest('SHA-256', policyDocument),
        url: 'https://example.org/p',
        notice: 'Read it',
      },
      contentTimestamps: [stamp(workshop, tsa, content)],
      contentHints: { contentType: '1.2.840.113549.1.7.1', description: 'text' },
      mimeType: 'text/plain',
    });

    test('with everything that its signed attributes say', () => {
      const facts = readDocument(cms);
      expect(facts).toMatchObject({ format: 'CMS', unreadable: [], pdf: null });
      const signer = sha256(key.chain[0]);
      expect(facts.signatures).toMatchObject([
        {
          format: 'CAdES',
          counterSignatureOf: null,
          references: [{ type: 'MESSAGE_DIGEST', name: 'content.txt', digestAlgorithm: 'SHA-256', found: true, intact: true }],
          value: 'intact',
          algorithm: { scheme: 'ECDSA', digest: 'SHA-256', keyBits: 256 },
          signer: { certificate: signer, references: [{ attribute: 'signing-certificate-v2', matches: signer, issuerSerial: 'match' }] },
          claimedTime: 1_760_000_000_000,
          policy: {
            id: '1.2.3.4',
            implied: false,
            url: 'https://example.org/p',
            digestAlgorithm: 'SHA-256',
            document: 'not-obtained',
            store: false,
          },
          commitmentTypes: ['1.2.840.113549.1.9.16.6.1', '1.2.840.113549.1.9.16.6.5'],
          claimedRoles: ['Clerk', 'Überbringer'],
          productionPlace: 'Street 1, 12345, Town, XX',
          cms: {
            signerInfos: 1,
            detached: true,
            signedAttributesDer: true,
            holdsSigner: true,
            contentTypeAttribute: '1.2.840.113549.1.7.1',
          },
          structureProblems: [],
        },
      ]);
      const [stampFacts] = [...facts.timestamps.values()];
      expect(stampFacts).toMatchObject({
        type: 'content',
        value: 'intact',
        references: [{ found: true, intact: true }],
        covers: [sha256(content)],
      });
    });

    test('over another content, or none', () => {
      expect(readDocument(cms, utf8('other')).signatures[0]?.references).toMatchObject([{ found: true, intact: false }]);
      const facts = readDocument(cms, null);
      expect(facts.signatures[0]).toMatchObject({ value: 'intact', references: [{ found: false, intact: false }] });
      expect([...facts.timestamps.values()]).toMatchObject([{ references: [{ found: false, intact: false }], covers: [] }]);
    });

    test('over a content of which the digest alone is known, and among several by digest', () => {
      const known = { name: null, content: contentOfDigest('SHA-256', digest('SHA-256', content)) };
      const other = { name: 'a', content: contentOf(utf8('a')) };
      for (const detached of [[known], [other, known], [other, { name: 'b', content: contentOf(content) }]]) {
        const result = readCadesDocument(cms, detached);
        expect(result).toMatchObject({ ok: true, value: { signatures: [{ references: [{ found: true, intact: true }] }] } });
      }
      expect(readCadesDocument(cms, [other, other])).toMatchObject({
        ok: true,
        value: { signatures: [{ references: [{ found: false }] }] },
      });
    });

    test('with a stored policy document that matches or does not', () => {
      const store = (document: Bytes): Bytes =>
        addUnsignedAttribute(
          cms,
          0,
          encodeAttribute(ATTRIBUTE.signaturePolicyStore, der.sequence(der.oid('1.2.3'), der.octetString(document))),
        );
      expect(readDocument(store(policyDocument)).signatures[0]?.policy).toMatchObject({ store: true, document: 'match' });
      expect(readDocument(store(content)).signatures[0]?.policy).toMatchObject({ store: true, document: 'mismatch' });
    });

    test('with a signature time-stamp that covers signature, data and signing certificate', () => {
      const stamped = addSignatureTimestamp(cms, stamp(workshop, tsa, signatureValue(cms), 'SHA-512'));
      const facts = readDocument(stamped);
      const [signature] = facts.signatures;
      expect(signature?.timestamps).toHaveLength(2);
      const [contentStamp, signatureStamp] = [...facts.timestamps.values()];
      expect(signatureStamp).toMatchObject({
        type: 'signature',
        imprintAlgorithm: 'SHA-512',
        value: 'intact',
        references: [{ intact: true }],
        protectsMaterial: false,
      });
      expect(signatureStamp?.covers).toEqual(
        expect.arrayContaining([signature?.id, sha256(content), sha256(key.chain[0]), contentStamp?.id, sha256(tsa.chain[0])]),
      );
      expect(facts.certificates.size).toBe(3);
    });

    test('a time-stamp over something else is found and not intact; one that is no token is listed as unreadable', () => {
      const wrong = readDocument(addSignatureTimestamp(cms, stamp(workshop, tsa, content)));
      expect([...wrong.timestamps.values()][1]).toMatchObject({
        type: 'signature',
        references: [{ found: true, intact: false }],
        value: 'intact',
      });
      const none = readDocument(addSignatureTimestamp(cms, der.octetString(content)));
      expect(none.unreadable).toMatchObject([{ kind: 'timestamp' }]);
      expect(none.timestamps.size).toBe(1);
    });

    test('with countersignatures: one over its value, one over something else', () => {
      const counter = (over: Bytes, by: typeof key, unsignedAttributes: Bytes[] = []): Bytes => {
        const attributes = der.setOf(
          ...parseSet(
            signedAttributes({
              profile: 'CAdES',
              chain: by.chain,
              digest: 'SHA-256',
              messageDigest: digest('SHA-256', over),
              signingTime: 1_760_000_100_000,
            }),
          ),
        );
        const signature = signatureOf(by, 'SHA-256', attributes);
        return buildSignerInfo({
          chain: by.chain,
          scheme: by.scheme,
          digest: 'SHA-256',
          signedAttributes: attributes,
          signature,
          unsignedAttributes,
        });
      };
      const first = counter(signatureValue(cms), second);
      const signed = addUnsignedAttribute(cms, 0, encodeAttribute(ATTRIBUTE.counterSignature, first, counter(content, key)));
      const facts = readDocument(addUnsignedAttribute(signed, 0, encodeCertificateValues([second.chain[0]])));
      const [main] = facts.signatures;
      expect(main).toMatchObject({ value: 'intact', counterSignatureOf: null });
      const counters = facts.signatures.slice(1).map(({ value, counterSignatureOf, references, signer }) => ({
        value,
        counterSignatureOf,
        intact: references[0]?.intact,
        signer: signer.certificate,
      }));
      const common = { value: 'intact', counterSignatureOf: main?.id };
      expect(counters).toHaveLength(2);
      expect(counters).toContainEqual({ ...common, intact: true, signer: sha256(second.chain[0]) });
      expect(counters).toContainEqual({ ...common, intact: false, signer: sha256(key.chain[0]) });
    });

    test('with an archive time-stamp of version 3 and its hash index', () => {
      const hash = (...parts: Bytes[]): Bytes => der.octetString(digest('SHA-256', ...parts));
      const parsed = parseSignedData(addUnsignedAttribute(cms, 0, encodeCertificateValues([second.chain[0]])));
      if (!parsed.ok) throw new Error('unreadable');
      const { bytes, certificates, signerInfos } = parsed.value;
      const [info] = signerInfos;
      const values = info?.unsignedAttributes[0]?.values[0] ?? content;
      const index = der.sequence(
        encodeDigestAlgorithm('SHA-256'),
        der.sequence(...certificates.map((one) => hash(one))),
        der.sequence(),
        der.sequence(hash(der.oid(ATTRIBUTE.certificateValues), values)),
      );
      const signedParts = info?.components.slice(0, 6) ?? [];
      const over = concat([der.oid('1.2.840.113549.1.7.1'), digest('SHA-256', content), ...signedParts, index]);
      const token = addUnsignedAttribute(stamp(workshop, tsa, over), 0, encodeAttribute(ATTRIBUTE.hashIndexV3, index));
      const facts = readDocument(addUnsignedAttribute(bytes, 0, encodeAttribute(ATTRIBUTE.archiveTimestampV3, token)));
      const archive = [...facts.timestamps.values()].find(({ type }) => type === 'archive');
      expect(archive).toMatchObject({ references: [{ found: true, intact: true }], protectsMaterial: true, structureProblems: [] });
      expect(archive?.covers).toEqual(
        expect.arrayContaining([facts.signatures[0]?.id, sha256(key.chain[1] ?? content), sha256(second.chain[0])]),
      );
      const grown = addUnsignedAttribute(
        addUnsignedAttribute(bytes, 0, encodeAttribute(ATTRIBUTE.archiveTimestampV3, token)),
        0,
        encodeContentHints('1.2.3'),
      );
      expect([...readDocument(grown).timestamps.values()].find(({ type }) => type === 'archive')?.references).toMatchObject([
        { intact: true },
      ]);
    });

    test('in a PDF: over the byte range, with the revocation data of its signed attributes', () => {
      const ocsp = der.sequence(der.integer(1, 10));
      const made = makeSignature(key, 'SHA-256', content, 'detached', {
        profile: 'PAdES',
        more: [encodeRevocationInfoArchival([der.sequence()], [ocsp])],
      });
      const parsed = parseSignedData(concat([made.cms, new Uint8Array(100)]), { trailing: 'keep' });
      if (!parsed.ok) throw new Error('unreadable');
      const pool = newPool();
      const { signatures } = readCmsSignature(parsed.value, {
        format: 'PAdES',
        pool,
        content: contentOf(content),
        claimedTime: 5,
        name: 'Signature1',
      });
      expect(signatures).toMatchObject([
        { format: 'PAdES', claimedTime: 5, name: 'Signature1', value: 'intact', references: [{ intact: true }], structureProblems: [] },
      ]);
      expect(signatures[0]?.material.revocations.map(({ origin }) => origin)).toEqual(['adbe-revocation', 'adbe-revocation']);
      const attached = parseSignedData(makeSignature(key, 'SHA-256', content, 'attached', { profile: 'PAdES' }).cms);
      if (!attached.ok) throw new Error('unreadable');
      const over = readCmsSignature(attached.value, { format: 'PAdES', pool: newPool(), content: contentOf(utf8('the byte range')) });
      expect(over.signatures[0]?.references).toMatchObject([{ found: true, intact: false }]);
      expect(over.signatures[0]?.structureProblems).toHaveLength(1);
    });

    test.each([
      ['agrees', content, true],
      ['disagrees', utf8('other'), false],
    ])('adbe.pkcs7.sha1: the SHA-1 inside %s with the byte range', (_, range, intact) => {
      const inside = makeSignature(key, 'SHA-256', digest('SHA-1', content), 'attached', { profile: 'PAdES' });
      const parsed = parseSignedData(inside.cms);
      if (!parsed.ok) throw new Error('unreadable');
      const options = { format: 'PAdES', pool: newPool(), content: contentOf(range), encapsulated: 'sha1-inside' } as const;
      expect(readCmsSignature(parsed.value, options).signatures[0]?.references).toMatchObject([{ found: true, intact }]);
    });

    test('a stand-alone token over one of several files', () => {
      const token = stamp(workshop, tsa, content);
      const result = readCmsDocument(token, [
        { name: 'a', content: contentOf(utf8('a')) },
        { name: 'b', content: contentOf(content) },
      ]);
      if (!result.ok) throw new Error('unreadable');
      expect(result.value).toMatchObject({ format: 'TST', signatures: [] });
      expect([...result.value.timestamps.values()]).toMatchObject([
        { type: 'content', covers: [sha256(content)], references: [{ name: 'b', intact: true }] },
      ]);
    });

    test('mutated signatures with time-stamps give facts or a refusal, never a throw', () => {
      const stamped = addSignatureTimestamp(cms, stamp(workshop, tsa, signatureValue(cms)));
      fc.assert(
        fc.property(fc.array(fc.tuple(fc.nat(stamped.length - 1), fc.nat(255)), { minLength: 1, maxLength: 5 }), (changes) => {
          const copy = stamped.slice();
          for (const [at, octet] of changes) copy[at] = octet;
          const result = readCmsDocument(copy, [{ name: null, content: contentOf(content) }]);
          if (result.ok)
            for (const { timestamps } of result.value.signatures)
              for (const id of timestamps) expect(result.value.timestamps.has(id)).toBe(true);
        }),
        { numRuns: 300 },
      );
    });
  });

/** Members of a DER SET OF attributes, without content-type: a countersignature has none. */
function parseSet(set: Bytes): Bytes[] {
  const members: Bytes[] = [];
  let at = (set[1] as number) < 0x80 ? 2 : 2 + ((set[1] as number) & 0x7f);
  while (at < set.length) {
    const first = set[at + 1] as number;
    const header = first < 0x80 ? 2 : 2 + (first & 0x7f);
    const length =
      first < 0x80 ? first : first === 0x81 ? (set[at + 2] as number) : (set[at + 2] as number) * 256 + (set[at + 3] as number);
    members.push(set.subarray(at, at + header + length));
    at += header + length;
  }
  return members.filter((member) => !toHex(member).includes('06092a864886f70d010903'));
}
