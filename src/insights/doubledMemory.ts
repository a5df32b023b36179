import { formatBytes } from '../base/bytes.ts';
import type { Trace } from '../trace/model.ts';
import { type OperationFacts, operationsWithFacts, peakDuring } from '../trace/operations.ts';
import type { Insight } from './insight.ts';
import { at, rounded } from './measures.ts';

/** A frame smaller than this is nobody's problem, nor one that is a smaller part of the memory. */
const minBytes = 64e6;
const minOfProcess = 0.25;
/** The result is a copy when it is about as large as what was given, and the process grew by about that. */
const similar = { least: 0.8, most: 1.25 };
const grown = { least: 0.7, most: 1.6 };

interface Copy {
  bytes: number;
  grownBytes: number;
}

/** RIP114: a copy of a frame that is made while its source is still there, so that the memory holds both. */
export function doubledMemory(trace: Trace): Insight | null {
  const found = operationsWithFacts(trace).flatMap(operation => {
    const copy = copyOf(operation.facts);
    return copy ? [{ operation, copy }] : [];
  });
  const largest = found.sort((a, b) => b.copy.grownBytes - a.copy.grownBytes)[0];
  if (!largest) return null;
  const { operation, copy } = largest;
  const { facts } = operation;
  const [before, after] = [facts.bytesBefore ?? 0, facts.bytesAfter ?? 0];
  const name = operation.label.split(/ → | of |: /)[0] ?? facts.operation;
  const peak = peakDuring(trace, operation) ?? after;
  return {
    code: 'RIP114',
    severity: 'hint',
    title: `${name} made a copy of ${formatBytes(copy.bytes)} while its source was still there: the process grew from ${formatBytes(before)} to ${formatBytes(after)}.`,
    advice: advice(facts, at(operation)),
    file: operation.file,
    line: operation.line,
    weight: Math.min(0.5, (0.5 * copy.grownBytes) / Math.max(1, peak)),
    evidence: {
      operation: facts.operation,
      copies: found.length,
      resultBytes: copy.bytes,
      grownBytes: copy.grownBytes,
      bytesBefore: before,
      bytesAfter: after,
      share: rounded(copy.grownBytes / Math.max(1, after)),
    },
    highlight: { threads: [operation.thread], startNs: operation.startNs, endNs: operation.endNs },
  };
}

function copyOf(facts: OperationFacts): Copy | null {
  const { resultBytes, givenBytes, bytesBefore, bytesAfter } = facts;
  if (!facts.copies || resultBytes === null || givenBytes === null || bytesBefore === null || bytesAfter === null) {
    return null;
  }
  const grownBytes = bytesAfter - bytesBefore;
  const isLarge = resultBytes >= minBytes && resultBytes >= minOfProcess * bytesBefore;
  const isAlike = within(resultBytes / Math.max(1, givenBytes), similar);
  return isLarge && isAlike && within(grownBytes / resultBytes, grown) ? { bytes: resultBytes, grownBytes } : null;
}

function within(value: number, { least, most }: { least: number; most: number }): boolean {
  return value >= least && value <= most;
}

function advice({ operation }: OperationFacts, where: string): string {
  switch (operation) {
    case 'copy':
      return `Leave the copy out${where} unless both are changed, or copy only the columns that are.`;
    case 'astype':
      return `Give the types when reading (dtype=…), or convert one column at a time${where}: frame["a"] = frame["a"].astype(…).`;
    case 'concat':
    case 'polars.concat':
      return `Let go of the parts before the next step (del)${where}, or work on them one by one without joining them.`;
    default:
      return `Keep only the columns that are needed before this step${where}, and let go of the source (del, or the same name) after it.`;
  }
}
