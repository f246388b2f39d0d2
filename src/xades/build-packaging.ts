/** Where a new signature stands and what it is over: enveloped, enveloping, internally detached, detached (EN 319 132-1, 3.1; XMLDSig 1.1, 2). */
import type { Bytes } from '../base/bytes.ts';
import { Fault } from '../base/fault.ts';
import type { Parsed } from '../base/parsed.ts';
import type { Source } from '../base/source.ts';
import { fromUtf8, toBase64, toHex, utf8 } from '../base/text.ts';
import { digest as digestOf } from '../crypto/digest.ts';
import type { XmlDocument } from '../xml/document.ts';
import { borrowXml, parseXml } from '../xml/parse.ts';
import { childrenOf, spanOf } from '../xml/query.ts';
import { DS, TRANSFORM } from '../xmldsig/names.ts';
import { type Frame, frameOf } from './build.ts';
import type { SignedAlready } from './build-existing.ts';
import { frameIn } from './build-place.ts';
import {
  base64ObjectXml,
  base64Reference,
  type DataReference,
  elementReference,
  envelopedReference,
  fileReference,
  type NamedMethod,
} from './build-references.ts';
import { element } from './build-xml.ts';

export type Packaging = 'enveloped' | 'enveloping' | 'internally-detached' | 'detached';

export interface PlaceOptions {
  readonly method: NamedMethod;
  readonly mimeType?: string;
}

export interface NewPlaceOptions extends PlaceOptions {
  readonly packaging: Packaging;
  readonly element?: string;
  readonly embed?: 'base64' | 'xml';
  readonly alone?: boolean;
  readonly name?: string;
}

export interface Place {
  readonly frame: Frame;
  readonly references: readonly DataReference[];
  /** Objects of the signature. */
  readonly objects: readonly string[];
  /** The document as it was, where the signature goes into it. */
  readonly earlier: XmlDocument | null;
  /** URIs of files that are to be signed too. */
  readonly files: readonly string[];
  /** To be called once the signature is made: the memory of the document is free then. Where there is none, nothing is to do. */
  readonly done?: () => void;
}

/** Throws `Fault` `bad-option` where options do not go together, `malformed-input` where the document is no XML and must be. */
export function newPlace(source: Source, options: NewPlaceOptions, of: string): Place {
  const { packaging, element: id, embed, alone, name } = options;
  const misplaced =
    (id !== undefined && packaging !== 'internally-detached' && 'element') ||
    (embed !== undefined && packaging !== 'enveloping' && (packaging !== 'internally-detached' || id !== undefined) && 'embed') ||
    (alone !== undefined && packaging !== 'enveloped' && 'alone') ||
    (name !== undefined && packaging !== 'detached' && 'name');
  if (misplaced) throw new Fault('bad-option', `${of}: ${misplaced} does not go with packaging '${packaging}'`);
  switch (packaging) {
    case 'enveloped': {
      const { document, giveBack } = read(borrowXml(source.read(0, source.size)));
      return { ...placeIn(document, [{ kind: 'document' }], options), done: giveBack };
    }
    case 'internally-detached':
      return id === undefined ? besideEachOther(source, options) : placeIn(xmlOf(source), [{ kind: 'element', id }], options);
    case 'enveloping':
      return around(source, options);
    case 'detached':
      if (name === undefined) throw new Fault('bad-option', `${of}: packaging 'detached' needs the name of the document`);
      return { ...ALONE, references: [fileReference(name, source, options.mimeType ?? OCTETS)] };
    default:
      throw new Fault('bad-option', `${of}: packaging '${String(packaging)}' is none of ${PACKAGINGS.join(', ')}`);
  }
}

