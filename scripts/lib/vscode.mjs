// A real VS Code without a download from Microsoft: Code - OSS's server build, as npm carries it in the package code-server.
// Installed and served here; `npm start` opens it in the user's browser, the tests in Chromium. Linux only.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { nodeHome, pinnedNode } from './node.mjs';
import { cacheFolder, codeServerVersion, nodeGypVersion } from './places.mjs';
import { aptInstall, freePort, npm, onPath, run, SetUpError, stopTree, waitUntil } from './processes.mjs';

// Loaded at start by the server and by its extension hosts; they come as source. (sqlite3 also does, and takes minutes to build,
// but only the agent host loads it, which nothing here starts.)
const nativeModules = ['spdlog', 'native-watchdog'];

function place() {
  return join(cacheFolder(), `vscode-${codeServerVersion}-${process.platform}-${process.arch}`);
}

/** @param {string} folder */
const vscodeIn = folder => join(folder, 'node_modules/code-server/lib/vscode');

/** Installs and builds VS Code's server unless it's there, and checks that it serves. @param {string} python for node-gyp */
export async function installVSCode(python) {
  if (process.platform !== 'linux') {
    throw new SetUpError(
      'VS Code in the browser is only set up on Linux.',
      'Open this folder in VS Code and press F5, or run the tests in it: npm run test:desktop.',
    );
  }
  // The folder gets its name when everything in it works, so a set-up that was interrupted starts again.
  if (existsSync(place())) return false;
  if (!onPath('g++') || !onPath('make'))
    await aptInstall(['g++', 'make'], "A C++ compiler or make (for VS Code's native modules)");

  const partial = `${place()}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  writeFileSync(join(partial, 'package.json'), '{"private":true}\n');
  const nodeFolder = dirname(pinnedNode());
  const packages = [`code-server@${codeServerVersion}`, `node-gyp@${nodeGypVersion}`];
  await npm(['install', ...packages, '--ignore-scripts', '--save-exact'], { cwd: partial, nodeFolder });
  for (const cwd of [vscodeIn(partial), join(vscodeIn(partial), 'extensions')]) {
    await npm(['install', '--omit=dev', '--ignore-scripts'], { cwd, nodeFolder });
  }
  const gyp = join(partial, 'node_modules/node-gyp/bin/node-gyp.js');
  for (const name of nativeModules) {
    await run(pinnedNode(), [gyp, 'rebuild', `--nodedir=${nodeHome()}`, `--python=${python}`], {
      cwd: join(vscodeIn(partial), 'node_modules/@vscode', name),
      remedy: 'Check that g++, make and Python 3 work.',
    });
  }
  const data = join(partial, 'first-start');
  const server = await serveVSCode({ folder: vscodeIn(partial), data });
  await server.stop();
  rmSync(data, { recursive: true, force: true });
  renameSync(partial, place());
  return true;
}

/**
 * @typedef {object} Served
 * @property {number} port
 * @property {string} origin `http://127.0.0.1:PORT`
 * @property {number} pid
 * @property {Promise<number | null>} ended resolves when the server has ended, for whatever reason
 * @property {() => Promise<void>} stop ends the server and every process below it
 */

/**
 * Serves VS Code on 127.0.0.1 and returns once it answers.
 * @param {object} options
 * @param {string} options.data folder for its settings, extensions and logs
 * @param {string} [options.user] user-data folder, if it isn't `data`/user
 * @param {string} [options.extensions] extensions folder, if it isn't `data`/extensions
 * @param {number} [options.port] 0: any free one
 * @param {object} [options.settings] the user's settings, at the first start
 * @param {object} [options.machineSettings] settings of this machine: those that name its files are read from nowhere else
 * @param {string[]} [options.flags] further flags of server-main.js
 * @param {NodeJS.ProcessEnv} [options.env]
 * @param {string} [options.folder] of the build
 * @returns {Promise<Served>}
 */
export async function serveVSCode({
  data,
  user = join(data, 'user'),
  extensions = join(data, 'extensions'),
  port = 0,
  settings = {},
  machineSettings = {},
  flags = [],
  env = process.env,
  folder = vscodeIn(place()),
}) {
  mkdirSync(join(user, 'User'), { recursive: true });
  mkdirSync(extensions, { recursive: true });
  const settingsFile = join(user, 'User/settings.json');
  // What the user has changed in an earlier session stays.
  if (!existsSync(settingsFile))
    writeFileSync(settingsFile, JSON.stringify({ ...quietSettings, ...settings }, null, 2));
  if (Object.keys(machineSettings).length > 0) {
    mkdirSync(join(user, 'Machine'), { recursive: true });
    writeFileSync(join(user, 'Machine/settings.json'), JSON.stringify(machineSettings, null, 2));
  }
  const chosen = port || (await freePort(0));
  const args = [
    ...[
      join(folder, 'out/server-main.js'),
      '--host',
      '127.0.0.1',
      '--port',
      String(chosen),
      '--without-connection-token',
    ],
    ...['--accept-server-license-terms', '--telemetry-level', 'off', '--server-data-dir', join(data, 'server')],
    ...['--user-data-dir', user, '--extensions-dir', extensions, ...flags],
  ];
  const child = spawn(pinnedNode(), args, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', text => {
      log = (log + text).slice(-20_000);
    });
  }
  /** @type {Promise<number | null>} */
  const ended = new Promise(resolve => {
    child.once('error', error => {
      log += error.message;
      resolve(null);
    });
    child.once('close', resolve);
  });
  let over = false;
  ended.then(() => {
    over = true;
  });
  // If we go down without `stop`, it may not stay behind.
  process.once('exit', () => {
    try {
      if (child.pid && !over) process.kill(-child.pid, 'SIGKILL');
    } catch {
      // Gone already.
    }
  });
  const origin = `http://127.0.0.1:${chosen}`;
  const stop = async () => {
    if (child.pid) await stopTree(child.pid);
  };
  const answers = () =>
    fetch(origin).then(
      response => response.ok,
      () => over,
    );
  if (!(await waitUntil(answers, 60_000, 200)) || over || !child.pid) {
    await stop();
    throw new SetUpError(
      `VS Code's server doesn't answer on ${origin}:\n${log.trim()}\n`,
      `Delete ${place()} and run this again.`,
    );
  }
  return { port: chosen, origin, pid: child.pid, ended, stop };
}

/** No welcome pages, no questions, no network: nothing between the reader and the code. */
const quietSettings = {
  'workbench.startupEditor': 'none',
  'workbench.welcomePage.walkthroughs.openOnInstall': false,
  'workbench.tips.enabled': false,
  'workbench.secondarySideBar.defaultVisibility': 'hidden',
  'workbench.enableExperiments': false,
  'telemetry.telemetryLevel': 'off',
  'update.mode': 'none',
  'update.showReleaseNotes': false,
  'extensions.autoCheckUpdates': false,
  'extensions.autoUpdate': false,
  'extensions.ignoreRecommendations': true,
  'chat.disableAIFeatures': true,
  'git.openRepositoryInParentFolders': 'never',
  'security.workspace.trust.startupPrompt': 'never',
  'security.workspace.trust.banner': 'never',
};
