#!/usr/bin/env node
// Stands in for VS Code's executable in @vscode/test-electron's runTests: takes the same arguments and gives the tests' exit code, but
// serves VS Code's server build (scripts/lib/vscode.mjs) and opens it in headless Chromium. The tests run in a real extension host.
//
//   runTests ─ starts ─▶ this ─ starts ─▶ server ─ starts ─▶ extension host (the tests and the extension)
//                         │ drives                              │ asks for keys, clicks, pictures (RUN_IN_PARALLEL_PAGE)
//                         ▼                                     │
//                        Chromium ◀── control.mjs ◀─────────────┘
//
// Further arguments, for runTests' launchArgs: --trust-required leaves workspace trust on (runTests itself always turns it off), so
// that the folder opens in Restricted Mode. Environment: CHROMIUM, SCREENSHOTS (folder), LAUNCHER_TIMEOUT_S (900).
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium } from 'playwright-core';
import { findChromium } from '../../../scripts/lib/browser.mjs';
import { root } from '../../../scripts/lib/places.mjs';
import { isAlive, waitUntil } from '../../../scripts/lib/processes.mjs';
import { serveVSCode } from '../../../scripts/lib/vscode.mjs';
import { listen } from './control.mjs';

const browserFlags = [
  ...['--no-sandbox', '--disable-quic', '--no-first-run', '--disable-background-networking'],
  ...['--disable-component-update', '--disable-sync'],
];

