import { type CartesianScaleOptions, type ChartArea, Scale } from 'chart.js';
import type { Ns } from '../../base/time.ts';
import { type TimeTick, timeTicks } from './ticks.ts';

export const axisHeight = 24;
const pixelsPerTick = 96;

export interface AxisColours {
  background: string;
  text: string;
  line: string;
  font: string;
}

interface TimeScaleOptions extends CartesianScaleOptions {
  startNs: Ns;
  endNs: Ns;
  colours: AxisColours;
}

/**
 * chart.js' time axis, in Ns, on top of the chart. It draws itself from `min` and `max` alone, so that a frame that only moves the
 * window needs no layout: `move` and then the chart's `draw`.
 */
export class TimeScale extends Scale<TimeScaleOptions> {
  static readonly id = 'runTime';
  static readonly defaults = { position: 'top' };

  /** The colours are read when it draws: they change with the theme. */
  colours: AxisColours = { background: '#ffffff', text: '#666666', line: '#dddddd', font: 'sans-serif' };
  ticksNow: TimeTick[] = [];

  move(startNs: Ns, endNs: Ns): void {
    this.min = startNs;
    this.max = endNs;
    this.ticksNow = timeTicks(startNs, endNs, this.width / pixelsPerTick);
  }

  override determineDataLimits(): void {
    if (!(this.max > this.min)) this.move(0, 1e6);
  }

  override buildTicks() {
    return [];
  }

  override fit(): void {
    this.width = this.maxWidth;
    this.height = axisHeight;
  }

  override getPixelForValue(ns: number): number {
    return this.left + ((ns - this.min) / (this.max - this.min)) * this.width;
  }

  override getValueForPixel(pixel: number): number {
    return this.min + ((pixel - this.left) / this.width) * (this.max - this.min);
  }

  override draw(area: ChartArea): void {
    const { ctx } = this;
    const { background, text, line, font } = this.colours;
    ctx.fillStyle = background;
    ctx.fillRect(this.left, 0, this.width, axisHeight);
    ctx.fillStyle = line;
    ctx.fillRect(this.left, axisHeight - 1, this.width, 1);
    ctx.font = `11px ${font}`;
    ctx.textBaseline = 'middle';
    for (const tick of this.ticksNow) {
      const x = Math.round(this.getPixelForValue(tick.ns));
      ctx.fillStyle = line;
      ctx.fillRect(x, axisHeight - 6, 1, 5);
      ctx.fillStyle = text;
      const width = ctx.measureText(tick.label).width;
      const left = Math.min(Math.max(area.left + 2, x - width / 2), area.right - width - 2);
      ctx.fillText(tick.label, left, axisHeight / 2 - 2);
    }
  }
}
