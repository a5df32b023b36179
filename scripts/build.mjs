// Bundles the product into dist/: one file per runtime, so that the rooms of src/ reach each other only where DESIGN allows it.
//
//   dist/extension.js   VS Code's extension host          dist/poolThread.js  our task, in a piscina thread
//   dist/cli.js         the same engine without an editor dist/worker.js      piscina's own thread entry (it loads it from beside its bundle)
//   dist/guard.js       kills what is left when the host dies   dist/openThread.js  opens saved traces, in a thread
//   dist/server.js      the language server's process     dist/*.wasm         its parser and Python's grammar
//   dist/languageClient.js  its client, which the extension loads when there is Python to check
//   dist/webview.js     the panel, in the browser         dist/panel.css      its styles
import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { build, context } from 'esbuild';
import { copyGrammar, nodeBundle } from './lib/bundles.mjs';
import { root } from './lib/places.mjs';

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
const node = { ...nodeBundle, ...common };

const bundles = [
  {
    ...node,
    entryPoints: { extension: 'src/extension/extension.ts', languageClient: 'src/extension/languageClient.ts' },
    external: [...nodeBundle.external, './languageClient.js'],
    // By require: VS Code gives its API only to what is loaded that way.
    supported: { 'dynamic-import': false },
  },
  { ...node, entryPoints: { poolThread: 'src/worker/poolThread.ts', guard: 'src/worker/guard.ts' } },
  { ...node, entryPoints: { openThread: 'src/open/openThread.ts' } },
  { ...node, entryPoints: { server: 'src/server/server.ts' } },
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

/** What an environment for a workspace gets; the samples' own file, so that one list is tested and shipped. */
function copyRequirements() {
  cpSync(join(root, 'samples/requirements.txt'), join(root, 'dist/requirements.txt'));
}

copyPython();
copyRequirements();
copyGrammar(join(root, 'dist'));
if (watch) {
  for (const bundle of bundles) await (await context(bundle)).watch();
} else {
  await Promise.all(bundles.map(bundle => build(bundle)));
}
