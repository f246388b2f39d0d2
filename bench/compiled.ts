/** Loaded before the benchmarks: the engine that they measure is the one that users get, `dist/` instead of `src/`. */
import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';

const sources = new URL('../src/', import.meta.url).href;
const built = new URL('../dist/', import.meta.url);

if (!existsSync(new URL('index.js', built))) {
  console.error('bench: the engine is not built. Run: npm run build');
  process.exit(2);
}

registerHooks({
  resolve(specifier, context, next) {
    const found = next(specifier, context);
    return found.url.startsWith(sources) ? { ...found, url: compiledOf(found.url), format: 'module' } : found;
  },
});

const compiledOf = (url: string): string => new URL(url.slice(sources.length).replace(/\.ts$/, '.js'), built).href;
