import type { ChartArea } from 'chart.js';
import { formatDuration, type Ns } from '../../base/time.ts';
import { taskStatuses, threadStates } from '../../trace/model.ts';
import { axisHeight, type TimeScale } from './axis.ts';
import { drawCounter, drawProcessMarks } from './counterPainter.ts';
import { cutToFit, type LabelPlace, LabelWriter } from './labels.ts';
import { type LayoutRow, type ProcessRow, type ThreadRow, visibleRows } from './layout.ts';
import { type Columns, PixelBuffer } from './pixels.ts';
import { processFacts } from './processWords.ts';
import type { Scene } from './scene.ts';
import { entryName, firstEndingAfter, type RowView } from './windowTile.ts';

const unknownCode = threadStates.indexOf('unknown');
const failedStatus = taskStatuses.indexOf('failed');
/** Narrower tasks can't carry a name. CSS pixels. */
const narrowestLabelled = 22;

/** Paints a frame: the pixel buffer first, then the few things that are lines and text. */
export class ScenePainter {
  private readonly buffer = new PixelBuffer();
  private readonly labels = new LabelWriter();

  paint(ctx: CanvasRenderingContext2D, area: ChartArea, scale: TimeScale, scene: Scene): void {
    const width = area.right - area.left;
    const height = area.bottom - axisHeight;
    if (width <= 0 || height <= 0) return;
    const rows = visibleRows(scene.layout, scene.scrollTop, scene.scrollTop + height);
    this.paintPixels(ctx, scene, rows, width, height);
    ctx.save();
    ctx.beginPath();
    ctx.rect(0, axisHeight, width, height);
    ctx.clip();
    drawGrid(ctx, scale, scene, height);
    const places: LabelPlace[] = [];
    for (const row of rows) {
      const top = axisHeight + row.top - scene.scrollTop;
      if (row.kind === 'process') drawProcess(ctx, scale, scene, row, top, width);
      else if (row.kind === 'counter') drawCounter(ctx, scale, scene, row, width);
      else collectLabels(places, scale, scene, row, top, width);
    }
    const { font, label, error } = scene.theme;
    this.labels.write(ctx, places, { font, colour: label, marked: label || error });
    for (const row of scene.layout.rows) {
      if (row.kind === 'process') drawProcessMarks(ctx, scale, scene, row, axisHeight + row.top - scene.scrollTop);
    }
    drawHighlight(ctx, scale, scene, height);
    drawMarks(ctx, scale, scene, height);
    ctx.restore();
    if (scene.cursorNs !== null) drawCursorTime(ctx, scale, scene, scene.cursorNs, width);
  }

  private paintPixels(
    ctx: CanvasRenderingContext2D,
    scene: Scene,
    rows: LayoutRow[],
    width: number,
    height: number,
  ): void {
    const { pixelRatio, theme, viewport } = scene;
    const buffer = this.buffer;
    const device = (css: number) => Math.round(css * pixelRatio);
    buffer.begin(device(width), device(height), theme.packed.background);
    const columns: Columns = {
      startNs: viewport.startNs,
      nsPerColumn: viewport.widthNs / buffer.image.width,
      count: buffer.image.width,
    };
    const scale = Math.max(1, Math.round(pixelRatio));
    for (const row of rows) {
      const top = row.top - scene.scrollTop;
      if (row.kind === 'process') {
        buffer.fillLines(device(top), device(top + row.height) - device(top), theme.packed.band);
        continue;
      }
      buffer.fillLines(device(top + row.height) - 1, 1, theme.packed.band);
      if (row.kind === 'counter') continue;
      for (const band of row.bands) {
        const bandTop = device(top + band.top);
        const place = { top: bandTop, height: device(top + band.top + band.height) - bandTop, scale, theme };
        const life = band.kind === 'state' ? lifeOf(scene, row.thread) : null;
        buffer.paintBand(scene.cache.row(row.thread, band.kind, band.depth), columns, place, life);
      }
    }
    ctx.putImageData(buffer.image, 0, device(axisHeight));
  }
}

function lifeOf(scene: Scene, thread: number): { startNs: Ns; endNs: Ns; code: number } | null {
  const summary = scene.overview.threads[thread];
  if (!summary) return null;
  return { startNs: summary.startNs, endNs: summary.endNs ?? scene.viewport.limitNs, code: unknownCode };
}

function drawGrid(ctx: CanvasRenderingContext2D, scale: TimeScale, scene: Scene, height: number): void {
  ctx.fillStyle = scene.theme.grid;
  for (const tick of scale.ticksNow) {
    ctx.fillRect(Math.round(scale.getPixelForValue(tick.ns)), axisHeight, 1, height);
  }
}

