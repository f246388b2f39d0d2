#!/usr/bin/env node
// No static imports: on an old Node this file must still load, and say what is missing in one line.
const refuse = (why) => {
  process.stderr.write(`adeskit: ${why}\n`);
  process.exitCode = 2;
};
if (Number(process.versions.node.split('.')[0]) < 24) {
  refuse(`needs Node.js 24 or newer, this is ${process.versions.node}`);
} else if (!process.getBuiltinModule('node:fs').existsSync(new URL('../dist/cli/main.js', import.meta.url))) {
  refuse('is not built yet: run `npm run build`');
} else {
  import('../dist/cli/main.js');
}
