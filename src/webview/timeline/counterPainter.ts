import type { CounterSummary, MarkView } from '../../protocol/query.ts';
import { axisHeight, type TimeScale } from './axis.ts';
import type { CounterPoints } from './counterCache.ts';
import type { CounterRow, ProcessRow } from './layout.ts';
import type { Scene } from './scene.ts';

const padding = 3;

/** A counter as steps under its process, up to its largest value; its limit as a line where it lies near. */
export function drawCounter(
  ctx: CanvasRenderingContext2D,
  scale: TimeScale,
  scene: Scene,
  row: CounterRow,
  width: number,
): void {
  const counter = scene.overview.counters[row.counter];
  const points = counter ? scene.counters.of(counter.index) : null;
  if (!counter || !points || points.time.length === 0) return;
  const top = axisHeight + row.top - scene.scrollTop + padding;
  const bottom = top + row.height - 2 * padding;
  const most = ceilingOf(counter);
  const y = (value: number) => bottom - (Math.min(value, most) / most) * (bottom - top);
  const endNs = scene.overview.processes[row.process]?.endNs ?? scene.viewport.limitNs;
  const right = Math.min(width, scale.getPixelForValue(endNs));
  trace(ctx, scale, points, y, right);
  ctx.strokeStyle = scene.theme.counter;
  ctx.lineWidth = 1.5;
  ctx.stroke();
  ctx.lineTo(right, bottom);
  ctx.lineTo(scale.getPixelForValue(points.time[0] ?? 0), bottom);
  ctx.closePath();
  ctx.globalAlpha = 0.25;
  ctx.fillStyle = scene.theme.counter;
  ctx.fill();
  ctx.globalAlpha = 1;
  if (counter.limit !== null && counter.limit <= most) drawLimit(ctx, scene, y(counter.limit), width);
}

/** The value at the top of a counter's row. */
export function ceilingOf({ max, limit }: CounterSummary): number {
  return Math.max(limit !== null && limit <= max * 1.5 ? limit : 0, max, Number.MIN_VALUE);
}

function trace(
  ctx: CanvasRenderingContext2D,
  scale: TimeScale,
  { time, value }: CounterPoints,
  y: (value: number) => number,
  right: number,
): void {
  ctx.beginPath();
  ctx.moveTo(scale.getPixelForValue(time[0] ?? 0), y(value[0] ?? 0));
  for (let i = 1; i < time.length; i += 1) {
    const x = scale.getPixelForValue(time[i] ?? 0);
    ctx.lineTo(x, y(value[i - 1] ?? 0));
    ctx.lineTo(x, y(value[i] ?? 0));
  }
  ctx.lineTo(right, y(value[time.length - 1] ?? 0));
}

function drawLimit(ctx: CanvasRenderingContext2D, { theme }: Scene, y: number, width: number): void {
  ctx.save();
  ctx.setLineDash([4, 3]);
  ctx.strokeStyle = theme.error;
  ctx.lineWidth = 1;
  ctx.beginPath();
  ctx.moveTo(0, Math.round(y) + 0.5);
  ctx.lineTo(width, Math.round(y) + 0.5);
  ctx.stroke();
  ctx.restore();
}

/** Marks of a process: a flag in its header, a thin line down through its tracks. */
export function drawProcessMarks(
  ctx: CanvasRenderingContext2D,
  scale: TimeScale,
  scene: Scene,
  row: ProcessRow,
  top: number,
): void {
  const bottom = top + row.bodyHeight;
  for (const mark of marksOfProcess(scene.overview.marks, row.process)) {
    const x = Math.round(scale.getPixelForValue(mark.atNs));
    if (x < -6 || x > scale.right + 6) continue;
    ctx.fillStyle =
      mark.level === 'error' ? scene.theme.error : mark.level === 'warning' ? scene.theme.warning : scene.theme.muted;
    ctx.globalAlpha = 0.5;
    ctx.fillRect(x, top + row.height, 1, Math.max(0, bottom - top - row.height));
    ctx.globalAlpha = 1;
    ctx.beginPath();
    ctx.moveTo(x - 5, top + row.height - 9);
    ctx.lineTo(x + 5, top + row.height - 9);
    ctx.lineTo(x, top + row.height - 1);
    ctx.closePath();
    ctx.fill();
  }
}

/** Marks of the whole run stand at its first process. */
export function marksOfProcess(marks: MarkView[], process: number): MarkView[] {
  return marks.filter(mark => mark.process === process || (mark.process === -1 && process === 0));
}
