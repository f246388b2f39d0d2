/** Reading and writing DER, and BER on reading (X.690). */
export { decodeOid, encodeOid } from './oid.ts';
export { type Element, Reader } from './reader.ts';
export { contextConstructed, contextPrimitive, type Rules, TAG } from './tag.ts';
export * as der from './writer.ts';
