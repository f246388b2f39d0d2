/** Trust services of a list, their states and qualifications (TS 119 612, 5.5 and 5.6). */
import type { Instant } from '../base/instant.ts';
import { nameOf as nameOfNode } from '../xml/query.ts';
import {
  all,
  at,
  attribute,
  child,
  children,
  ECC,
  instant,
  is,
  localTexts,
  octets,
  type Place,
  TSL,
  TSLX,
  text,
  texts,
} from './list-elements.ts';
import type { Criteria, KeyUsageBit, Qualification, Service, ServiceState } from './list-type.ts';

/** A TSPService; null where it has no ServiceInformation that can be read. */
export function readService(place: Place): Service | null {
  const information = child(place, 'ServiceInformation');
  const present = information && readState(information, null);
  if (!present) {
    place.deviations.push('a service without information on itself');
    return null;
  }
  const past = children(child(place, 'ServiceHistory'), 'ServiceHistoryInstance').flatMap((one) => readState(one, null) ?? []);
  const states = [present, ...past].sort((a, b) => b.from - a.from);
  return { states: states.map((state, i) => ({ ...state, until: states[i - 1]?.from ?? null })) };
}

function readState(place: Place, until: Instant | null): ServiceState | null {
  const type = text(child(place, 'ServiceTypeIdentifier'));
  const status = text(child(place, 'ServiceStatus'));
  const from = instant(child(place, 'StatusStartingTime'), 'StatusStartingTime', place.deviations);
  if (type === null || status === null || from === null) {
    place.deviations.push('a state of a service without its type, status or beginning');
    return null;
  }
  return {
    type,
    status,
    from,
    until,
    names: localTexts(child(place, 'ServiceName'), 'Name'),
    ...readIdentity(child(place, 'ServiceDigitalIdentity')),
    ...readExtensions(children(child(place, 'ServiceInformationExtensions'), 'Extension')),
  };
}

/** 5.5.3. */
export function readIdentity(place: Place | null): Pick<ServiceState, 'certificates' | 'subjectNames' | 'keyIdentifiers'> {
  const parts = children(place, 'DigitalId').flatMap(all);
  return {
    certificates: parts.flatMap((part) => (is(part, 'X509Certificate') ? (octets(part, 'X509Certificate') ?? []) : [])),
    subjectNames: texts(parts.filter((part) => is(part, 'X509SubjectName'))),
    keyIdentifiers: parts.flatMap((part) => (is(part, 'X509SKI') ? (octets(part, 'X509SKI') ?? []) : [])),
  };
}

type Extensions = Pick<ServiceState, 'qualifications' | 'additional' | 'expiredSince' | 'takenOverBy' | 'unknownCritical'>;

function readExtensions(extensions: readonly Place[]): Extensions {
  const qualifications: Qualification[] = [];
  const additional: string[] = [];
  const unknownCritical: string[] = [];
  let expiredSince: Instant | null = null;
  let takenOverBy = false;
  for (const extension of extensions) {
    const critical = attribute(extension, 'Critical') === 'true';
    for (const part of all(extension)) {
      if (is(part, 'Qualifications', ECC))
        qualifications.push(...children(part, 'QualificationElement', ECC).flatMap((one) => readQualification(one) ?? []));
      else if (is(part, 'AdditionalServiceInformation')) additional.push(...texts(children(part, 'URI')));
      else if (is(part, 'ExpiredCertsRevocationInfo')) expiredSince = instant(part, 'ExpiredCertsRevocationInfo', part.deviations);
      else if (is(part, 'TakenOverBy', TSLX) || is(part, 'TakenOverBy', TSL)) takenOverBy = true;
      else if (critical) unknownCritical.push(nameOf(part));
    }
  }
  return { qualifications, additional, expiredSince, takenOverBy, unknownCritical };
}

/** 5.5.9.2.1; null, and a deviation, where a part is missing. */
function readQualification(place: Place): Qualification | null {
  const qualifiers = children(child(place, 'Qualifiers', ECC), 'Qualifier', ECC).flatMap((one) => attribute(one, 'uri') ?? []);
  const criteria = child(place, 'CriteriaList', ECC);
  if (qualifiers.length === 0 || criteria === null) place.deviations.push('a qualification without qualifiers or criteria');
  return criteria === null ? null : { qualifiers, criteria: readCriteria(criteria, 0) };
}

/** 5.5.9.2.2. Without `assert`, all criteria must hold. */
function readCriteria(place: Place, depth: number): Criteria {
  const assert = attribute(place, 'assert') ?? 'all';
  const known = assert === 'all' || assert === 'atLeastOne' || assert === 'none';
  if (!known) place.deviations.push(`criteria with the unknown assertion '${assert.slice(0, 40)}'`);
  const other = child(place, 'otherCriteriaList', ECC);
  const others = all(other);
  const purposes = others.filter((one) => is(one, 'ExtendedKeyUsage', TSLX));
  const attributes = others.filter((one) => is(one, 'CertSubjectDNAttribute', TSLX));
  const nested = depth < DEPTH ? children(place, 'CriteriaList', ECC) : [];
  return {
    assert: known ? assert : 'all',
    keyUsages: children(place, 'KeyUsage', ECC).map((one) => children(one, 'KeyUsageBit', ECC).map(readBit)),
    policySets: children(place, 'PolicySet', ECC).map((one) => identifiersIn(children(one, 'PolicyIdentifier', ECC))),
    keyPurposes: purposes.map((one) => identifiersIn(children(one, 'KeyPurposeId', TSLX))),
    subjectAttributes: attributes.map((one) => identifiersIn(children(one, 'AttributeOID', TSLX))),
    lists: nested.map((one) => readCriteria(one, depth + 1)),
    unknown:
      !known || others.length > purposes.length + attributes.length || (depth >= DEPTH && child(place, 'CriteriaList', ECC) !== null),
  };
}

const readBit = (place: Place): KeyUsageBit => ({ name: attribute(place, 'name') ?? '', value: /^(true|1)$/.test(text(place) ?? '') });

/** Object identifiers in XAdES elements, with or without the prefix of their URN. */
const identifiersIn = (places: readonly Place[]): string[] =>
  places.flatMap((place) => {
    const identifier = all(place).find(
      ({ document, node }) => nameOf(at(place, node)).endsWith('Identifier') && document === place.document,
    );
    const found = text(identifier ?? place);
    return found === null ? [] : [found.replace(/^urn:oid:/i, '')];
  });

const nameOf = ({ document, node }: Place): string => nameOfNode(document, node).local;

/** Criteria within criteria: no list goes deeper than three. */
const DEPTH = 8;
