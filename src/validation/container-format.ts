/** Format checking of what stands in an ASiC container (EN 319 102-1, 5.2.2; EN 319 162-1, 4): the container has the shape of its type, and what is covered is what there is. */
import type { ContainerFacts, CoverageFacts } from '../facts/index.ts';
import { type Block, type Check, runBlock } from './check.ts';
import { failed } from './conclusion.ts';
import { levelsFor } from './policy.ts';
import type { BlockResult } from './report.ts';
import type { Token, World } from './world.ts';

/** Null for a token that stands in no container, or not in a file of its own there. */
export function checkContainerFormat(token: Token, { evidence, policy }: World): BlockResult | null {
  if (token.context === 'revocation') return null;
  const { container, signatures, unreadable } = evidence.document;
  const id: string = token.facts.id;
  const coverage = container?.coverage.get(id);
  if (container === undefined || coverage === undefined) return null;
  const broken = new Set(unreadable.filter(({ kind }) => kind === 'manifest').map(({ name }) => name));
  const readable = container.manifests.filter((name) => !broken.has(name)).length;
  const facts: ContainerCase = {
    container,
    coverage,
    readable,
    isTimestamp: token.context === 'timestamp',
    isXml: token.context !== 'timestamp' && token.facts.format === 'XAdES',
    allIntact: token.facts.references.every(({ found, intact }) => found && intact),
  };
  // The container of a time-stamp over signatures is judged with them.
  const isOverSignatures = facts.isTimestamp && signatures.some(({ timestamps }) => timestamps.includes(id));
  return runBlock(isOverSignatures ? OVER_SIGNATURES : CONTAINER, facts, levelsFor(policy, token.context), id);
}

interface ContainerCase {
  readonly container: ContainerFacts;
  readonly coverage: CoverageFacts;
  /** Manifests that could be read. */
  readonly readable: number;
  readonly isTimestamp: boolean;
  /** An XML signature names its files itself: the list of the package is enough beside it. */
  readonly isXml: boolean;
  /** Of a reference that fails it is told elsewhere that the file is not as it was. */
  readonly allIntact: boolean;
}

const uncovered = ({ container, coverage }: ContainerCase): readonly string[] => {
  const files = new Set(coverage.files);
  return container.dataFiles.filter((name) => !files.has(name));
};

const FORMAT_FAILURE = failed('FORMAT_FAILURE');

/** Through the digests of others, which were made earlier, a file is not protected anew. */
const covered: Check<ContainerCase> = {
  id: 'container-timestamp-covers-files',
  clause: 'EN 319 162-1, 4',
  applies: ({ isTimestamp }) => isTimestamp,
  holds: (facts) => notCovered(facts).length === 0,
  otherwise: FORMAT_FAILURE,
  with: (facts) => ({ files: notCovered(facts).length, first: notCovered(facts)[0] ?? '' }),
};

/** Files that it has to be over: those that what its manifest lists is over, or any at all. */
function notCovered({ container: { dataFiles }, coverage: { files, unlisted = [] } }: ContainerCase): readonly string[] {
  return dataFiles.some((name) => files.includes(name)) ? unlisted : dataFiles;
}

const OVER_SIGNATURES: Block<ContainerCase> = { name: 'format-checking', clause: '5.2.2', checks: [covered] };

const CONTAINER: Block<ContainerCase> = {
  name: 'format-checking',
  clause: '5.2.2',
  checks: [
    {
      id: 'container-entries-sound',
      clause: 'APPNOTE 6.3, 4.4.17',
      holds: ({ container }) => container.problems.length === 0,
      otherwise: FORMAT_FAILURE,
      with: ({ container }) => ({ problem: container.problems[0] ?? '' }),
    },
    {
      id: 'container-mimetype',
      clause: 'EN 319 162-1, annex A',
      level: 'warn',
      applies: ({ container }) => container.mimetype !== null,
      holds: ({ container: { mimetype, type } }) => mimetype?.content === MIMETYPES[type],
      otherwise: FORMAT_FAILURE,
      with: ({ container }) => ({ mimetype: container.mimetype?.content ?? '' }),
    },
    {
      id: 'container-manifest-present',
      clause: 'EN 319 162-1, 4.4',
      applies: ({ container }) => container.type === 'ASiC-E',
      holds: ({ readable, isXml, container }) => (isXml && container.hasPackageManifest) || readable > 0,
      otherwise: FORMAT_FAILURE,
    },
    {
      id: 'container-data-present',
      clause: 'EN 319 162-1, 4',
      holds: ({ container: { type, rootFiles, dataFiles } }) => (type === 'ASiC-S' ? rootFiles.length === 1 : dataFiles.length > 0),
      otherwise: FORMAT_FAILURE,
      with: ({ container: { rootFiles, dataFiles, type } }) => ({ files: type === 'ASiC-S' ? rootFiles.length : dataFiles.length }),
    },
    {
      id: 'container-files-covered',
      clause: 'EN 319 162-1, 4',
      applies: ({ isTimestamp, allIntact }) => !isTimestamp && allIntact,
      holds: ({ coverage }) => coverage.files.length > 0,
      otherwise: FORMAT_FAILURE,
    },
    covered,
    {
      id: 'container-file-names',
      clause: 'EN 319 162-1, 4',
      level: 'warn',
      holds: ({ container }) => container.misnamed.length === 0,
      otherwise: FORMAT_FAILURE,
      with: ({ container }) => ({ first: container.misnamed[0] ?? '' }),
    },
    {
      id: 'container-files-all-covered',
      clause: 'EN 319 162-1, 4.4',
      level: 'warn',
      holds: (facts) => uncovered(facts).length === 0,
      otherwise: FORMAT_FAILURE,
      with: (facts) => ({ files: uncovered(facts).length, first: uncovered(facts)[0] ?? '' }),
    },
  ],
};

const MIMETYPES = { 'ASiC-S': 'application/vnd.etsi.asic-s+zip', 'ASiC-E': 'application/vnd.etsi.asic-e+zip' } as const;
