// Node 24 from npm, for a machine whose own Node is older.
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolder, nodeVersion } from './places.mjs';
import { npm, SetUpError, tryCapture } from './processes.mjs';

const platform = process.platform === 'win32' ? 'win' : process.platform;
const packageName = `node-${platform}-${process.arch}`;

function place() {
  return join(cacheFolder(), `${packageName}-${nodeVersion}`);
}

/** Folder of the Node package: `bin/node`, and `include/node` on Unix. */
export function nodeHome() {
  return join(place(), 'node_modules', packageName);
}

function downloaded() {
  return join(nodeHome(), 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}

/** The Node to run our tests with: this one if it can run TypeScript by itself, else the one that `installNode` brought. */
export function nodeBinary() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major > 22 || (major === 22 && minor >= 18)) return process.execPath;
  return downloaded();
}

/** The pinned Node from npm, which VS Code's server needs exactly. */
export function pinnedNode() {
  return downloaded();
}

/** Installs the pinned Node unless it's there. @returns {Promise<boolean>} whether it had to */
export async function installNode() {
  if (existsSync(downloaded())) return false;
  const partial = `${place()}.partial`;
  rmSync(partial, { recursive: true, force: true });
  mkdirSync(partial, { recursive: true });
  writeFileSync(join(partial, 'package.json'), '{"private":true}\n');
  await npm(['install', `${packageName}@${nodeVersion}`, '--ignore-scripts', '--save-exact'], { cwd: partial });
  rmSync(place(), { recursive: true, force: true });
  renameSync(partial, place());
  if (tryCapture(downloaded(), ['--version'])?.trim() !== `v${nodeVersion}`) {
    throw new SetUpError(
      `Node ${nodeVersion} from npm doesn't run on this machine (${downloaded()}).`,
      'Install Node 24 yourself (nodejs.org) and run this again with it.',
    );
  }
  return true;
}

/** Folder to put first on PATH so that `node` and npm are the tests' Node. */
export function nodeFolder() {
  return dirname(nodeBinary());
}
