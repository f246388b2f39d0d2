/** The interfaces beside the first one: a further one is a folder, and a line here. */
import type { Dialect, Interface } from './dialect.ts';
import { IGNISIGN } from './ignisign/dialect.ts';
import { QI_SIGN } from './qi-sign/dialect.ts';
import { QSIGN } from './qsign/dialect.ts';
import { QSIGNHUB } from './qsignhub/events.ts';

export const DIALECTS: readonly Dialect[] = [QSIGN, QI_SIGN, IGNISIGN];

/** All that customers can choose from, the first one first. */
export const INTERFACES: readonly Interface[] = [
  {
    name: QSIGNHUB,
    label: 'QSignHub',
    prefix: '/v1',
    document: '/openapi.json',
    keys: [
      { label: 'QSignHub test', mode: 'test', prefix: 'qsh_test_', scope: null },
      { label: 'QSignHub live', mode: 'live', prefix: 'qsh_live_', scope: null },
    ],
  },
  ...DIALECTS.map(({ name, label, prefix, keys }) => ({ name, label, prefix, document: `${prefix}/openapi.json`, keys })),
];
