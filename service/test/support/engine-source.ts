/** Lets `adeskit` mean the engine's sources, so that tests and threads need no build before. For `node --import`. */
import { registerHooks } from 'node:module';

registerHooks({
  resolve: (specifier, context, next) => {
    const [, part] = /^adeskit(\/[\w-]+)?$/.exec(specifier) ?? [];
    if (part === undefined && specifier !== 'adeskit') return next(specifier, context);
    return next(new URL(`../../../src${part ?? ''}/index.ts`, import.meta.url).href, context);
  },
});
