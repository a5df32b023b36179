import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type Panels, startPanels } from './support/panel.ts';
import { drawn } from './support/timeline.ts';

let panels: Panels;
before(async () => {
  panels = await startPanels();
});
after(async () => panels.close());

/** Median ms of the panel's own work per frame, and of one bare blit of the same canvas, over `count` frames. */
async function measure(options: { height: number; pixelRatio?: number }): Promise<{ frame: number; blit: number }> {
  const page = await panels.open({
    width: 1600,
    height: options.height,
    pixelRatio: options.pixelRatio ?? 1,
    prepare: () => window.fake.add({}, { trace: 'many' }),
  });
  await drawn(page);
  const figures = await page.evaluate(async () => {
    const scroller = document.querySelector<HTMLElement>('.tl-scroller');
    const canvas = document.querySelector<HTMLCanvasElement>('.tl-canvas canvas');
    const ctx = canvas?.getContext('2d');
    if (!scroller || !canvas || !ctx) throw new Error('no timeline');
    // All 64 threads at once, however high the page is.
    scroller.style.maxHeight = 'none';
    const next = () => new Promise(resolve => requestAnimationFrame(resolve));
    for (let i = 0; i < 60; i += 1) await next();
    const median = (values: number[]) => values.sort((a, b) => a - b)[values.length >> 1] ?? 0;
    window.frameTimes.length = 0;
    for (let i = 0; i < 40; i += 1) {
      canvas.dispatchEvent(
        new WheelEvent('wheel', {
          deltaY: i < 20 ? -20 : 20,
          ctrlKey: true,
          clientX: 900,
          bubbles: true,
          cancelable: true,
        }),
      );
      await next();
    }
    // The panel's draws are by far the longest of the callbacks; the loop's own take nothing.
    const frame = median(window.frameTimes.filter(time => time > 0.5));
    const image = new ImageData(canvas.width, canvas.height);
    const blits: number[] = [];
    for (let i = 0; i < 15; i += 1) {
      await next();
      const begun = performance.now();
      new Uint32Array(image.data.buffer).fill(0xff000000 + i);
      ctx.putImageData(image, 0, 0);
      blits.push(performance.now() - begun);
    }
    return { frame, blit: median(blits), threads: document.querySelectorAll('.tl-thread').length };
  });
  await page.context().close();
  assert.equal(figures.threads, 64, 'all threads were on the screen');
  return figures;
}

test('a frame of 64 threads with 2,000 states each', async () => {
  const { frame, blit } = await measure({ height: 3400 });
  console.log(`frame ${frame.toFixed(1)} ms, bare blit ${blit.toFixed(1)} ms`);
  assert.ok(frame > 0, 'frames were drawn');
  // A ratio, not a time: the machine may be slow. Generous, as both are medians of few.
  assert.ok(frame < Math.max(blit, 1) * 30, `${frame} ms against ${blit} ms for the blit alone`);
});
