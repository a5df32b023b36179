import type { RunHandle } from '../pool/runPool.ts';
import { awaitedCells, type CellState, planCells } from '../run/cellSchedule.ts';
import type { RunStatus } from '../run/request.ts';
import type { RunRecord } from './runRecord.ts';
import { WaitingRun } from './waitingRun.ts';

/** A run that may have to wait for others of its notebook. */
export interface OrderedRun {
  /** As sentences call it: `cell 3`. */
  name: string;
  record: RunRecord;
  /** Hands it to the pool. */
  start(): RunHandle;
}

/**
 * Starts each run when those that it waits for have succeeded; one that waits for a run that failed or was cancelled is not started, and
 * says so. All of them can be followed, and stopped, from now on.
 *
 * @param waitsFor for each run, the places of earlier ones
 */
export function runInOrder(runs: readonly OrderedRun[], waitsFor: readonly (readonly number[])[]): void {
  const states: CellState[] = runs.map(() => 'waiting');
  const waiting = runs.map(({ record }) => new WaitingRun(record.runId));
  const nameOf = (cell: number) => runs[cell]?.name ?? '';

  const goOn = () => {
    const plan = planCells(waitsFor, states);
    for (const { cell, because } of plan.notRun) {
      states[cell] = 'notRun';
      const end = states[because] === 'cancelled' ? 'was cancelled' : 'failed';
      waiting[cell]?.leaveOut(`Not run: ${nameOf(because)} ${end}.`);
    }
    for (const cell of plan.start) {
      const run = runs[cell];
      if (run === undefined) continue;
      states[cell] = 'started';
      run.record.setWaitsFor('');
      waiting[cell]?.start(run.start);
    }
    for (const [cell, { record }] of runs.entries()) {
      if (states[cell] !== 'waiting') continue;
      record.setWaitsFor(`Starts after ${listed(awaitedCells(waitsFor[cell] ?? [], states).map(nameOf))}.`);
    }
  };

  for (const [cell, run] of waiting.entries()) void runs[cell]?.record.follow(run);
  goOn();
  for (const [cell, { record }] of runs.entries()) {
    void record.done.then(() => {
      record.setWaitsFor('');
      if (states[cell] !== 'notRun') states[cell] = endState(record.outcome?.status ?? 'cancelled');
      goOn();
    });
  }
}

function endState(status: RunStatus): CellState {
  if (status === 'ok') return 'succeeded';
  return status === 'cancelled' ? 'cancelled' : 'failed';
}

/** `cell 1, cell 2 and cell 4` */
function listed(names: string[]): string {
  const last = names.at(-1) ?? '';
  return names.length < 2 ? last : `${names.slice(0, -1).join(', ')} and ${last}`;
}
