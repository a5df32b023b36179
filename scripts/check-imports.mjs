// The architecture as one allow-list: which room may import which. What is not listed here fails (`npm test` runs this).
// `types` lists rooms of which only types may be imported (`import type`), as data flows.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const src = join(root, 'src');

/** @type {Record<string, {rooms: string[], types?: string[], packages?: string[], node?: boolean}>} */
const rooms = {
  base: { rooms: [] },
  trace: { rooms: ['base'], types: ['protocol'] },
  snippet: { rooms: ['base'], packages: ['web-tree-sitter'] },
  checks: { rooms: ['base', 'snippet'] },
  insights: { rooms: ['base', 'trace'], types: ['snippet'] },
  run: { rooms: ['base'], types: ['snippet', 'protocol'] },
  protocol: { rooms: ['base'], types: ['trace', 'snippet', 'run', 'insights'] },
  pool: { rooms: ['base', 'run', 'protocol'], types: ['trace', 'snippet'], packages: ['piscina'], node: true },
  worker: { rooms: ['base', 'run', 'protocol', 'trace', 'insights'], types: ['snippet'], node: true },
  open: { rooms: ['base', 'trace', 'insights'], node: true },
  cli: {
    rooms: ['base', 'snippet', 'run', 'pool', 'open', 'protocol', 'trace', 'insights', 'checks', 'server'],
    packages: ['vscode-languageserver-textdocument'],
    node: true,
  },
  extension: {
    rooms: ['base', 'snippet', 'run', 'pool', 'open', 'protocol', 'trace', 'insights'],
    packages: ['vscode', 'vscode-languageclient'],
    node: true,
  },
  server: {
    rooms: ['base', 'snippet', 'protocol', 'checks'],
    packages: ['vscode-languageserver', 'vscode-languageserver-textdocument', 'web-tree-sitter'],
    node: true,
  },
  webview: { rooms: ['base', 'protocol', 'trace'], types: ['insights', 'run', 'snippet'], packages: ['chart.js'] },
};

const importPattern =
  /^\s*(?:import|export)\s+(type\s)?[^'"]*?from\s+'([^']+)'|^\s*import\s+'([^']+)'|import\('([^']+)'\)/gm;

/** @param {string} folder @returns {string[]} */
function sources(folder) {
  return readdirSync(folder, { withFileTypes: true }).flatMap(entry => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'python' ? [] : sources(path);
    return /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

const problems = [];
for (const file of sources(src)) {
  const room = relative(src, file).split(sep)[0];
  const rule = rooms[room];
  const say = text => problems.push(`${relative(root, file)}: ${text}`);
  if (!rule) {
    say(`the room "${room}" is not in the allow-list of scripts/check-imports.mjs`);
    continue;
  }
  for (const match of readFileSync(file, 'utf8').matchAll(importPattern)) {
    const typeOnly = Boolean(match[1]);
    const target = match[2] ?? match[3] ?? match[4];
    if (target.startsWith('.')) {
      const to = relative(src, resolve(dirname(file), target)).split(sep)[0];
      if (to === room || rule.rooms.includes(to)) continue;
      if (typeOnly && rule.types?.includes(to)) continue;
      say(`${room} may not import ${typeOnly ? 'types of ' : ''}${to} ('${target}')`);
    } else if (target.startsWith('node:')) {
      if (!rule.node) say(`${room} is free of Node, but imports '${target}'`);
    } else if (!rule.packages?.some(name => target === name || target.startsWith(`${name}/`))) {
      say(`${room} may not import the package '${target}'`);
    }
  }
}

if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exit(1);
}
console.log('imports: every room keeps to its allow-list');
