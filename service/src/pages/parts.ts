/** What pages work with. */
import type { Configuration } from '../config/configuration.ts';
import type { Core } from '../domain/core.ts';
import type { Realm } from '../domain/model.ts';
import type { EmbedTokens } from '../http/embed-token.ts';
import type { ReportPage, Validation } from '../workers/protocol.ts';

export interface PageParts {
  readonly core: Core;
  readonly configuration: Configuration;
  readonly embed: EmbedTokens;
  readonly validate: (realm: Realm | null, file: Uint8Array, detached: Uint8Array | null, page?: ReportPage) => Promise<Validation>;
}