/** Last in the document element, over the document or elements of it. */
export function placeIn(
  document: XmlDocument,
  signed: readonly SignedAlready[],
  { method, mimeType = 'text/xml', alone = false }: PlaceOptions & { readonly alone?: boolean },
): Place {
  const references = signed.flatMap((one): DataReference[] => {
    if (one.kind === 'file') return [];
    if (one.kind === 'element') return [elementReference(document, one.id, method, mimeType, document.root)];
    return [envelopedReference(document, method, mimeType, alone)];
  });
  const files = signed.flatMap((one) => (one.kind === 'file' ? [one.uri] : []));
  return { ...ALONE, frame: frameIn(document), references, earlier: document, files };
}

/** In the document element that ASiC has for signatures over files beside it. */
export const containerPlace = (): Omit<Place, 'references'> => {
  const document = parsedAgain(
    `${DECLARATION}<asic:XAdESSignatures xmlns:asic="http://uri.etsi.org/02918/v1.2.1#"></asic:XAdESSignatures>`,
  );
  return { ...ALONE, frame: frameIn(document) };
};

/** The document in an Object of the signature. */
function around(source: Source, { method, mimeType, embed = 'base64' }: NewPlaceOptions): Place {
  const octets = source.read(0, source.size);
  const id = idFor(octets);
  if (embed === 'base64') {
    const type = mimeType ?? OCTETS;
    return { ...ALONE, references: [base64Reference(id, octets, type, true)], objects: [base64ObjectXml(id, type, octets)] };
  }
  const content = contentXml(xmlOf(source));
  const holder = parsedAgain(element('ds:Object', { 'xmlns:ds': DS, Id: id }, content));
  const object = element('ds:Object', { Id: id }, content);
  return { ...ALONE, references: [elementReference(holder, id, method, mimeType ?? 'text/xml')], objects: [object] };
}

/** Document and signature in a new document element. */
function besideEachOther(source: Source, { method, mimeType, embed }: NewPlaceOptions): Place {
  const octets = source.read(0, source.size);
  const id = idFor(octets);
  const parsed = embed === 'base64' ? null : parseXml(octets);
  if (embed === 'xml' || parsed?.ok) {
    const type = mimeType ?? 'text/xml';
    const before = `${DECLARATION}<signed-data>${element('data', { Id: id, MimeType: type }, contentXml(parsed?.ok ? parsed.value : xmlOf(source)))}`;
    const document = parsedAgain(`${before}</signed-data>`);
    return { ...ALONE, frame: frameIn(document), references: [elementReference(document, id, method, type)] };
  }
  const type = mimeType ?? OCTETS;
  const data = element('data', { Id: id, MimeType: type, Encoding: TRANSFORM.base64 }, toBase64(octets));
  const document = parsedAgain(`${DECLARATION}<signed-data>${data}</signed-data>`);
  return { ...ALONE, frame: frameIn(document), references: [base64Reference(id, octets, type, false)] };
}

/** What stands in a document after its XML declaration, comments and instructions too. */
function contentXml(document: XmlDocument): string {
  const nodes = [...childrenOf(document, 0)];
  const start = spanOf(document, nodes[0] as number).start;
  const end = spanOf(document, nodes.at(-1) as number).end;
  return fromUtf8(document.bytes.subarray(start, end)) as string;
}

const xmlOf = (source: Source): XmlDocument => read(parseXml(source.read(0, source.size)));

function read<T>(parsed: Parsed<T>): T {
  if (parsed.ok) return parsed.value;
  const { at, reason } = parsed.malformed;
  throw new Fault('malformed-input', `this is no XML that a signature could stand in: ${reason} (at offset ${at})`);
}

function parsedAgain(xml: string): XmlDocument {
  const parsed = parseXml(utf8(xml));
  if (parsed.ok) return parsed.value;
  throw new Fault('malformed-input', `this document cannot stand in another: ${parsed.malformed.reason}`);
}

const idFor = (octets: Bytes): string => `data-${toHex(digestOf('SHA-256', octets)).slice(0, 32)}`;

export const OCTETS = 'application/octet-stream';
const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';
const ALONE = { frame: frameOf(DECLARATION, ''), objects: [], earlier: null, files: [] } as const;
const PACKAGINGS: readonly Packaging[] = ['enveloped', 'enveloping', 'internally-detached', 'detached'];
