/** The shape of what trusted lists said, as evidence keeps it in a file (TS 119 612, 5.5). */
import type { Criteria, KeyUsageBit, Qualification } from '../trust/list-type.ts';
import type { ListInUse, ListsInUse, RefusedList, TrustedService, TrustedState } from '../trust/trust-source.ts';
import type { TrustedListsEvidence } from './evidence.ts';
import { flag, instant, list, Misshapen, mapOf, members, nullable, number, oneOf, type Shape, text } from './plain-shape.ts';

const texts = list(text);

/** Criteria hold criteria: their shape is known only once it is made. */
const nested: Shape<Criteria> = {
  schema: {},
  write: (value) => criteria.write(value),
  read: (json, path) => {
    if (path.split('.').length > DEEPEST) throw new Misshapen(path, 'is nested too deep');
    return criteria.read(json, path);
  },
};

const criteria: Shape<Criteria> = members<Criteria>({
  assert: oneOf(['all', 'atLeastOne', 'none']),
  keyUsages: list(list(members<KeyUsageBit>({ name: text, value: flag }))),
  policySets: list(texts),
  keyPurposes: list(texts),
  subjectAttributes: list(texts),
  lists: list(nested),
  unknown: flag,
});

const state = members<TrustedState>({
  type: text,
  status: text,
  from: instant,
  until: nullable(instant),
  name: text,
  qualifications: list(members<Qualification>({ qualifiers: texts, criteria })),
  additional: texts,
  expiredSince: nullable(instant),
  takenOverBy: flag,
  unknownCritical: texts,
});

const inUse = members<ListInUse>({
  territory: text,
  sequence: number,
  issued: instant,
  nextUpdate: nullable(instant),
  stale: flag,
  kept: nullable(text),
  version: number,
});

export const trustedLists: Shape<TrustedListsEvidence> = members<TrustedListsEvidence>({
  lists: members<ListsInUse>({
    snapshot: text,
    at: instant,
    staleAccepted: flag,
    selfNamed: flag,
    vouchedUntil: nullable(instant),
    accepted: list(inUse),
    refused: list(members<RefusedList>({ name: text, reason: text, detail: text })),
  }),
  services: mapOf(list(members<TrustedService>({ id: text, territory: text, provider: text, states: list(state) }))),
});

/** Names in the path of a criterion: far above what a list nests. */
const DEEPEST = 60;