/** What VS Code's own page says in the same log as the tests. */
const noise = new RegExp(
  [
    /^\[(AccountPolicyGate|AgentHost|Service Worker|reconnection)/,
    /^(Creating a socket|Resolv(ed|ing) connection|Updating additional|Ignoring fetching|Creation of workbench|SettingsEditor2)/,
    /\/code\/browser\/workbench\/workbench\.js:/,
  ]
    .map(({ source }) => source)
    .join('|'),
);

function readArguments() {
  /** @type {Map<string, string>} */
  const flags = new Map();
  const folders = [];
  for (const argument of process.argv.slice(2)) {
    const match = /^--([\w-]+)(?:=(.*))?$/.exec(argument);
    if (match) flags.set(match[1], match[2] ?? '');
    else folders.push(resolve(argument));
  }
  const extension = flags.get('extensionDevelopmentPath');
  const tests = flags.get('extensionTestsPath');
  if (!extension || !tests)
    throw new Error('The launcher needs --extensionDevelopmentPath= and --extensionTestsPath=.');
  return {
    extension: resolve(extension),
    // A desktop VS Code requires a module; the web's needs the file's name.
    tests: resolve(tests.endsWith('.js') ? tests : `${tests}.js`),
    user: flags.get('user-data-dir'),
    extensions: flags.get('extensions-dir'),
    folder: folders[0],
    trustRequired: flags.has('trust-required'),
  };
}

/** The page's address: VS Code honours the payload because of --enable-smoke-test-driver. */
function pageAddress(server, { extension, tests, folder }) {
  const remote = path => `vscode-remote://127.0.0.1:${server.port}${encodeURI(path)}`;
  const payload = [
    ['extensionDevelopmentPath', remote(extension)],
    ['extensionTestsPath', remote(tests)],
    ['skipWelcome', 'true'],
  ];
  const query = new URLSearchParams({ payload: JSON.stringify(payload) });
  if (folder) query.set('folder', folder);
  return `${server.origin}/?${query}`;
}

let finishing = false;

/** What has to be undone at the end, last first. @type {(() => unknown)[]} */
const undo = [];

async function finish(code) {
  if (finishing) return;
  finishing = true;
  // Tidying up must end too, whatever hangs.
  setTimeout(() => process.exit(code || 1), 30_000).unref();
  for (const step of undo.splice(0).reverse()) {
    try {
      await step();
    } catch (error) {
      console.error(error);
    }
  }
  process.exit(code);
}

/** Closes the page as a user closes a window. Questions that VS Code may ask before it leaves are answered with yes, below. */
async function leave(page) {
  const closed = page.waitForEvent('close', { timeout: 10_000 });
  await page.close({ runBeforeUnload: true });
  await closed;
}

/** Whether the processes have ended in time, and says so. */
async function areGone(pids, timeout) {
  await waitUntil(() => !pids.some(isAlive), timeout);
  const left = pids.filter(isAlive);
  if (left.length > 0)
    console.log(`✖ after the window was closed, still alive after ${timeout} ms: ${left.join(', ')}`);
  else console.log(`✔ after the window was closed, ${pids.length} processes were gone`);
  console.log(`ℹ pass ${left.length > 0 ? 0 : 1}\nℹ fail ${left.length > 0 ? 1 : 0}`);
  return left.length === 0;
}

async function launch() {
  const wanted = readArguments();
  const executablePath = findChromium();
  if (!executablePath) throw new Error('No Chromium: run node scripts/setup.mjs chromium.');
  const seconds = Number(process.env.LAUNCHER_TIMEOUT_S ?? 900);
  setTimeout(() => {
    console.error(`The tests did not end within ${seconds} s.`);
    finish(124);
  }, seconds * 1000).unref();

  const data = mkdtempSync(join(tmpdir(), 'run-in-parallel-vscode-'));
  undo.push(() => rmSync(data, { recursive: true, force: true, maxRetries: 5 }));

  /** @type {import('playwright-core').Page | undefined} */
  let page;
  // Set once the tests have given their result, or leave it to what happens after the window was closed.
  let closing = false;
  const control = await listen({
    page: () => {
      if (!page) throw new Error('the page is not open');
      return page;
    },
    screenshots: process.env.SCREENSHOTS ?? join(root, 'test/.out/screenshots'),
    closeWindow(gone, timeout) {
      closing = true;
      // After the answer has left: the tests' extension host goes down with the window.
      setImmediate(() =>
        leave(page).then(
          async () => finish((await areGone(gone, timeout)) ? 0 : 1),
          error => {
            console.error(error);
            finish(1);
          },
        ),
      );
    },
  });
  undo.push(() => control.close());

  const server = await serveVSCode({
    data,
    ...(wanted.user ? { user: wanted.user } : {}),
    ...(wanted.extensions ? { extensions: wanted.extensions } : {}),
    flags: ['--enable-smoke-test-driver', ...(wanted.trustRequired ? [] : ['--disable-workspace-trust'])],
    settings: { 'workbench.colorTheme': 'Dark Modern', 'window.autoDetectColorScheme': false },
    // No extension gallery: nothing here uses the network.
    env: { ...process.env, EXTENSIONS_GALLERY: '{}', RUN_IN_PARALLEL_PAGE: control.address },
  });
  undo.push(() => server.stop());
  server.ended.then(code => {
    if (finishing) return;
    console.error(`VS Code's server ended (exit code ${code}) before the tests did.`);
    finish(1);
  });

  const browser = await chromium.launch({ executablePath, args: browserFlags });
  undo.push(() => browser.close());
  const context = await browser.newContext({ viewport: { width: 1440, height: 900 }, reducedMotion: 'reduce' });
  page = await context.newPage();
  page.on('dialog', dialog => dialog.accept().catch(() => {}));
  page.on('crash', () => {
    console.error('The page crashed.');
    finish(1);
  });
  page.on('close', () => {
    if (!closing) finish(1);
  });
  await page.exposeFunction('codeAutomationLog', (type, args) => {
    // A window that closes complains of all that it had under way.
    if (closing) return;
    const text = args.map(part => (typeof part === 'string' ? part : JSON.stringify(part))).join(' ');
    if (noise.test(text)) return;
    if (type === 'error' || type === 'warn') console.error(text);
    else console.log(text);
  });
  await page.exposeFunction('codeAutomationExit', code => {
    if (closing) return;
    closing = true;
    finish(code);
  });
  await page.goto(pageAddress(server, wanted));
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => finish(130));
launch().catch(error => {
  console.error(error);
  finish(1);
});
