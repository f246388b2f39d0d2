/** What a reference names, between its transforms: nodes of a document, or octets (XMLDSig 1.1, 4.4.3.2). */
import { type Bytes, concat } from '../base/bytes.ts';
import { type CanonicalMethod, canonicalizeTo, type NodeSelection } from '../xml/canonicalize.ts';
import type { XmlDocument } from '../xml/document.ts';
import { DEFAULT_METHOD } from './canonical-method.ts';

export type ReferencedData = ReferencedNodes | ReferencedOctets;

export interface ReferencedNodes {
  readonly kind: 'nodes';
  readonly document: XmlDocument;
  readonly selection: NodeSelection;
  /** Whether the node-set holds the comments too. */
  readonly comments: boolean;
}

export interface ReferencedOctets {
  readonly kind: 'octets';
  /** Gives the octets piece by piece; a piece is only valid until `visit` returns. */
  each(visit: (piece: Bytes) => void): void;
}

/** The octets that are digested: nodes in Canonical XML 1.0 where no transform said otherwise, or in the form that is asked for. */
export function eachPiece(data: ReferencedData, visit: (piece: Bytes) => void, method: CanonicalMethod = DEFAULT_METHOD): void {
  if (data.kind === 'octets') data.each(visit);
  else canonicalizeTo(data.document, data.selection, { ...method, comments: method.comments && data.comments }, visit);
}

/** The same in one array. */
export function octetsOf(data: ReferencedData): Bytes {
  const pieces: Bytes[] = [];
  eachPiece(data, (piece) => void pieces.push(piece.slice()));
  return concat(pieces);
}

export const octets = (bytes: Bytes): ReferencedOctets => ({ kind: 'octets', each: (visit) => visit(bytes) });
