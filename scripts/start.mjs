// `npm start`: a real VS Code in the browser, with the extension and the samples. Ends cleanly, with all that it started, on Ctrl+C.
//   node scripts/start.mjs [--port N] [--no-open]
import { cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { openBrowser } from './lib/browser.mjs';
import { environmentPython } from './lib/environments.mjs';
import { root } from './lib/places.mjs';
import { freePort, SetUpError } from './lib/processes.mjs';
import { serveVSCode } from './lib/vscode.mjs';
import { explain, setUp } from './setup.mjs';

/**
 * Puts the extension where VS Code looks for installed ones. Copied, not linked: VS Code tells whose code calls its API by the real path
 * of the file, and serves a caller that it doesn't know by the rules of old (no binary data in messages to a webview).
 * @param {string} data folder of this VS Code
 */
function installExtension(data) {
  const { publisher, name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const extensions = join(data, 'extensions');
  // VS Code lists what it found at its first start; without the list it looks again.
  rmSync(extensions, { recursive: true, force: true });
  const place = join(extensions, `${publisher}.${name}-${version}`);
  mkdirSync(place, { recursive: true });
  cpSync(join(root, 'package.json'), join(place, 'package.json'));
  for (const folder of ['dist', 'media']) cpSync(join(root, folder), join(place, folder), { recursive: true });
  return extensions;
}

/**
 * The interpreter that the samples need, or null where it can't be made: most of them need none.
 * @returns {Promise<string | null>}
 */
async function pythonOfSamples() {
  try {
    await setUp(['sparkEnvironments']);
  } catch (error) {
    explain(error);
    console.log('The samples run without it, but for the dataframe and Spark ones.');
  }
  return environmentPython('spark') ?? null;
}

function options() {
  try {
    const { values } = parseArgs({ options: { port: { type: 'string' }, 'no-open': { type: 'boolean' } } });
    const port = Number(values.port ?? 3000);
    if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new Error(`--port ${values.port} is not a port.`);
    return { port, open: !values['no-open'] };
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\nUsage: npm start -- [--port N] [--no-open]`);
    process.exit(2);
  }
}

async function start() {
  const { port, open } = options();
  await setUp(['node', 'packages', 'build', 'python', 'vscode']);
  const python = await pythonOfSamples();
  let stopping = false;
  /** @type {import('./lib/vscode.mjs').Served | undefined} */
  let server;
  for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      stopping = true;
      if (!server) process.exit(130);
      server.stop();
    });
  }
  const chosen = await freePort(port);
  // A folder for each port, so that two of these don't share one.
  const data = join(root, '.cache/start', String(chosen));
  server = await serveVSCode({
    data,
    extensions: installExtension(data),
    port: chosen,
    settings: { 'editor.minimap.enabled': false },
    machineSettings: python === null ? {} : { 'runInParallel.pythonPath': python },
    // The folder is our own samples.
    flags: ['--disable-workspace-trust'],
  });
  const address = `${server.origin}/?folder=${encodeURI(join(root, 'samples'))}`;
  console.log(
    `\nVS Code with Run in Parallel:\n${address}\n\nOpen a sample, press F1 and choose "Run in Parallel". Ctrl+C stops.`,
  );
  if (open) openBrowser(address);

  const code = await server.ended;
  await server.stop();
  if (!stopping) throw new SetUpError(`VS Code's server ended by itself (exit code ${code}).`, 'Run npm start again.');
  console.log('Stopped.');
}

try {
  await start();
} catch (error) {
  explain(error);
  process.exitCode = 3;
}
