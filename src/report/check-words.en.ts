/** English words of the checks: what holds, what is wrong where it does not, what would change that. */
import type { CheckWords } from './messages.en.ts';
import { pastWords } from './past-words.en.ts';

export const checkWords: Readonly<Record<string, CheckWords>> = {
  'signature-value-intact': {
    holds: 'The signature value verifies with the key of the certificate.',
    otherwise: 'The signature value does not verify with the key of the certificate.',
    remedy: 'Nothing short of a new signature.',
  },
  'signing-certificate-reference-present': {
    holds: 'The signature itself names the certificate it was made with.',
    otherwise: 'The signature does not name the certificate it was made with, so the certificate could be exchanged.',
  },
  'signing-certificate-reference-unique': {
    holds: 'The signature names its certificate once.',
    otherwise: 'The signature names its certificate more than once.',
  },
  'signing-certificate-references-in-chain': {
    holds: 'Every certificate that the signature names belongs to its chain.',
    otherwise: 'The signature names a certificate that does not belong to its chain.',
  },
  'signing-certificate-digest-present': {
    holds: 'The signature names its certificate by a digest.',
    otherwise: 'The signature names its certificate without a digest.',
  },
  'signing-certificate-digest-match': {
    holds: 'The certificate is the one that the signature names.',
    otherwise: 'The certificate is not the one that the signature names.',
    remedy: 'Supply the certificate that the signature names.',
  },
  'signing-certificate-issuer-serial-match': {
    holds: 'Issuer and serial number agree with what the signature says.',
    otherwise: 'Issuer or serial number differ from what the signature says.',
  },
  'signing-time-present': {
    holds: 'The signer states when the signature was made.',
    otherwise: 'The signer does not state when the signature was made.',
  },
  'signing-time-within-validity': {
    holds: 'The stated signing time lies in the validity of the certificate.',
    otherwise: 'The stated signing time[, {claimedTime},] lies outside the validity of the certificate.',
  },
  'structure-conforms': {
    holds: 'The structure is as the standard demands.',
    otherwise: 'The structure departs from the standard[: {problems}].',
  },
  'signature-policy-available': {
    holds: 'The signature policy document is at hand.',
    otherwise: 'The signature policy document that the signer names[ ({policy})] is not at hand.',
    remedy: 'Supply the signature policy document.',
  },
  'signature-policy-stored': {
    holds: 'The signature brings its signature policy along.',
    otherwise: 'The signature does not bring its signature policy along.',
  },
  'signature-policy-digest-known': {
    holds: 'The signature says by a digest which signature policy document is meant.',
    otherwise: 'No digest that can be checked says which document of the signature policy[ {policy}] is meant.',
  },
  'signature-policy-digest-match': {
    holds: 'The signature policy document is the one that the signer meant.',
    otherwise: 'The signature policy document[ ({policy})] is not the one that the signer meant.',
  },
  'reference-digest-algorithm': {
    holds: 'The digest algorithms of the references are reliable.',
    otherwise: 'A digest algorithm of a reference is not reliable.',
  },
  'key-usage': {
    holds: 'The certificate was issued for signing.',
    otherwise: 'The certificate[ of {certificate}] was not issued for this use[; its key usage is {keyUsage}].',
    remedy: 'A signature made with a certificate for signing.',
  },
  'key-usage-allows-signing': {
    holds: 'The key usage allows signing.',
    otherwise: 'The key usage of the certificate[ of {certificate}] does not allow signing.',
  },
  'within-validity': {
    holds: 'The certificate is in force.',
    otherwise:
      'The certificate[ of {certificate}] is not in force at the time of validation[: it is valid from {notBefore} to {notAfter}].',
    remedy: 'A time-stamp from the time when the certificate was in force.',
  },
  'ca-within-validity': {
    holds: 'The certificate of the issuing authority is in force.',
    otherwise:
      'The certificate of the authority[ {certificate}] is not in force at the time of validation[: it is valid from {notBefore} to {notAfter}].',
  },
  'revocation-available': {
    holds: 'Revocation data is at hand.',
    otherwise: 'There is no revocation data, so it is not known whether the certificate[ of {certificate}] was revoked.',
    remedy: 'Supply a CRL or an OCSP response, or validate with access to the network.',
  },
  'revocation-acceptable': {
    holds: 'The revocation data can be relied on.',
    otherwise: 'The revocation data at hand[ for {certificate}] cannot be relied on.',
    remedy: 'Supply revocation data from the issuer of the certificate.',
  },
  'revocation-access-present': {
    holds: 'The certificate says where to learn whether it was revoked.',
    otherwise: 'The certificate does not say where to learn whether it was revoked.',
  },
  'revocation-fresh': {
    holds: 'The revocation data is recent enough.',
    otherwise: 'The revocation data[ for {certificate}] is too old[: it was issued on {thisUpdate}].',
    remedy: 'Supply newer revocation data.',
  },
  'revocation-not-in-future': {
    holds: 'The revocation data is not from the future.',
    otherwise: 'The revocation data claims a time that is still to come.',
  },
  'revocation-not-self-issued': {
    holds: 'The revocation data was not made by the certificate it is about.',
    otherwise: 'The revocation data was made by the certificate it is about.',
  },
  'revocation-certificate-hash-match': {
    holds: 'The revocation data names this very certificate.',
    otherwise: 'The revocation data is about another certificate of that number.',
  },
  'revocation-issuer-within-validity': {
    holds: 'Whoever made the revocation data holds a certificate in force.',
    otherwise: 'Whoever made the revocation data holds a certificate that is not in force.',
    remedy: 'Supply newer revocation data.',
  },
  'responder-authorised': {
    holds: 'Whoever made the revocation data may speak for the issuer.',
    otherwise: 'Whoever made the revocation data may not speak for the issuer.',
  },
  'not-revoked': {
    holds: 'The certificate is not revoked.',
    otherwise: 'The certificate[ of {certificate}] was revoked[ on {revokedAt}][, reason: {reason}].',
    remedy: 'A time-stamp that is older than the revocation.',
  },
  'not-on-hold': {
    holds: 'The certificate is not on hold.',
    otherwise: 'The certificate[ of {certificate}] is on hold: it may be released or revoked later.',
    remedy: 'Validate again later.',
  },
  'not-self-signed': {
    holds: 'The certificate was issued by somebody else.',
    otherwise: 'The certificate[ of {certificate}] is self-signed: nobody else vouches for it.',
  },
  'certificate-signature-intact': {
    holds: 'The certificate bears the signature of its issuer.',
    otherwise: 'The certificate[ of {certificate}] does not bear the signature of its issuer.',
  },
  'issuer-access-present': {
    holds: 'The certificate says where its issuer is found.',
    otherwise: 'The certificate does not say where its issuer is found.',
  },
  'authority-key-identifier-present': {
    holds: "The certificate names its issuer's key.",
    otherwise: "The certificate does not name its issuer's key.",
  },
  'subject-key-identifier-present': {
    holds: 'The certificate of the authority names its key.',
    otherwise: 'The certificate of the authority[ {certificate}] does not name its key.',
  },
  'critical-extensions-supported': {
    holds: 'Every critical extension of the certificate is understood.',
    otherwise: 'The certificate[ of {certificate}] has a critical extension that is not understood[: {extensions}].',
  },
  'extensions-allowed': {
    holds: 'The certificate has no extension that does not belong there.',
    otherwise: 'The certificate[ of {certificate}] has an extension that does not belong there[: {extensions}].',
  },
  'no-rev-avail-consistent': {
    holds: 'What the certificate says of revocation is consistent.',
    otherwise: 'The certificate[ of {certificate}] says both that there is no revocation data and where to find it.',
  },
  'path-constraints': {
    holds: 'The certificates keep the constraints that their issuers set.',
    otherwise: 'The certificates break a constraint that an issuer set[: {problem}].',
  },
  'byte-range-valid': {
    holds: 'The signed range is the whole of its revision except the signature itself.',
    otherwise: 'The signed range leaves out parts of the document that it should cover[: {problem}].',
    remedy: 'Do not rely on this file; ask the signer for the original.',
  },
  'later-changes-known': {
    holds: 'What was added to the file later is known.',
    otherwise: 'Something was added to the file later, and what it changes was not analysed.',
    remedy: 'Compare this file with the revision that was signed.',
  },
  'later-changes-allowed': {
    holds: 'Nothing was changed later that the signature does not allow.',
    otherwise: 'The file was changed later in a way that the signature does not allow[: {first}][ ({changes} such changes)].',
    remedy: 'Rely on the signed revision only, not on the file as it stands.',
  },
  'timestamp-valid': {
    holds: 'The time-stamp is valid.',
    otherwise: 'A time-stamp is not valid and proves no time.',
  },
  'timestamps-intact': {
    holds: 'Every time-stamp of this signature is intact.',
    otherwise: 'A time-stamp of this signature is broken: it was taken from elsewhere, or what it covers was changed.',
    remedy: 'Ask for the document as it was before the time-stamp was put there.',
  },
  'content-timestamp-valid': {
    holds: 'The time-stamp over the content is valid.',
    otherwise: 'The time-stamp over the content is not valid and proves no time.',
  },
  'timestamp-order': {
    holds: 'The times of the time-stamps are in order.',
    otherwise: 'The times of the time-stamps contradict each other.',
  },
  'timestamp-delay': {
    holds: 'The time-stamp followed soon after the stated signing time.',
    otherwise: 'The time-stamp is much later than the stated signing time.',
  },
  'certificate-qualified': {
    holds: 'The certificate was qualified when it was issued and when the signature is proven to have existed.',
    otherwise: 'By the trusted lists the certificate is not a qualified one[: {qualification}].',
  },
  'key-in-qualified-device': {
    holds: 'The key was in a qualified device.',
    otherwise: 'By the trusted lists the key was not in a qualified signature creation device[: {qualification}].',
  },
  'timestamp-after-issuance': {
    holds: 'The time-stamp is not older than the certificate that made it.',
    otherwise:
      'The time-stamp is dated[ {time},] before the certificate that made it was issued: its time cannot be right, and proves nothing.',
    remedy: 'Have the document time-stamped again.',
  },
  'timestamp-extensions-known': {
    holds: 'The time-stamp says nothing that could not be understood.',
    otherwise:
      'The time-stamp holds a critical extension that is not known here[: {extensions}]: what it means cannot be told, so it must not be used.',
    remedy: 'Ask the time-stamp authority what this extension is for, or take a time-stamp of another authority.',
  },
  'tsa-name-match': {
    holds: 'The time-stamp names the authority that made it.',
    otherwise: 'The time-stamp names another authority than the one that made it.',
  },
  'chain-to-trust-anchor': {
    holds: 'The chain of certificates leads to a trusted authority.',
    otherwise: 'The chain of certificates does not lead to a trusted authority.',
    remedy: 'Give the issuing authority as trusted, if you do trust it.',
  },
  'trust-anchor-before-sunset': {
    holds: 'The authority is still trusted.',
    otherwise: 'The authority was trusted once, but is not any more.',
    remedy: 'A time-stamp from the time when the authority was trusted.',
  },
  'evidence-complete': {
    holds: 'All evidence was gathered.',
    otherwise: 'Some evidence was not looked at, because a limit was reached[: {exhausted}].',
  },
  'best-signature-time-before-expiry': {
    holds: "The signature is proven to be older than the end of the certificate's validity.",
    otherwise:
      "The signature is not proven to be older than the end of the certificate's validity[; it is proven for {bestSignatureTime} only].",
    remedy: 'A time-stamp from the time when the certificate was in force.',
  },
  'best-signature-time-before-revocation': {
    holds: 'The signature is proven to be older than the revocation.',
    otherwise: 'The signature is not proven to be older than the revocation[; it is proven for {bestSignatureTime} only].',
    remedy: 'A time-stamp that is older than the revocation.',
  },
  'best-signature-time-not-before-issuance': {
    holds: 'The signature is not older than its certificate.',
    otherwise: 'The signature is older than the certificate it was made with[: it existed on {bestSignatureTime}].',
  },
  'validity-needs-proof': {
    holds: 'No proof is needed that the certificate was in force.',
    otherwise: 'It is not proven that the certificate was in force when the signature was made.',
    remedy: 'A time-stamp from the time when the certificate was in force.',
  },
  'ca-basic-constraints': {
    holds: 'The issuing authority may issue certificates.',
    otherwise: 'The certificate[ of {certificate}] may not issue certificates, but has issued one of this chain.',
  },
  'certificate-algorithm': {
    holds: 'The signature on the certificate uses an algorithm considered secure.',
    otherwise:
      'The certificate[ of {subject}] was signed with[ {algorithm}][ {keyBits} bits][ {digest}], which is not considered secure any more.',
    remedy: 'A time-stamp from the time when it still was.',
  },
  'chain-algorithms': {
    holds: 'The chain and its revocation data use algorithms considered secure.',
    otherwise:
      'A certificate or revocation data of the chain[, {subject},] uses[ {algorithm}][ {keyBits} bits][ {digest}], which is not considered secure any more.',
    remedy: 'A time-stamp from the time when it still was.',
  },
  'revocation-algorithms': {
    holds: 'The revocation data uses algorithms considered secure.',
    otherwise: 'The revocation data uses[ {algorithm}][ {keyBits} bits][ {digest}], which is not considered secure any more.',
    remedy: 'Newer revocation data.',
  },
  'certificate-signature-supported': {
    holds: "The algorithm of the certificate's signature is known here.",
    otherwise: 'The algorithm of the signature on the certificate[ of {certificate}] is not supported here[: {algorithm}].',
  },
  'data-algorithms-at-best-signature-time': {
    holds: 'The digests of the signed content were considered secure at the proven time.',
    otherwise: 'A digest of the signed content[, {digest},] was not considered secure any more at the proven time.',
    remedy: 'An older time-stamp, if one exists.',
  },
  'signature-algorithms': {
    holds: 'The algorithms of the signature are considered secure.',
    otherwise:
      'The signature uses[ {algorithm}][ {keyBits} bits][ {digest}], which is not considered secure any more[; it was until {until}].',
    remedy: 'A time-stamp from the time when it still was.',
  },
  'signature-algorithm-at-best-signature-time': {
    holds: 'The signature algorithm was considered secure at the proven time.',
    otherwise:
      'The signature uses[ {algorithm}][ {keyBits} bits][ {digest}], which was not considered secure any more at the proven time[, {bestSignatureTime}].',
    remedy: 'An older time-stamp, if one exists.',
  },
  'signature-algorithm-supported': {
    holds: 'The signature algorithm is known here.',
    otherwise: 'The signature algorithm is not supported here[: {algorithm}].',
  },
  'signature-accepted': {
    holds: 'The signature has everything that the policy asks for.',
    otherwise: 'The signature lacks something that the policy asks for.',
  },
  'extended-key-usage-time-stamping': {
    holds: 'The certificate was issued for time-stamping.',
    otherwise: 'The certificate[ of {certificate}] was not issued for time-stamping.',
  },
  'issuer-name-match': {
    holds: 'Each certificate names its issuer.',
    otherwise: 'The certificate[ of {certificate}] names another issuer than the one that signed it.',
  },
  'key-usage-certificate-signing': {
    holds: "The issuing authority's key may sign certificates.",
    otherwise: 'The key[ of {certificate}] may not sign certificates, but has signed one of this chain.',
  },
  'one-signer-info': {
    holds: 'There is exactly one signer in the signature field.',
    otherwise: 'The signature field does not hold exactly one signer[, but {signerInfos}].',
  },
  'path-length': {
    holds: 'The chain is not longer than its authorities allow.',
    otherwise: 'The chain is longer than the authority[ {certificate}] allows.',
  },
  'responder-id-match': {
    holds: 'The OCSP response names who signed it.',
    otherwise: 'The OCSP response names another responder than the one that signed it.',
  },
  'responder-valid-at-production': {
    holds: 'Who signed the revocation data held a certificate in force then.',
    otherwise: 'Who signed the revocation data held no certificate in force then.',
  },
  'revocation-after-issuance': {
    holds: 'The revocation data is younger than the certificate.',
    otherwise: 'The revocation data is older than the certificate.',
    remedy: 'Newer revocation data.',
  },
  'revocation-covers-certificate': {
    holds: 'The revocation data covers the certificate.',
    otherwise: 'The revocation data does not cover the certificate[: {problem}].',
    remedy: 'Revocation data that covers it.',
  },
  'revocation-for-chain': {
    holds: 'Revocation data is at hand for the whole chain.',
    otherwise: 'Revocation data is not at hand for the whole chain.',
    remedy: 'Supply a CRL or an OCSP response for each certificate.',
  },
  'revocation-fresh-at-best-signature-time': {
    holds: 'The revocation data is recent enough for the proven time.',
    otherwise: 'The revocation data is too old for the proven time[, {bestSignatureTime}].',
    remedy: 'Newer revocation data.',
  },
  'revocation-issuer-chain': {
    holds: 'Who signed the revocation data has a chain to a trusted authority.',
    otherwise: 'Who signed the revocation data has no chain to a trusted authority.',
  },
  'revocation-issuer-known': {
    holds: 'Who signed the revocation data is known.',
    otherwise: 'Who signed the revocation data is not known.',
    remedy: 'Supply the certificate of the responder or CRL issuer.',
  },
  'revocation-issuers-acceptable': {
    holds: 'Who signed the revocation data is acceptable.',
    otherwise: 'Who signed the revocation data is not acceptable.',
  },
  'revocation-knows-certificate': {
    holds: 'The revocation data speaks of certificates of that age.',
    otherwise: 'The revocation data does not speak of certificates that have expired.',
    remedy: 'Revocation data from the time when the certificate was in force.',
  },
  'revocation-signature-intact': {
    holds: 'The revocation data bears the signature of its issuer.',
    otherwise: 'The signature on the revocation data does not verify.',
    remedy: 'Obtain the revocation data anew.',
  },
  'revocation-signature-supported': {
    holds: 'The algorithm of the revocation data is known here.',
    otherwise: 'The algorithm of the revocation data is not supported here.',
  },
  'revocation-status-known': {
    holds: 'The revocation data knows the certificate.',
    otherwise: 'The revocation data does not know the certificate.',
  },
  'revocation-this-update-present': {
    holds: 'The revocation data says when it was issued.',
    otherwise: 'The revocation data does not say when it was issued.',
  },
  'container-entries-sound': {
    holds: 'No entry of the container stands twice or leads astray.',
    otherwise: 'An entry of the container stands twice, or its name leads astray[: {problem}].',
  },
  'signature-readable': {
    holds: 'The signature is built as the standard has it.',
    otherwise: 'The signature is not built as the standard has it, so it cannot be checked[: {problem}].',
  },
  'signature-identifier-unique': {
    holds: 'No other element has the identifier of the signature.',
    otherwise: 'Another element has the identifier of the signature: which of them is meant cannot be told.',
  },
  'references-unambiguous': {
    holds: 'Each reference names one element.',
    otherwise: 'What a reference names stands several times in the document[: {first}].',
  },
  'manifest-entries-found': {
    holds: 'All that the Manifest lists is at hand.',
    otherwise: 'Not all that the Manifest lists is at hand, so it was not compared[: {entries} of {total} missing].',
  },
  'container-mimetype': {
    holds: 'The container says which type it is.',
    otherwise: 'The mimetype of the container is not that of its type[: {mimetype}].',
  },
  'container-manifest-present': {
    holds: 'The container has a manifest.',
    otherwise: 'The container has no manifest that can be read.',
  },
  'container-data-present': {
    holds: 'The container holds the data that is signed.',
    otherwise: 'The container does not hold the files that its type asks for[ ({files})].',
  },
  'container-files-covered': {
    holds: 'The signature is over files of the container.',
    otherwise: 'The signature is over no file of the container.',
  },
  'container-timestamp-covers-files': {
    holds: 'The time-stamp itself covers every file that it is to protect.',
    otherwise: 'The time-stamp itself does not cover every file that it is to protect[: {files} left out, first {first}].',
  },
  'container-file-names': {
    holds: 'The files of the container are named as the standard has it.',
    otherwise: 'A file of the container is not named as the standard has it[: {first}].',
  },
  'container-files-all-covered': {
    holds: 'Every file of the container is covered.',
    otherwise: 'Not every file of the container is covered[: {files} left out, first {first}].',
  },
  'signature-dictionary-unchanged': {
    holds: 'The signature field is today as it was when it was signed.',
    otherwise: 'The signature field was altered after signing.',
    remedy: 'Rely on the signed revision only.',
  },
  'signature-policy-acceptable': {
    holds: 'The signature policy is acceptable.',
    otherwise: 'The signature policy[ {policy}] is not acceptable by the validation policy.',
  },
  'signed-content-digest-present': {
    holds: 'The signature holds the digest of the content.',
    otherwise: 'The signature does not hold the digest of the content.',
  },
  'signed-data-found': {
    holds: 'The signed content is here.',
    otherwise: 'Signed content is missing[: {names}].',
    remedy: 'Supply the signed file.',
  },
  'signed-data-intact': {
    holds: 'The signed content is unchanged.',
    otherwise: 'The signed content was changed after signing[: {names}].',
    remedy: 'Obtain the original file.',
  },
  'signing-certificate-recognised': {
    holds: 'The certificate of the signer is here.',
    otherwise: 'The certificate of the signer was not found.',
    remedy: 'Supply the certificate of the signer.',
  },
  'signer-valid-at-best-signature-time': {
    holds: 'The certificate was in force at the proven time.',
    otherwise: 'The certificate had expired at the proven time[, {bestSignatureTime}].',
    remedy: 'An older time-stamp, if one exists.',
  },
  'signing-key-known': {
    holds: 'The key of the signer can be used here.',
    otherwise: 'The key of the signer cannot be used here.',
  },
  'byte-range-ends-with-revision': {
    holds: 'The signed octets end where their revision of the file ends.',
    otherwise: 'The revision of the file goes on after the signed octets, so its end is not covered by the signature.',
  },
  ...pastWords,
};
