// How sources for Node are bundled, in the product and in tests of it.
import { copyFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, join } from 'node:path';
import { root } from './places.mjs';

const { resolve } = createRequire(import.meta.url);

/** @satisfies {import('esbuild').BuildOptions} */
export const nodeBundle = {
  absWorkingDir: root,
  bundle: true,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  logLevel: 'warning',
  // @napi-rs/nice is an optional native addon that piscina only needs to lower a thread's priority.
  external: ['vscode', '@napi-rs/nice'],
  // Its other build asks for import.meta.url, which a CommonJS bundle does not have.
  alias: { 'web-tree-sitter': resolve('web-tree-sitter') },
};

/** Copies the WebAssembly that the language server and the command line load from beside their bundle. @param {string} outdir */
export function copyGrammar(outdir) {
  mkdirSync(outdir, { recursive: true });
  for (const file of ['web-tree-sitter/web-tree-sitter.wasm', 'tree-sitter-python/tree-sitter-python.wasm']) {
    copyFileSync(resolve(file), join(outdir, basename(file)));
  }
}
