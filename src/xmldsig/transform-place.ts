/** Where a transform stands, and what it says where it is not carried out (XMLDSig 1.1, 6.6). */
import type { XmlDocument, XmlNode } from '../xml/document.ts';
import type { Work } from './work.ts';

/** Why a transform was not carried out: what it stands for is then not found, which is never good. */
export interface Refused {
  readonly refused: string;
  /** What it stands for is at hand, and such that nothing can come out of the transform: found, and not what was signed. */
  readonly unfit?: true;
}

/** Where a transform stands: its own signature matters to the enveloped one. */
export interface TransformPlace {
  readonly document: XmlDocument;
  /** The Signature element. */
  readonly signature: XmlNode;
  readonly work: Work;
}
