/** Trusted lists: read, verified, kept as a snapshot, and asked for trust (TS 119 612; TS 119 615, 4). */
export { type BuildOptions, type BuiltSnapshot, buildSnapshot, listsOf } from './build.ts';
export {
  type AcceptedList,
  type CollectedLists,
  type CollectOptions,
  collectLists,
  type ListFile,
  pivotAddresses,
} from './collect.ts';
export { type Pointer, type Provider, parseTrustedList, type ReadList, type Service, type ServiceState, type TrustedList } from './list.ts';
export { checkListSignature, type ListSignature, type ListSignatureOptions, type ListSignatureProblem } from './list-signature.ts';
export { openSnapshot, type Snapshot, type StoredList, type StoredService, type StoredState, sharedOctets } from './snapshot.ts';
export { writeSnapshot } from './snapshot-write.ts';
export {
  allSources,
  anchorsSource,
  type ListInUse,
  type ListsInUse,
  type RefusedList,
  type TrustAnswer,
  type TrustedService,
  type TrustedState,
  type TrustSource,
} from './trust-source.ts';
