// Starting and stopping processes, for the scripts. Only Node's own modules.
import { spawn, spawnSync } from 'node:child_process';
import { accessSync, constants, readdirSync, readFileSync, statSync } from 'node:fs';
import { createServer } from 'node:net';
import { delimiter, join } from 'node:path';

/** A step of the set-up that can't be done here: what went wrong, and what the reader can do about it. */
export class SetUpError extends Error {
  /** @param {string} message @param {string} remedy */
  constructor(message, remedy) {
    super(message);
    this.name = 'SetUpError';
    this.remedy = remedy;
  }
}

/**
 * Runs a command to its end, quietly; its output is shown only if it fails.
 * @param {string} command @param {string[]} args
 * @param {{cwd?: string, env?: NodeJS.ProcessEnv, remedy?: string}} [options]
 * @returns {Promise<string>} stdout and stderr
 * @throws {SetUpError} when it can't be started or exits with another code than 0
 */
export function run(command, args, { cwd, env = process.env, remedy = '' } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], windowsHide: true });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', text => {
        output = (output + text).slice(-200_000);
      });
    }
    const shown = [command, ...args].join(' ');
    child.on('error', error => reject(new SetUpError(`Could not start "${shown}": ${error.message}.`, remedy)));
    child.on('close', (code, signal) => {
      if (code === 0) return resolve(output);
      reject(new SetUpError(`"${shown}" failed (${signal ?? `exit code ${code}`}):\n${excerpt(output)}\n`, remedy));
    });
  });
}

/** The ends of a long output: npm names the fault first, compilers name it last. @param {string} output */
function excerpt(output) {
  const lines = output.trim().split('\n');
  if (lines.length <= 30) return lines.join('\n');
  return [...lines.slice(0, 12), '…', ...lines.slice(-18)].join('\n');
}

/**
 * Runs npm with the Node of `nodeFolder` first on PATH: npm picks versions of packages for the Node that runs it.
 * @param {string[]} args @param {{cwd: string, nodeFolder?: string}} options
 */
export function npm(args, { cwd, nodeFolder }) {
  const env = { ...process.env };
  // Set by an outer `npm start` or `npm test` for our own package; not for what we install elsewhere.
  for (const name of Object.keys(env)) if (/^npm_(package|lifecycle|config_local_prefix)/.test(name)) delete env[name];
  if (nodeFolder) env.PATH = `${nodeFolder}${delimiter}${env.PATH}`;
  const quiet = ['--no-audit', '--no-fund', '--no-update-notifier', '--loglevel=error'];
  // By itself npm waits five minutes for a connection that got stuck.
  const call = [...args, ...quiet, '--fetch-timeout=60000', '--fetch-retries=4'];
  const options = {
    cwd,
    env,
    remedy: 'Check the network and the npm registry (npm config get registry), then run this again.',
  };
  const script = process.env.npm_execpath;
  if (script?.endsWith('.js'))
    return run(nodeFolder ? join(nodeFolder, 'node') : process.execPath, [script, ...call], options);
  const found = onPath('npm');
  if (!found) {
    throw new SetUpError(
      'npm was not found.',
      'Install npm (it comes with Node from nodejs.org; on Debian: apt-get install npm).',
    );
  }
  // npm is a .cmd file on Windows, which only a shell can start.
  return process.platform === 'win32'
    ? run('cmd.exe', ['/d', '/c', 'npm', ...call], options)
    : run(found, call, options);
}

/** The full path of a program on PATH, or undefined. @param {string} name */
export function onPath(name) {
  const names = process.platform === 'win32' ? [`${name}.exe`, `${name}.cmd`] : [name];
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    for (const file of names) {
      const path = join(folder, file);
      if (isProgram(path)) return path;
    }
  }
  return undefined;
}

/** @param {string} path */
export function isProgram(path) {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}

/**
 * Installs Debian packages when that's possible: on Debian or Ubuntu, as root.
 * @param {string[]} packages @param {string} what the thing that's missing, for the message
 */
export async function aptInstall(packages, what) {
  const command = `apt-get install -y ${packages.join(' ')}`;
  if (!onPath('apt-get'))
    throw new SetUpError(
      `${what} is missing.`,
      `Install it with your system's package manager (on Debian: ${command}).`,
    );
  if (process.getuid?.() !== 0) {
    throw new SetUpError(
      `${what} is missing, and only root may install it.`,
      `Run: sudo apt-get update && sudo ${command}`,
    );
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  await run('apt-get', ['update'], { env, remedy: 'Check the network and /etc/apt/sources.list.' });
  await run('apt-get', ['install', '-y', '--no-install-recommends', ...packages], { env, remedy: `Try: ${command}` });
}

/** A command's stdout, or undefined if it fails. @param {string} command @param {string[]} args */
export function tryCapture(command, args) {
  const result = spawnSync(command, args, { encoding: 'utf8', timeout: 20_000, stdio: ['ignore', 'pipe', 'ignore'] });
  return result.status === 0 ? result.stdout : undefined;
}

/** A port on 127.0.0.1 that is free now: the first free one from `first` on, or any if `first` is 0. @param {number} first */
export async function freePort(first) {
  for (let port = first; port < 65_536; port++) {
    const found = await new Promise(resolve => {
      const server = createServer();
      server.once('error', () => resolve(0));
      server.listen(port, '127.0.0.1', () => {
        const address = server.address();
        server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
      });
    });
    if (found) return found;
  }
  throw new SetUpError(`No free port from ${first} on.`, 'Choose another one with --port N.');
}

/**
 * All processes below `pid` that live now, and itself (Linux; elsewhere only itself).
 * @param {number} pid @returns {number[]}
 */
export function processTree(pid) {
  if (process.platform !== 'linux') return [pid];
  const children = new Map();
  for (const entry of readdirSync('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    try {
      // "123 (a name) S 1 …": the name may hold anything, so count from its last parenthesis.
      const stat = readFileSync(`/proc/${entry}/stat`, 'utf8');
      const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
      children.set(parent, [...(children.get(parent) ?? []), Number(entry)]);
    } catch {
      // It ended while we looked.
    }
  }
  const tree = [pid];
  for (const member of tree) tree.push(...(children.get(member) ?? []));
  return tree;
}

/** Whether a process lives; one that has ended and was not yet waited for doesn't. @param {number} pid */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
    if (process.platform !== 'linux') return true;
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat[stat.lastIndexOf(')') + 2] !== 'Z';
  } catch {
    return false;
  }
}

/** Waits until `condition` holds; false if it doesn't within `ms`. @param {() => boolean | Promise<boolean>} condition @param {number} ms */
export async function waitUntil(condition, ms, every = 50) {
  const deadline = Date.now() + ms;
  while (!(await condition())) {
    if (Date.now() > deadline) return false;
    await new Promise(resolve => setTimeout(resolve, every));
  }
  return true;
}

/**
 * Ends a process and all below it, and returns when they are gone: asks, and after `patience` ms kills.
 * @param {number} pid the leader of its own process group (`detached: true`)
 */
export async function stopTree(pid, patience = 5000) {
  const tree = new Set(processTree(pid));
  /** @param {NodeJS.Signals} name */
  const signal = name => {
    for (const target of [-pid, ...tree]) {
      try {
        process.kill(target, name);
      } catch {
        // Gone already.
      }
    }
  };
  const gone = () => {
    for (const member of [...tree]) for (const child of processTree(member)) tree.add(child);
    return ![...tree].some(isAlive);
  };
  signal('SIGTERM');
  if (await waitUntil(gone, patience)) return;
  signal('SIGKILL');
  await waitUntil(gone, 5000);
}
