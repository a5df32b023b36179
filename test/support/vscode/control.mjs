// What a test in the extension host may do to the page (see page.ts for the client): a closed set of actions, asked for over HTTP on
// loopback, behind an address that can't be guessed.
//
// The frames of a webview, from the outside in; only the innermost holds what the extension wrote:
//   VS Code's document
//   └ iframe.webview                  …/pre/index.html?id=…   VS Code's own frame
//     └ iframe#active-frame           …/pre/fake.html?id=…    the extension's HTML
// A webview that was closed, or hidden without retainContextWhenHidden, loses both. While new HTML loads there is a second inner frame at
// the same address, invisible, with the id pending-frame until it takes over (so Playwright's frame.name(), taken at the start, says
// "pending-frame" of every one: don't go by it). Several panels are told apart by what they hold: a selector that is in one only.
import { randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';

const patience = 20_000;

/** Whether a webview's frame is the one on show; it may go away while it is asked. */
async function isShown(frame, selector) {
  try {
    const element = await frame.frameElement();
    if (!(await element.isVisible())) return false;
    return !selector || (await frame.locator(selector).count()) > 0;
  } catch {
    return false;
  }
}

/** The innermost frame of a webview that is on show; with a selector, of the one that has such an element. */
async function webviewFrame(page, selector, timeout) {
  const deadline = Date.now() + timeout;
  for (;;) {
    const frames = page.frames().filter(frame => frame.url().includes('fake.html'));
    for (const frame of frames.reverse()) if (await isShown(frame, selector)) return frame;
    if (Date.now() > deadline) {
      const count = `there are ${frames.length} webview frames`;
      throw new Error(
        `after ${timeout} ms ${count}${selector ? `, none of them on show with ${selector}` : ', none on show'}`,
      );
    }
    await new Promise(resolve => setTimeout(resolve, 50));
  }
}

async function locate(page, { selector, frame = 'main', timeout = patience }) {
  const place = frame === 'webview' ? await webviewFrame(page, selector, timeout) : page;
  const element = place.locator(selector).first();
  await element.waitFor({ state: 'visible', timeout });
  return element;
}

/**
 * Does something to an element. The page lives: what was found may move or go before it is reached, so each attempt is short, and the
 * next one looks again.
 */
async function onElement(page, options, act) {
  const deadline = Date.now() + (options.timeout ?? patience);
  for (;;) {
    const left = deadline - Date.now();
    try {
      return await act(
        await locate(page, { ...options, timeout: Math.max(left, 1) }),
        Math.min(Math.max(left, 1), 2000),
      );
    } catch (error) {
      if (Date.now() >= deadline) throw error;
      await new Promise(resolve => setTimeout(resolve, 50));
    }
  }
}

/** The point of an element in the page's coordinates. */
async function point(element, position) {
  const box = await element.boundingBox();
  if (!box) throw new Error('the element is not visible');
  return { x: box.x + (position?.x ?? box.width / 2), y: box.y + (position?.y ?? box.height / 2) };
}

/** @param {string} screenshots folder for pictures */
function actions(screenshots) {
  return {
    press: (page, { keys }) => page.keyboard.press(keys),
    type: (page, { text }) => page.keyboard.type(text),
    click: (page, options) =>
      onElement(page, options, (element, timeout) => {
        const { position, button, clickCount, modifiers } = options;
        return element.click({ position, button, clickCount, modifiers, timeout });
      }),
    hover: (page, options) =>
      onElement(page, options, (element, timeout) => {
        const { position, modifiers } = options;
        return element.hover({ position, modifiers, timeout });
      }),
    async wheel(page, options) {
      const { x, y } = await point(await locate(page, options), options.position);
      await page.mouse.move(x, y);
      for (const key of options.modifiers ?? []) await page.keyboard.down(key);
      await page.mouse.wheel(options.delta.x ?? 0, options.delta.y ?? 0);
      for (const key of options.modifiers ?? []) await page.keyboard.up(key);
    },
    async drag(page, options) {
      const element = await locate(page, options);
      const from = await point(element, options.from);
      const to = await point(element, options.to);
      await page.mouse.move(from.x, from.y);
      await page.mouse.down();
      await page.mouse.move(to.x, to.y, { steps: 8 });
      await page.mouse.up();
    },
    async waitFor(page, options) {
      await locate(page, options);
    },
    text: async (page, options) => (await locate(page, options)).innerText(),
    async evaluate(page, { expression, frame, timeout = patience }) {
      const place = frame === 'webview' ? await webviewFrame(page, undefined, timeout) : page;
      return place.evaluate(expression);
    },
    async screenshot(page, { name }) {
      if (!/^[\w-]+$/.test(name)) throw new Error(`"${name}" is not a plain file name`);
      mkdirSync(screenshots, { recursive: true });
      const path = join(screenshots, `${name}.png`);
      await page.screenshot({ path });
      return path;
    },
    resize: (page, { width, height }) => page.setViewportSize({ width, height }),
  };
}

/**
 * Listens for a test's wishes.
 * @param {object} options
 * @param {() => import('playwright-core').Page} options.page the page, once it is open
 * @param {string} options.screenshots
 * @param {(gone: number[], timeout: number) => void} options.closeWindow
 * @returns {Promise<{address: string, close: () => void}>}
 */
export async function listen({ page, screenshots, closeWindow }) {
  const known = actions(screenshots);
  const path = `/${randomBytes(16).toString('hex')}`;
  async function answer(body) {
    const { action, ...parameters } = JSON.parse(body);
    if (action === 'closeWindow') return closeWindow(parameters.gone, parameters.timeout);
    if (!Object.hasOwn(known, action)) throw new Error(`unknown action "${action}"`);
    return known[action](page(), parameters);
  }
  const server = createServer((request, response) => {
    if (request.method !== 'POST' || request.url !== path) {
      response.writeHead(404).end();
      return;
    }
    const chunks = [];
    request.on('data', chunk => chunks.push(chunk));
    request.on('end', () => {
      answer(Buffer.concat(chunks).toString('utf8')).then(
        value => response.writeHead(200).end(JSON.stringify({ value: value ?? null })),
        error =>
          response.writeHead(500).end(stripVTControlCharacters(error instanceof Error ? error.message : String(error))),
      );
    });
  });
  await new Promise(resolve => server.listen(0, '127.0.0.1', () => resolve(undefined)));
  const { port } = /** @type {import('node:net').AddressInfo} */ (server.address());
  return { address: `http://127.0.0.1:${port}${path}`, close: () => server.close() };
}
