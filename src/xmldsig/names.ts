/** Namespaces and identifiers of XML signatures (XMLDSig 1.1; RFC 9231). */

export const DS = 'http://www.w3.org/2000/09/xmldsig#';
export const DS11 = 'http://www.w3.org/2009/xmldsig11#';
export const EXCLUSIVE = 'http://www.w3.org/2001/10/xml-exc-c14n#';

export const TRANSFORM = {
  enveloped: `${DS}enveloped-signature`,
  base64: `${DS}base64`,
  xpath: 'http://www.w3.org/TR/1999/REC-xpath-19991116',
  filter2: 'http://www.w3.org/2002/06/xmldsig-filter2',
  xslt: 'http://www.w3.org/TR/1999/REC-xslt-19991116',
} as const;

export const REFERENCE_TYPE = {
  manifest: `${DS}Manifest`,
  object: `${DS}Object`,
  signatureProperties: `${DS}SignatureProperties`,
} as const;

/** RFC 9231, and RFC 4050 before it. */
export const MORE = 'http://www.w3.org/2001/04/xmldsig-more#';
/** Type of a RetrievalMethod whose target is a certificate in DER. */
export const RAW_CERTIFICATE = `${DS}rawX509Certificate`;
