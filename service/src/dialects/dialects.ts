/** The interfaces beside the first one: a further one is a folder, and a line here. */
import type { Dialect } from './dialect.ts';
import { IGNISIGN } from './ignisign/dialect.ts';
import { QI_SIGN } from './qi-sign/dialect.ts';
import { QSIGN } from './qsign/dialect.ts';

export const DIALECTS: readonly Dialect[] = [QSIGN, QI_SIGN, IGNISIGN];
