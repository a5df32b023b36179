// Bundles the product into dist/: one file per runtime, so that the rooms of src/ reach each other only where DESIGN allows it.
//
//   dist/extension.js   VS Code's extension host          dist/poolThread.js  our task, in a piscina thread
//   dist/cli.js         the same engine without an editor dist/worker.js      piscina's own thread entry (it loads it from beside its bundle)
//   dist/guard.js       kills what is left when the host dies
//   dist/webview.js     the panel, in the browser         dist/panel.css      its styles
import { cpSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, context } from 'esbuild';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const watch = process.argv.includes('--watch');
const production = process.argv.includes('--production');

const common = {
  absWorkingDir: root,
  bundle: true,
  outdir: 'dist',
  sourcemap: production ? false : 'linked',
  minify: production,
  logLevel: 'warning',
};
const node = {
  ...common,
  platform: 'node',
  target: 'node20',
  format: 'cjs',
  // @napi-rs/nice is an optional native addon that piscina only needs to lower a thread's priority.
  external: ['vscode', '@napi-rs/nice'],
};

const bundles = [
  { ...node, entryPoints: { extension: 'src/extension/extension.ts' } },
  { ...node, entryPoints: { poolThread: 'src/worker/poolThread.ts', guard: 'src/worker/guard.ts' } },
  { ...node, entryPoints: { worker: 'node_modules/piscina/dist/worker.js' }, sourcemap: false },
  { ...node, entryPoints: { cli: 'src/cli/cli.ts' }, banner: { js: '#!/usr/bin/env node' } },
  {
    ...common,
    platform: 'browser',
    target: 'chrome120',
    format: 'iife',
    entryPoints: { webview: 'src/webview/webview.ts', panel: 'media/panel.css' },
    tsconfig: 'src/webview/tsconfig.json',
  },
];

/** Copies the Python that runs in the user's interpreter: it ships as it is, without caches. */
function copyPython() {
  rmSync(join(root, 'dist/python'), { recursive: true, force: true });
  cpSync(join(root, 'src/python'), join(root, 'dist/python'), {
    recursive: true,
    filter: source => !source.includes('__pycache__') && !source.endsWith('.pyc'),
  });
}

copyPython();
if (watch) {
  for (const bundle of bundles) await (await context(bundle)).watch();
} else {
  await Promise.all(bundles.map(bundle => build(bundle)));
}
