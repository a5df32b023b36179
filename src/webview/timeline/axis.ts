import { type CartesianScaleOptions, type ChartArea, Scale } from 'chart.js';
import type { Ns } from '../../base/time.ts';

export const axisHeight = 24;
const pixelsPerTick = 96;

export interface TimeTick {
  ns: Ns;
  label: string;
}

/** Ticks at 1, 2 or 5 × 10ⁿ ns, all labelled in one unit with as many decimals as tell them apart. */
export function timeTicks(startNs: Ns, endNs: Ns, most: number): TimeTick[] {
  const stepNs = niceStep((endNs - startNs) / Math.max(1, most));
  const unit = unitFor(Math.max(Math.abs(endNs), stepNs), stepNs);
  const decimals = Math.max(0, -Math.floor(Math.log10(stepNs / unit.ns) + 1e-9));
  const ticks: TimeTick[] = [];
  for (let n = Math.ceil(startNs / stepNs); n * stepNs <= endNs; n += 1) {
    const ns = n * stepNs;
    ticks.push({ ns, label: n === 0 ? '0' : `${(ns / unit.ns).toFixed(decimals)} ${unit.name}` });
  }
  return ticks;
}

function niceStep(rough: number): number {
  const power = 10 ** Math.floor(Math.log10(Math.max(rough, 1)));
  const factor = [1, 2, 5, 10].find(candidate => candidate * power >= rough) ?? 10;
  return factor * power;
}

/** The largest unit in which the step needs at most three decimals. */
function unitFor(valueNs: Ns, stepNs: Ns): { ns: Ns; name: string } {
  const units = [
    { ns: 1e9, name: 's' },
    { ns: 1e6, name: 'ms' },
    { ns: 1e3, name: 'µs' },
    { ns: 1, name: 'ns' },
  ];
  return units.find(unit => valueNs >= unit.ns && stepNs >= unit.ns / 1000) ?? { ns: 1, name: 'ns' };
}

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
