import assert from 'node:assert/strict';
import type { Page } from 'playwright-core';
import type { WebviewToHost } from '../../../src/protocol/hostWebview.ts';

/** Heights of the pool sample's rows; see src/webview/timeline/layout.ts. Middle of each band, from the canvas' top. */
export const bands = { mainState: 61, worker0State: 92, worker0Task: 107, worker2Task: 203 } as const;

export interface Place {
  left: number;
  top: number;
  width: number;
  height: number;
}

export async function canvasBox(page: Page): Promise<Place> {
  const box = await page.locator('.tl-canvas').first().boundingBox();
  assert.ok(box, 'the timeline is not shown');
  return { left: box.x, top: box.y, width: box.width, height: box.height };
}

/** Waits until the timeline is drawn and its totals are known. */
export async function drawn(page: Page): Promise<void> {
  await page.waitForSelector('.legend-item:not(.none)');
  await frames(page, 4);
}

export async function frames(page: Page, count: number): Promise<void> {
  await page.evaluate(async n => {
    for (let i = 0; i < n; i += 1) await new Promise(resolve => requestAnimationFrame(resolve));
  }, count);
}

/** `#rrggbb` of the canvas at a place in CSS pixels. */
export function pixel(page: Page, x: number, y: number): Promise<string> {
  return page.evaluate(
    ([px = 0, py = 0]) => {
      const canvas = document.querySelector<HTMLCanvasElement>('.tl-canvas canvas');
      const data = canvas?.getContext('2d')?.getImageData(px * devicePixelRatio, py * devicePixelRatio, 1, 1).data;
      return `#${[...(data ?? [])]
        .slice(0, 3)
        .map(value => value.toString(16).padStart(2, '0'))
        .join('')}`;
    },
    [x, y],
  );
}

/** What a CSS variable of the palette says. */
export function colour(page: Page, name: string): Promise<string> {
  return page.evaluate(variable => getComputedStyle(document.body).getPropertyValue(`--rip-${variable}`).trim(), name);
}

/** The messages of one kind (or requests of one method) that the panel has sent. */
export async function sent(page: Page, kind: string): Promise<WebviewToHost[]> {
  const all = await page.evaluate(() => window.fake.sent);
  return all.filter(message => message.kind === kind || (message.kind === 'request' && message.method === kind));
}

export async function lastRequest(page: Page, method: string): Promise<Record<string, unknown>> {
  const message = (await sent(page, method)).at(-1);
  assert.ok(message?.kind === 'request', `no ${method} was asked`);
  return { ...message.params };
}

/** The window that the section remembers; null = the whole run. */
export function shownWindow(page: Page): Promise<[number, number] | null> {
  return page.evaluate(async () => {
    for (let i = 0; i < 3; i += 1) await new Promise(resolve => requestAnimationFrame(resolve));
    const state = window.fake.state as { sections: Record<string, { window: [number, number] | null }> } | undefined;
    return state?.sections['run-1']?.window ?? null;
  });
}

/** Waits for what a condition needs; fails with its name after five seconds. */
export async function until(what: string, condition: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 5000;
  while (!(await condition())) {
    if (Date.now() > deadline) assert.fail(`not within 5 s: ${what}`);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}
