/** `node scripts/policy-schema.ts`: writes the published JSON Schema of policy files; a test compares it with what the engine reads. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { policySchema } from '../src/validation/policy-file.ts';

const folder = new URL('../schemas/', import.meta.url);
mkdirSync(folder, { recursive: true });
writeFileSync(new URL('policy.schema.json', folder), `${JSON.stringify(policySchema(), null, 2)}\n`);
