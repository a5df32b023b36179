import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { type Browser, chromium, type Page } from 'playwright-core';
import { findChromium } from '../../../scripts/lib/browser.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
export const screenshots = join(root, 'test/.out/screenshots/webview');
const address = 'http://panel.test/';

// As the extension writes it; with `https://panel.test` in the place of the webview's own source.
const html = `<!doctype html><html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; script-src 'nonce-test'; style-src ${address}; img-src data:; font-src ${address}">
<link rel="stylesheet" href="${address}panel.css"><script nonce="test" src="${address}page.js"></script></head>
<body><div id="app"></div><script nonce="test" src="${address}webview.js"></script></body></html>`;

export interface Panels {
  /** Opens the panel in a fresh page; `prepare` runs in the page before the panel starts. */
  open(options?: PanelOptions): Promise<Page>;
  close(): Promise<void>;
}

export interface PanelOptions {
  theme?: 'dark' | 'light' | 'hcDark' | 'hcLight';
  width?: number;
  height?: number;
  pixelRatio?: number;
  reducedMotion?: boolean;
  /** What VS Code kept of an earlier page. */
  state?: unknown;
  prepare?: () => void;
}

/** Builds the panel and its page once, and starts the browser. */
export async function startPanels(): Promise<Panels> {
  mkdirSync(screenshots, { recursive: true });
  const [webview, page, style] = await Promise.all([
    bundle('src/webview/webview.ts'),
    bundle('test/webview/page/page.ts'),
    bundle('media/panel.css'),
  ]);
  const files: Record<string, { type: string; body: string }> = {
    '/': { type: 'text/html', body: html },
    '/webview.js': { type: 'text/javascript', body: webview },
    '/page.js': { type: 'text/javascript', body: page },
    '/panel.css': { type: 'text/css', body: style },
  };
  const executablePath = findChromium();
  if (!executablePath) throw new Error('No Chromium found: run npm run setup, or set CHROMIUM.');
  const browser: Browser = await chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
  return {
    async open(options = {}) {
      const context = await browser.newContext({
        viewport: { width: options.width ?? 900, height: options.height ?? 760 },
        deviceScaleFactor: options.pixelRatio ?? 1,
        reducedMotion: options.reducedMotion ? 'reduce' : 'no-preference',
      });
      const tab = await context.newPage();
      tab.on('pageerror', error => {
        throw error;
      });
      await tab.route('**/*', route => {
        const file = files[new URL(route.request().url()).pathname];
        return file ? route.fulfill({ contentType: file.type, body: file.body }) : route.abort();
      });
      const prepare = options.prepare ? `(${options.prepare.toString()})();` : '';
      const theme = options.theme ?? 'dark';
      // The panel's script is at the end of the body: what DOMContentLoaded would be is too late, the theme must be there before it.
      await tab.addInitScript(`
        new MutationObserver((_changes, observer) => {
          if (!document.body || !window.fake) return;
          observer.disconnect();
          window.fake.theme('${theme}');
          window.fake.state = ${JSON.stringify(options.state)};
          ${prepare}
        }).observe(document, { childList: true, subtree: true });`);
      await tab.goto(address);
      return tab;
    },
    close: () => browser.close(),
  };
}

async function bundle(entry: string): Promise<string> {
  const result = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    target: 'chrome120',
    tsconfig: 'src/webview/tsconfig.json',
  });
  return result.outputFiles[0]?.text ?? '';
}
