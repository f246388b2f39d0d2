/** Counter-signatures: a signature over the value of another, in a property of that one (EN 319 132-1, 5.2.7). */
import { Fault } from '../base/fault.ts';
import { toHex } from '../base/text.ts';
import { digest as digestOf } from '../crypto/digest.ts';
import { canonicalizeTo } from '../xml/canonicalize.ts';
import type { XmlDocument, XmlNode } from '../xml/document.ts';
import { idsOf } from '../xmldsig/ids.ts';
import { declarationsIn, extendedSignature, reread, withProperty } from './augment.ts';
import type { Place } from './build-packaging.ts';
import { withAttribute } from './build-place.ts';
import { type NamedMethod, transformXml } from './build-references.ts';
import { spliced } from './build-splice.ts';
import { element } from './build-xml.ts';
import { COUNTERSIGNED_TYPE } from './names.ts';

/** A new CounterSignature of the signature `node`. A value without identifier gets one. Throws `Fault` as `extendedSignature`. */
export function counterSignaturePlace(document: XmlDocument, node: XmlNode, { uri, method }: NamedMethod): Place {
  const { signature } = extendedSignature(document, node);
  const { value } = signature;
  if (value.id === null) {
    const id = `value-${toHex(digestOf('SHA-256', value.bytes)).slice(0, 32)}`;
    const named = reread(spliced(document, [withAttribute(document, value.node, `Id="${id}"`)]));
    return { ...counterSignaturePlace(named, node, { uri, method }), earlier: document };
  }
  if (idsOf(document).element(value.id) === null)
    throw new Fault('refused', `the identifier '${value.id}' of the signature value stands elsewhere too: nothing could name it`);
  const extended = extendedSignature(document, node);
  const reference = {
    uri: `#${value.id}`,
    type: COUNTERSIGNED_TYPE,
    transforms: [transformXml(uri)],
    mimeType: null,
    each: (visit: Parameters<Place['references'][number]['each']>[0]) => canonicalizeTo(document, { apex: value.node }, method, visit),
  };
  const around = (inner: string) =>
    spliced(document, withProperty(extended, element('xades:CounterSignature', declarationsIn(extended, ['xades']), inner)));
  return { frame: { around, document }, references: [reference], objects: [], earlier: document, files: [] };
}
