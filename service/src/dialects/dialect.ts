/** What an interface of a vendor is to the service: a name, the way it tells of events, and routes below one address. */
import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { jsonSchemaTransform } from 'fastify-type-provider-zod';
import type { Core, DialectPort } from '../domain/core.ts';
import type { Links } from '../domain/links.ts';
import type { Mode } from '../domain/model.ts';
import type { FileFetcher } from '../http/fetch-file.ts';
import type { Gate } from '../http/gate.ts';
import type { LoginTokens } from '../http/login-token.ts';

/** What customers see of an interface. */
export interface Interface {
  readonly name: string;
  /** As people say it. */
  readonly label: string;
  /** Where its routes begin. */
  readonly prefix: string;
  /** Where it describes itself. */
  readonly document: string;
  readonly keys: readonly KeyKind[];
}

/** A kind of API key: what it begins with, and what is kept with it. */
export interface KeyKind {
  /** What the vendor calls it. */
  readonly label: string;
  readonly mode: Mode;
  readonly prefix: string;
  readonly scope: string | null;
}

export interface Dialect extends Omit<Interface, 'document'> {
  readonly title: string;
  /** Version of its OpenAPI document. */
  readonly openapi: '3.0.3' | '3.1.0';
  readonly security: Readonly<Record<string, object>>;
  events(links: Links): DialectPort;
  routes(app: FastifyInstance, ports: DialectPorts): void;
}

export interface DialectPorts {
  readonly core: Core;
  readonly gate: Gate;
  readonly tokens: LoginTokens;
  readonly files: FileFetcher;
  /** Hosts that webhooks may reach although they are not public. */
  readonly privateHosts: readonly string[];
  /** A small PDF that stands for documents that test mode does not fetch. */
  readonly sampleDocument: () => Uint8Array;
}

/** Registers an interface: its routes, and `openapi.json` beside them. */
export async function registerDialect(app: FastifyInstance, dialect: Dialect, ports: DialectPorts, version: string): Promise<void> {
  await app.register(
    async (routes) => {
      const decorator = `openapi ${dialect.name}`;
      await routes.register(swagger, {
        decorator: decorator as 'swagger',
        openapi: {
          openapi: dialect.openapi,
          info: { title: dialect.title, version },
          components: { securitySchemes: dialect.security as never },
          security: Object.keys(dialect.security).map((name) => ({ [name]: [] })),
        },
        transform: jsonSchemaTransform,
      });
      const document = (routes as unknown as Record<string, () => object>)[decorator];
      routes.get('/openapi.json', { schema: { hide: true } }, async () => document?.() ?? {});
      dialect.routes(routes, ports);
    },
    { prefix: dialect.prefix },
  );
}
