// Where the scripts keep what they fetch.
import { accessSync, constants, mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

/** Node for the tests and for VS Code's server, from npm; also brings the C headers that native modules are built against. */
export const nodeVersion = '24.21.0';
/** The npm package that carries VS Code's server, and what builds its native modules. */
export const codeServerVersion = '4.139.1';
export const nodeGypVersion = '13.1.0';

/**
 * A folder that outlives the clone, so that a fresh clone starts fast: $RUN_IN_PARALLEL_CACHE, else the user's cache folder,
 * else `.cache` in the clone. Everything in it is named by version and can be deleted at any time.
 */
export function cacheFolder() {
  const wanted = [
    process.env.RUN_IN_PARALLEL_CACHE,
    join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'run-in-parallel'),
    join(root, '.cache'),
  ];
  for (const folder of wanted) {
    if (!folder) continue;
    try {
      mkdirSync(folder, { recursive: true });
      accessSync(folder, constants.W_OK);
      return folder;
    } catch {
      // Not writable: the next one.
    }
  }
  throw new Error(`No writable folder for the cache; tried ${wanted.filter(Boolean).join(', ')}.`);
}
