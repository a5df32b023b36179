// The checks that need no test: types, style, import directions, file lengths. One line each; exit code 1 if one fails.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { root } from './lib/places.mjs';

const maxLines = 400;

/** Files of src/ that have grown beyond what one reads in one go. */
function tooLong() {
  const files = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile() && /\.(ts|py|css)$/.test(entry.name))
    .map(entry => join(entry.parentPath, entry.name));
  return files
    .map(path => ({ path: relative(root, path), lines: readFileSync(path, 'utf8').split('\n').length - 1 }))
    .filter(({ lines }) => lines > maxLines)
    .map(({ path, lines }) => `${path}: ${lines} lines, more than ${maxLines}`);
}

/** @param {string} script a package's own script, under node_modules @param {string[]} args @returns {string[]} what it complains of */
function tool(script, args) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, script), ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  return status === 0 ? [] : [`${stdout}${stderr}`.trim()];
}

const tsc = 'node_modules/typescript/bin/tsc';
/** @type {[string, () => string[]][]} */
const checks = [
  ['types', () => tool(tsc, ['--noEmit', '-p', 'tsconfig.json'])],
  ['types of the webview', () => tool(tsc, ['--noEmit', '-p', 'src/webview/tsconfig.json'])],
  ["types of the webview's tests", () => tool(tsc, ['--noEmit', '-p', 'test/webview/tsconfig.json'])],
  ['style', () => tool('node_modules/@biomejs/biome/bin/biome', ['check', '--error-on-warnings'])],
  ['import directions', () => tool('scripts/check-imports.mjs', [])],
  ['file lengths', tooLong],
];

let failed = 0;
for (const [name, check] of checks) {
  const complaints = check();
  if (complaints.length > 0) failed++;
  console.log(complaints.length > 0 ? `✖ ${name}\n${complaints.join('\n')}` : `✔ ${name}`);
}
console.log(`ℹ pass ${checks.length - failed}\nℹ fail ${failed}`);
process.exitCode = failed > 0 ? 1 : 0;
