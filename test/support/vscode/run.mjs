// The suite "vscode": the tests of test/vscode inside a real extension host, by @vscode/test-electron, on launcher.mjs or (--desktop)
// on a VS Code of the desktop ($VSCODE, or one that @vscode/test-electron downloads).
//
// Every file test/vscode/*.window.ts exports `run(): Promise<void>` and gets a fresh VS Code, with a fresh copy of samples/ as its
// folder. Names that end in .untrusted.window.ts open it in Restricted Mode.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { runTests } from '@vscode/test-electron';
import { build } from 'esbuild';
import { root } from '../../../scripts/lib/places.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const desktop = process.argv.includes('--desktop');
const source = join(root, 'test/vscode');
// Of this run alone: somebody may run the suite twice.
mkdirSync(join(root, 'test/.out'), { recursive: true });
const out = mkdtempSync(join(root, 'test/.out/vscode-'));
process.on('exit', () => rmSync(out, { recursive: true, force: true }));

/** `NAME…` on the command line: only the windows whose file names start so. */
const only = process.argv.slice(2).filter(argument => !argument.startsWith('--'));
const windows = existsSync(source)
  ? readdirSync(source)
      .filter(name => name.endsWith('.window.ts'))
      .filter(name => only.length === 0 || only.some(begin => name.startsWith(begin)))
  : [];
if (windows.length === 0) {
  console.error('No test/vscode/*.window.ts to run.');
  process.exit(1);
}
await build({
  absWorkingDir: root,
  entryPoints: windows.map(name => join(source, name)),
  outdir: out,
  bundle: true,
  platform: 'node',
  target: 'node22',
  format: 'cjs',
  sourcemap: 'inline',
  external: ['vscode'],
  logLevel: 'warning',
});

/** Passes on what a window says, and remembers its failed tests, each with its error. */
function listener() {
  let said = '';
  const stream = new Writable({
    write(chunk, _encoding, done) {
      said += chunk;
      process.stdout.write(chunk, done);
    },
  });
  return { stream, failures: () => said.match(/^✖ .*(?:\n(?![✔✖﹣ℹ]).*)*/gm) ?? [] };
}

/** As node:test's spec reporter ends: the place of each failed test, and its error. @type {string[]} */
const failed = [];
for (const name of windows) {
  console.log(`▶ ${name}`);
  // Short: VS Code puts sockets there, whose paths are limited to about 100 characters.
  const data = mkdtempSync(join(tmpdir(), 'rip-'));
  const { stream, failures } = listener();
  try {
    const folder = join(data, 'samples');
    cpSync(join(root, 'samples'), folder, { recursive: true });
    const launchArgs = [
      folder,
      `--user-data-dir=${join(data, 'user')}`,
      `--extensions-dir=${join(data, 'extensions')}`,
    ];
    if (name.endsWith('.untrusted.window.ts')) {
      if (desktop) {
        console.log(`﹣ ${name} # on the desktop, @vscode/test-electron always turns workspace trust off\nℹ skipped 1`);
        continue;
      }
      launchArgs.push('--trust-required');
    }
    const executable = desktop ? process.env.VSCODE : join(here, 'launcher.mjs');
    await runTests({
      ...(executable ? { vscodeExecutablePath: executable } : {}),
      extensionDevelopmentPath: root,
      extensionTestsPath: join(out, name.replace(/\.ts$/, '.js')),
      launchArgs,
      stdout: stream,
    });
  } catch (error) {
    console.log(error instanceof Error ? error.message : error);
    const told = failures();
    if (told.length === 0) {
      told.push(`✖ ${name} ended without a result`);
      console.log(`${told[0]}\nℹ fail 1`);
    }
    failed.push(...told.map(text => `test at test/vscode/${name}\n${text}\n`));
  } finally {
    rmSync(data, { recursive: true, force: true, maxRetries: 5 });
  }
}
if (failed.length > 0) console.log(`\n✖ failing tests:\n\n${failed.join('\n')}`);
process.exitCode = failed.length > 0 ? 1 : 0;
