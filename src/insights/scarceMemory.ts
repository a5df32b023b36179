import { formatBytes } from '../base/bytes.ts';
import type { Trace } from '../trace/model.ts';
import { type OperationFacts, operationsWithFacts, peakDuring } from '../trace/operations.ts';
import type { Insight } from './insight.ts';
import { at, percent, rounded } from './measures.ts';

/** Less than this share of the machine's memory is left. */
const maxLeft = 0.08;
/** The operation itself raised the process by this share of what the process holds. */
const minGrown = 0.2;
/** So much of the process is swapped out that it is no accident. */
const minSwapped = 64e6;

/** RIP115: an operation that takes the machine to the end of its memory, or the process into swap. */
export function scarceMemory(trace: Trace): Insight | null {
  const found = operationsWithFacts(trace).filter(({ facts }) => isScarce(facts));
  const worst = found.sort((a, b) => (a.facts.availableBytes ?? 0) - (b.facts.availableBytes ?? 0))[0];
  if (!worst) return null;
  const { facts } = worst;
  const machine = facts.machineBytes ?? 0;
  const left = facts.availableBytes ?? 0;
  const swapped = facts.swappedBytes ?? 0;
  const after = facts.bytesAfter ?? 0;
  const name = worst.label.split(/ → | of |: /)[0] ?? facts.operation;
  const how = `took the process to ${formatBytes(after)} and left ${formatBytes(left)} of ${formatBytes(machine)}`;
  const swap = swapped >= minSwapped ? `; ${formatBytes(swapped)} of it is swapped out` : '';
  return {
    code: 'RIP115',
    severity: 'problem',
    title: `${name} ${how}${swap}.`,
    advice: `Read fewer columns or rows at a time${at(worst)} (usecols, chunksize), or use what works in parts: Dask, polars with its streaming engine, DuckDB on the file itself.`,
    file: worst.file,
    line: worst.line,
    weight: swapped >= minSwapped ? 0.8 : 0.4,
    evidence: {
      bytesAfter: after,
      peakBytes: peakDuring(trace, worst) ?? after,
      availableBytes: left,
      machineBytes: machine,
      swappedBytes: swapped,
      leftShare: rounded(left / machine),
      leftText: percent(left / machine),
    },
    highlight: { threads: [worst.thread], startNs: worst.startNs, endNs: worst.endNs },
  };
}

function isScarce({ machineBytes, availableBytes, swappedBytes, bytesBefore, bytesAfter }: OperationFacts): boolean {
  if (machineBytes === null || availableBytes === null || bytesBefore === null || bytesAfter === null) return false;
  const grew = bytesAfter - bytesBefore >= minGrown * bytesAfter;
  const isFull = availableBytes < maxLeft * machineBytes && bytesAfter >= 0.25 * machineBytes;
  return grew && (isFull || ((swappedBytes ?? 0) >= minSwapped && availableBytes < 2 * maxLeft * machineBytes));
}
