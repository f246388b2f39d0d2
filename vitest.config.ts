import { defineConfig } from 'vitest/config';

const root = new URL('.', import.meta.url);

export default defineConfig({
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // Most tests of commands and services wait for processes of their own, which start in a third of the time with compiled sources kept.
    env: { NODE_COMPILE_CACHE: new URL('.cache/compile', root).pathname },
    maxWorkers: 2,
    projects: [
      { extends: true, test: { name: 'engine', include: ['test/**/*.test.ts'], exclude: ['test/**/*.long.test.ts'] } },
      {
        extends: true,
        // The service under test works on the engine's sources: in this process, its threads and its children.
        resolve: {
          alias: [
            { find: /^adeskit$/, replacement: new URL('src/index.ts', root).pathname },
            { find: /^adeskit\/([\w-]+)$/, replacement: `${new URL('src', root).pathname}/$1/index.ts` },
          ],
        },
        test: {
          name: 'service',
          include: ['service/test/**/*.test.ts'],
          pool: 'forks',
          execArgv: ['--import', new URL('service/test/support/engine-source.ts', root).pathname],
        },
      },
    ],
  },
});
