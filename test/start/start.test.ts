// `npm start` as its user meets it: the address it prints, a sample, the panel with drawn tracks, Ctrl+C.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { test } from 'node:test';
import { chromium, type Page } from 'playwright-core';

const root = join(import.meta.dirname, '../..');

async function runSample(page: Page, name: string): Promise<void> {
  await page.locator(`.explorer-folders-view .monaco-list-row[aria-label^="${name}"]`).dblclick({ timeout: 60_000 });
  await page.locator('.monaco-editor .view-line').first().waitFor();
  // A lens says that the extension is there: before that the palette does not know its commands.
  await page.locator('.codelens-decoration:has-text("Run in Parallel")').first().waitFor({ timeout: 60_000 });
  await page.locator('.monaco-editor textarea, .monaco-editor .native-edit-context').first().focus();
  await page.keyboard.press('Control+End');
  await page.keyboard.press('F1');
  await page.locator('.quick-input-widget input').waitFor();
  await page.keyboard.type('Run in Parallel');
  await page.locator('.quick-input-list .monaco-list-row.focused[aria-label*="Run in Parallel"]').waitFor();
  await page.keyboard.press('Enter');
}

/** How many different colours the timeline's canvas shows: an undrawn one has a few greys only. */
const colours = `(() => {
  const canvas = document.querySelector('.timeline canvas');
  if (!canvas || canvas.width === 0) return 0;
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  const seen = new Set();
  for (let i = 0; i < data.length; i += 4) {
    const [r, g, b] = [data[i], data[i + 1], data[i + 2]];
    if (Math.max(r, g, b) - Math.min(r, g, b) > 60) seen.add((r << 16) | (g << 8) | b);
  }
  return seen.size;
})()`;

test('npm start serves a VS Code in which a sample runs and its timeline is drawn; Ctrl+C ends all of it', async () => {
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
  const start = spawn(process.execPath, ['scripts/start.mjs', '--port', '3100', '--no-open'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(start, 'exit');
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-background-networking'] });
  try {
    let address = '';
    for await (const line of createInterface({ input: start.stdout })) {
      address = /^http:\S+/.exec(line)?.[0] ?? '';
      if (address) break;
    }
    assert.ok(address, 'an address was printed');
    const page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    await page.goto(address);
    await runSample(page, '5_locks_and_queues.py');
    const frame = page.frameLocator('iframe.webview.ready').last().frameLocator('iframe');
    await frame.locator('text=Finished in').first().waitFor({ timeout: 60_000 });
    await assert.doesNotReject(async () => {
      const body = frame.locator('body');
      const deadline = Date.now() + 20_000;
      while ((await body.evaluate(colours)) === 0) assert.ok(Date.now() < deadline, 'the tracks are drawn in colours');
    });
    assert.equal(await frame.locator('.tl-failure').first().textContent(), '');
  } finally {
    await browser.close();
    start.kill('SIGINT');
    await ended;
  }
});
