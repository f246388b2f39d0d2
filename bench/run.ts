/** `npm run bench`: hot paths beside the limit (raw `crypto.sign`) and the peers, all in one process, one core. */
import { parseArgs } from 'node:util';
import { bulk } from './bulk.ts';
import { cms } from './cms.ts';
import { dss } from './dss.ts';
import { keys } from './keys.ts';
import { pki } from './pki.ts';
import { signing } from './signing.ts';
import { starting } from './starting.ts';
import { trust } from './trust.ts';
import { validating } from './validating.ts';
import { xades } from './xades.ts';
import { xml } from './xml.ts';

const { values } = parseArgs({
  options: { quick: { type: 'boolean', default: false }, only: { type: 'string' }, help: { type: 'boolean', short: 'h', default: false } },
});

const parts = { signing, cms, validating, pki, xml, xades, dss, trust, keys, bulk, starting };
const names = Object.keys(parts).join('|');

if (values.help) {
  console.log(`npm run bench -- [--quick] [--only ${names}]\n\nPrints rates and ratios; --quick takes short turns.`);
} else if (values.only !== undefined && !Object.hasOwn(parts, values.only)) {
  console.error(`bench: --only is '${values.only}', but can be ${names}`);
  process.exitCode = 2;
} else {
  const effort = values.quick ? { rounds: 3, turn: 300, warmUp: 300 } : { rounds: 7, turn: 1500, warmUp: 2000 };
  console.log(
    `Node ${process.version}, OpenSSL ${process.versions.openssl}, ${process.arch}; median of ${effort.rounds} rounds, candidates in turn\n`,
  );
  for (const [name, part] of Object.entries(parts)) {
    if (values.only === undefined || values.only === name) for await (const section of part(effort)) console.log(section);
  }
  console.log('bench: done');
}
