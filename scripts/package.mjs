// `npm run package`: the production build, packaged as a .vsix. What goes in is named in .vscodeignore.
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './lib/places.mjs';
import { run, SetUpError } from './lib/processes.mjs';
import { explain, nodeBinary, setUp } from './setup.mjs';

const maxBytes = 3 * 1024 * 1024;
const file = join(root, 'run-in-parallel.vsix');

async function pack() {
  await setUp(['node', 'packages']);
  await run(nodeBinary(), [join(root, 'scripts/build.mjs'), '--production'], {
    cwd: root,
    remedy: 'Correct the source that the message names.',
  });
  // --no-dependencies: everything is bundled.
  const vsce = [join(root, 'node_modules/@vscode/vsce/vsce'), 'package', '--no-dependencies', '--out', file];
  await run(nodeBinary(), vsce, { cwd: root, remedy: 'Correct package.json or .vscodeignore.' });
  const list = await run(nodeBinary(), [vsce[0] ?? '', 'ls', '--no-dependencies'], { cwd: root });
  console.log(list.trim());
  const bytes = statSync(file).size;
  console.log(`\n${file}: ${(bytes / 1024).toFixed(0)} KiB`);
  if (bytes > maxBytes) throw new SetUpError('The package is larger than 3 MiB.', 'See in the list above what grew.');
}

try {
  await pack();
} catch (error) {
  explain(error);
  process.exitCode = 1;
}
