/** Trusted lists and lists of them, read (TS 119 612, versions 3 to 6). */
import type { Bytes } from '../base/bytes.ts';
import { attempt, type Parsed, unreadable } from '../base/parsed.ts';
import type { XmlDocument } from '../xml/document.ts';
import { parseXml } from '../xml/parse.ts';
import { isNamed, nameOf } from '../xml/query.ts';
import {
  all,
  attribute,
  child,
  children,
  instant,
  is,
  localTexts,
  MRA,
  natural,
  type Place,
  TSL,
  TSLX,
  text,
  texts,
} from './list-elements.ts';
import { readIdentity, readService } from './list-service.ts';
import type { Pointer, Provider, TrustedList } from './list-type.ts';

export type {
  Criteria,
  KeyUsageBit,
  LocalText,
  Pointer,
  Provider,
  Qualification,
  Service,
  ServiceState,
  TrustedList,
} from './list-type.ts';

/** A list as it was given: the document whose signature is checked, and what it says. */
export interface ReadList {
  readonly document: XmlDocument;
  readonly list: TrustedList;
}

/** Reads a TrustServiceStatusList. What departs from the standard and is clear all the same is read, and listed in `deviations`. */
export function parseTrustedList(bytes: Bytes): Parsed<ReadList> {
  const document = parseXml(withoutMargins(bytes));
  if (!document.ok) return document;
  return attempt(() => ({ document: document.value, list: readList(document.value) }));
}

function readList(document: XmlDocument): TrustedList {
  if (!isNamed(document, document.root, TSL, 'TrustServiceStatusList'))
    unreadable('TrustServiceStatusList', 0, `the document element is ${nameOf(document, document.root).qualified.slice(0, 60)}`);
  const deviations: string[] = [];
  const root: Place = { document, node: document.root, deviations };
  const scheme = child(root, 'SchemeInformation');
  if (scheme === null) deviations.push('SchemeInformation is missing');
  const updated = child(scheme, 'NextUpdate');
  const next = child(updated, 'dateTime');
  if (scheme !== null && updated === null) deviations.push('NextUpdate is missing');
  const tag = attribute(root, 'TSLTag') ?? '';
  if (tag !== TAG) deviations.push('TSLTag has another value than the standard gives');
  return {
    tag,
    version: natural(child(scheme, 'TSLVersionIdentifier'), 'TSLVersionIdentifier', deviations),
    sequence: natural(child(scheme, 'TSLSequenceNumber'), 'TSLSequenceNumber', deviations),
    type: text(child(scheme, 'TSLType')),
    operatorNames: localTexts(child(scheme, 'SchemeOperatorName'), 'Name'),
    schemeNames: localTexts(child(scheme, 'SchemeName'), 'Name'),
    informationUris: localTexts(child(scheme, 'SchemeInformationURI'), 'URI'),
    determination: text(child(scheme, 'StatusDeterminationApproach')),
    communityRules: texts(children(child(scheme, 'SchemeTypeCommunityRules'), 'URI')),
    territory: text(child(scheme, 'SchemeTerritory')),
    historicalPeriod: natural(child(scheme, 'HistoricalInformationPeriod'), 'HistoricalInformationPeriod', deviations),
    pointers: children(child(scheme, 'PointersToOtherTSL'), 'OtherTSLPointer').flatMap((one) => readPointer(one) ?? []),
    issued: instant(child(scheme, 'ListIssueDateTime'), 'ListIssueDateTime', deviations),
    // An empty NextUpdate closes the list (5.3.15).
    nextUpdate: next === null ? null : instant(next, 'NextUpdate', deviations),
    distributionPoints: texts(children(child(scheme, 'DistributionPoints'), 'URI')),
    providers: children(child(root, 'TrustServiceProviderList'), 'TrustServiceProvider').map(readProvider),
    deviations,
  };
}

/** 5.3.13. */
function readPointer(place: Place): Pointer | null {
  const location = text(child(place, 'TSLLocation'));
  if (location === null) {
    place.deviations.push('a pointer without the place of the other list');
    return null;
  }
  const information = child(place, 'AdditionalInformation');
  const others = children(information, 'OtherInformation').flatMap(all);
  const find = (local: string, namespace = TSL): Place | null => others.find((one) => is(one, local, namespace)) ?? null;
  return {
    location,
    certificates: children(child(place, 'ServiceDigitalIdentities'), 'ServiceDigitalIdentity').flatMap(
      (one) => readIdentity(one).certificates,
    ),
    type: text(find('TSLType')),
    territory: text(find('SchemeTerritory')),
    mimeType: text(find('MimeType', TSLX)),
    operatorNames: localTexts(find('SchemeOperatorName'), 'Name'),
    communityRules: texts(children(find('SchemeTypeCommunityRules'), 'URI')),
    recognitionAgreement: find('MutualRecognitionAgreementInformation', MRA) !== null,
  };
}

/** 5.4. */
function readProvider(place: Place): Provider {
  const information = child(place, 'TSPInformation');
  if (information === null) place.deviations.push('a provider without information on itself');
  return {
    names: localTexts(child(information, 'TSPName'), 'Name'),
    tradeNames: localTexts(child(information, 'TSPTradeName'), 'Name'),
    informationUris: localTexts(child(information, 'TSPInformationURI'), 'URI'),
    services: children(child(place, 'TSPServices'), 'TSPService').flatMap((one) => readService(one) ?? []),
  };
}

/** White space before the document is no XML; some publish it all the same, and it is not signed. */
function withoutMargins(bytes: Bytes): Bytes {
  let start = 0;
  const mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  for (start = mark; start < bytes.length && WHITE.has(bytes[start] as number); ) start++;
  return start === mark ? bytes : bytes.subarray(start);
}

const WHITE: ReadonlySet<number> = new Set([0x20, 0x09, 0x0a, 0x0d]);
const TAG = 'http://uri.etsi.org/19612/TSLTag';