/** The header of a process: a line for its life, and what is known of it. */
function drawProcess(
  ctx: CanvasRenderingContext2D,
  scale: TimeScale,
  scene: Scene,
  row: ProcessRow,
  top: number,
  width: number,
): void {
  const process = scene.overview.processes[row.process];
  if (!process) return;
  const { theme } = scene;
  const from = Math.max(0, scale.getPixelForValue(process.startNs));
  const to = Math.min(width, scale.getPixelForValue(process.endNs ?? scene.viewport.limitNs));
  ctx.fillStyle = theme.border;
  ctx.fillRect(0, top + row.height - 1, width, 1);
  if (to > from) {
    ctx.fillStyle = theme.life;
    ctx.fillRect(from, top + row.height - 2, Math.max(1, to - from), 2);
  }
  ctx.fillStyle = theme.muted;
  ctx.font = `11px ${theme.font}`;
  ctx.textBaseline = 'middle';
  const facts = processFacts(process, row.threadCount);
  ctx.fillText(
    cutToFit(facts, text => ctx.measureText(text).width <= width - 16),
    8,
    top + row.height / 2,
  );
}

function collectLabels(
  places: LabelPlace[],
  scale: TimeScale,
  scene: Scene,
  row: ThreadRow,
  top: number,
  width: number,
): void {
  for (const band of row.bands) {
    if (band.kind !== 'task') continue;
    const data = scene.cache.row(row.thread, 'task', band.depth);
    if (data) collectBandLabels(places, scale, data, top + band.top + band.height / 2, width);
  }
}

function collectBandLabels(places: LabelPlace[], scale: TimeScale, data: RowView, y: number, width: number): void {
  for (let i = firstEndingAfter(data, scale.min); i < data.to; i += 1) {
    const left = scale.getPixelForValue((data.start[i] ?? 0) + data.baseNs);
    if (left >= width) break;
    const right = Math.min(width, scale.getPixelForValue((data.end[i] ?? 0) + data.baseNs));
    if (right - Math.max(0, left) < narrowestLabelled || (data.hidden[i] ?? 0) > 0) continue;
    const failed = data.code[i] === failedStatus;
    places.push({ text: failed ? `✕ ${entryName(data, i)}` : entryName(data, i), left, right, y, marked: failed });
  }
}

/** What an insight points at: brackets around its time in its threads. */
function drawHighlight(ctx: CanvasRenderingContext2D, scale: TimeScale, scene: Scene, height: number): void {
  const { highlight, theme } = scene;
  if (!highlight) return;
  const left = scale.getPixelForValue(highlight.startNs);
  const right = scale.getPixelForValue(highlight.endNs);
  ctx.strokeStyle = theme.focus;
  ctx.lineWidth = 1;
  for (const row of visibleRows(scene.layout, scene.scrollTop, scene.scrollTop + height)) {
    if (row.kind !== 'thread' || !highlight.threads.includes(row.thread)) continue;
    const top = axisHeight + row.top - scene.scrollTop;
    ctx.strokeRect(Math.round(left) + 0.5, top + 1.5, Math.max(2, Math.round(right - left) - 1), row.height - 4);
  }
}

/** The pointer's and the keyboard's marks. */
function drawMarks(ctx: CanvasRenderingContext2D, scale: TimeScale, scene: Scene, height: number): void {
  const { hover, focus, theme, cursorNs } = scene;
  if (cursorNs !== null) {
    ctx.fillStyle = theme.muted;
    ctx.fillRect(Math.round(scale.getPixelForValue(cursorNs)), axisHeight, 1, height);
  }
  const outline = (
    row: { top: number; height: number },
    band: { top: number; height: number } | null,
    entry: { startNs: Ns; endNs: Ns } | null,
    width: number,
  ) => {
    const left = entry ? scale.getPixelForValue(entry.startNs) : -2;
    const right = entry ? scale.getPixelForValue(entry.endNs) : scale.right + 2;
    const top = axisHeight + row.top - scene.scrollTop + (band ? band.top : 0);
    const bandHeight = band ? band.height : row.height;
    ctx.lineWidth = width;
    const inset = width / 2;
    ctx.strokeRect(
      Math.floor(left) - inset,
      top - inset,
      Math.max(2, Math.ceil(right - left)) + width,
      bandHeight + width,
    );
  };
  if (hover?.entry && hover.band) {
    ctx.strokeStyle = theme.foreground;
    outline(hover.row, hover.band, hover.entry, 1);
  }
  if (focus) {
    ctx.strokeStyle = theme.focus;
    outline(focus.row, focus.band, focus.entry, focus.entry ? 2 : 1);
  }
}

/** The pointer's time, on the axis. */
function drawCursorTime(ctx: CanvasRenderingContext2D, scale: TimeScale, scene: Scene, ns: Ns, width: number): void {
  const { theme } = scene;
  const text = formatDuration(ns);
  ctx.font = `11px ${theme.font}`;
  ctx.textBaseline = 'middle';
  const textWidth = ctx.measureText(text).width + 8;
  const left = Math.min(Math.max(0, scale.getPixelForValue(ns) - textWidth / 2), width - textWidth);
  ctx.fillStyle = theme.foreground;
  ctx.fillRect(left, 2, textWidth, axisHeight - 6);
  ctx.fillStyle = theme.background;
  ctx.fillText(text, left + 4, axisHeight / 2 - 1);
}
