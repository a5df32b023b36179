import { paintCodeCount, type Theme } from '../theme.ts';
import { hatchPeriod } from './hatches.ts';

const sameAsAbove = 1;
const sameAsPeriodAbove = 2;

/**
 * The colours of a band, ready to be looked up, for one height and scale:
 *
 *   line 0   code 0: period colours │ code 1: period colours │ …
 *   line 1   …
 *
 * Most lines repeat an earlier one (solid codes all of them, hatches each period): those can be copied instead of being looked up.
 */
export class HatchTable {
  private readonly colours: Uint32Array;
  private readonly lineLength: number;
  private readonly period: number;
  /** Per line and code: which of the two earlier lines looks the same. */
  private readonly repeats: Uint8Array;

  constructor(theme: Theme, height: number, scale: number) {
    this.period = hatchPeriod * scale;
    this.lineLength = paintCodeCount * this.period;
    this.colours = new Uint32Array(height * this.lineLength);
    this.repeats = new Uint8Array(height * paintCodeCount);
    for (let y = 0, at = 0; y < height; y += 1) {
      for (let code = 0; code < paintCodeCount; code += 1) {
        for (let x = 0; x < this.period; x += 1, at += 1) this.colours[at] = texel(theme, code, x, y, height, scale);
        const above = this.same(code, y, y - 1) ? sameAsAbove : 0;
        const periodAbove = this.same(code, y, y - this.period) ? sameAsPeriodAbove : 0;
        this.repeats[y * paintCodeCount + code] = above | periodAbove;
      }
    }
  }

  /** Colours of a line by code and hatch phase; 0 = leaves what is there. */
  line(y: number): Uint32Array {
    return this.colours.subarray(y * this.lineLength, (y + 1) * this.lineLength);
  }

  /** An earlier line that looks the same for all codes that are used (1 per code); -1 = none. */
  twin(y: number, used: Uint8Array): number {
    let both = sameAsAbove | sameAsPeriodAbove;
    for (let code = 0; code < paintCodeCount && both !== 0; code += 1) {
      if (used[code] === 1) both &= this.repeats[y * paintCodeCount + code] ?? 0;
    }
    if (both & sameAsAbove) return y - 1;
    return both & sameAsPeriodAbove ? y - this.period : -1;
  }

  private same(code: number, y: number, other: number): boolean {
    if (other < 0) return false;
    for (let x = 0; x < this.period; x += 1) {
      const place = code * this.period + x;
      if (this.colours[y * this.lineLength + place] !== this.colours[other * this.lineLength + place]) return false;
    }
    return true;
  }
}

/** Colour of one texel of a code; 0 = none. x, y and height in texels, `scale` texels per CSS pixel. */
export function texel(theme: Theme, code: number, x: number, y: number, height: number, scale: number): number {
  const ink = theme.inks[code];
  if (!ink) return 0;
  const shade = ink.hatch?.(Math.floor(x / scale), Math.floor(y / scale), Math.round(height / scale)) ?? 0;
  return shade === -1 ? 0 : shade === 1 ? ink.ink : ink.base;
}
