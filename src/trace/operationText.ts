import { formatBytes } from '../base/bytes.ts';
import { type GilUse, gilDuring } from './gilUse.ts';
import type { Trace } from './model.ts';
import { type OperationFacts, operationAt, peakDuring } from './operations.ts';

/** What is known of an operation beside its name and time, a line each; none of one that the tracer told no facts of. */
export function operationLines(trace: Trace, thread: number, span: number): string[] {
  const operation = operationAt(trace, thread, span);
  const { facts } = operation;
  if (!facts) return [];
  return [
    ...resultLines(facts),
    ...memoryLines(facts, peakDuring(trace, operation)),
    gilLine(gilDuring(trace, thread, operation), trace.meta.quality.stateSource === 'linux-proc'),
  ];
}

function resultLines({ resultBytes, objectColumns, objectNames }: OperationFacts): string[] {
  const lines = resultBytes === null ? [] : [`Result ${formatBytes(resultBytes)}`];
  if (objectColumns !== null && objectColumns > 0) {
    const names = objectNames === null ? '' : `: ${objectNames}${objectColumns > 3 ? '…' : ''}`;
    lines.push(`${objectColumns} ${objectColumns === 1 ? 'column' : 'columns'} of Python objects${names}`);
  }
  return lines;
}

function memoryLines({ bytesBefore, bytesAfter }: OperationFacts, peak: number | null): string[] {
  if (bytesBefore === null || bytesAfter === null) return [];
  const most = peak !== null && peak > Math.max(bytesBefore, bytesAfter) ? `, at most ${formatBytes(peak)}` : '';
  return [`Memory of the process ${formatBytes(bytesBefore)} before, ${formatBytes(bytesAfter)} after${most}`];
}

/** @param hasStates false: nothing is known of what threads waited for */
function gilLine({ use, others, waitedShare }: GilUse, hasStates: boolean): string {
  const threads = others === 1 ? '1 other thread' : `${others} other threads`;
  switch (use) {
    case 'none':
      return 'No GIL in this Python';
    case 'held':
      return `GIL held: ${threads} waited for it ${Math.round(waitedShare * 100)} % of the time that they wanted to run`;
    case 'released':
      return `GIL released: ${threads} ran Python beside it`;
    case 'unknown':
      if (!hasStates) return 'GIL: cannot tell, what threads waited for is not known here';
      if (others === 0) return 'GIL: cannot tell, no other Python thread wanted to run';
      return `GIL: cannot tell from what ${threads} did meanwhile`;
  }
}
