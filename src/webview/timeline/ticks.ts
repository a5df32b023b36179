import type { Ns } from '../../base/time.ts';

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
