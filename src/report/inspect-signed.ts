/** What is inside a signed message, without judging it (RFC 5652, 5). */
import { toHex } from '../base/text.ts';
import type { AlgorithmIdentifier } from '../cms/algorithm-identifier.ts';
import type { SignedData } from '../cms/signed-data.ts';
import type { SignerInfo } from '../cms/signer-info.ts';
import { digestByOid, signatureAlgorithm } from '../crypto/algorithm.ts';
import { parseName } from '../pki/name.ts';
import { type Catalogue, fill } from './catalogue.ts';
import { certificateSections, certificatesJson } from './inspect-revocation.ts';
import { identifierText, pairs } from './inspect-shared.ts';
import { type Section, section } from './section.ts';

export const signedDataDetails = (signedData: SignedData) => ({
  type: 'cms' as const,
  version: signedData.version,
  contentType: signedData.contentType,
  contentOctets: signedData.content?.length ?? null,
  signers: signedData.signerInfos.map((signer) => ({
    certificate: signerJson(signer),
    digestAlgorithm: digestByOid(signer.digestAlgorithm.oid) ?? signer.digestAlgorithm.oid,
    signatureAlgorithm: algorithmText(signer.signatureAlgorithm),
    signedAttributes: signer.signedAttributes?.attributes.map(({ type }) => type) ?? null,
    unsignedAttributes: signer.unsignedAttributes.map(({ type }) => type),
  })),
  certificates: certificatesJson(signedData.certificates),
  revocations: signedData.revocationInfos.map(({ kind, value }) => ({ kind, octets: value.length })),
});

export function signedDataSection(signedData: SignedData, words: Catalogue): Section {
  const { inspect } = words;
  return section(
    inspect.cms,
    [
      [inspect.version, signedData.version],
      [
        inspect.contentType,
        [
          identifierText(signedData.contentType, words),
          signedData.content === null ? inspect.detached : fill(inspect.octets, { count: signedData.content.length }),
        ],
      ],
      [
        inspect.revocations,
        signedData.revocationInfos.map(({ kind, value }) => `${kind}: ${fill(inspect.octets, { count: value.length })}`),
      ],
    ],
    [
      ...signedData.signerInfos.slice(0, SHOWN).map((signer, i) => signerSection(signer, i + 1, words)),
      ...certificateSections(signedData.certificates, words),
    ],
  );
}

function signerSection(signer: SignerInfo, number: number, words: Catalogue): Section {
  const { inspect } = words;
  const { issuer, serial, keyIdentifier } = signerJson(signer);
  return section(fill(inspect.signer, { number }), [
    [inspect.signerId, keyIdentifier === undefined ? [issuer ?? '', `${inspect.serial} ${pairs(serial ?? '')}`] : pairs(keyIdentifier)],
    [inspect.digest, digestByOid(signer.digestAlgorithm.oid) ?? signer.digestAlgorithm.oid],
    [inspect.signatureAlgorithm, algorithmText(signer.signatureAlgorithm)],
    [inspect.signedAttributes, signer.signedAttributes?.attributes.map(({ type }) => identifierText(type, words)) ?? inspect.none],
    [inspect.unsignedAttributes, signer.unsignedAttributes.map(({ type }) => identifierText(type, words))],
  ]);
}

function signerJson({ sid }: SignerInfo): { issuer?: string; serial?: string; keyIdentifier?: string } {
  if (sid.form === 'key-identifier') return { keyIdentifier: toHex(sid.keyIdentifier) };
  const name = parseName(sid.issuer);
  return { issuer: name.ok ? name.value.text : toHex(sid.issuer), serial: toHex(sid.serial) };
}

function algorithmText({ oid, parameters }: AlgorithmIdentifier): string {
  const known = signatureAlgorithm(oid, parameters);
  return known === null ? oid : [known.keyKind ?? known.scheme, known.digest].filter(Boolean).join(', ');
}

const SHOWN = 20;
