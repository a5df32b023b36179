/** Where a cell of a notebook's run is. `notRun`: a cell that it needs did not succeed. */
export type CellState = 'waiting' | 'started' | 'succeeded' | 'failed' | 'cancelled' | 'notRun';

export interface CellPlan {
  /** Cells that may start now, all at once. */
  start: number[];
  /** Cells that never start, each with the cell that failed or was cancelled first on the way to them. */
  notRun: { cell: number; because: number }[];
}

/**
 * What comes next when a notebook runs in the order of its dependencies: a cell starts when all cells that it waits for have
 * succeeded, and never when one of them has not.
 *
 *   waitsFor   0: –   1: –   2: 0   3: 0, 1   4: 2
 *   0 and 1 side by side; when 0 has failed, 2, 3 and 4 are not run because of 0
 *
 * @param waitsFor for each cell, which earlier ones it waits for; a number that is not an earlier cell's counts for nothing
 * @param states of the same cells
 */
export function planCells(waitsFor: readonly (readonly number[])[], states: readonly CellState[]): CellPlan {
  const plan: CellPlan = { start: [], notRun: [] };
  const culprits = new Map<number, number>();
  for (const [cell, state] of states.entries()) {
    if (state === 'failed' || state === 'cancelled') culprits.set(cell, cell);
    // Of a cell that was left out earlier, the culprit is found again: its own prerequisites have not changed.
    if (state !== 'waiting' && state !== 'notRun') continue;
    const earlier = (waitsFor[cell] ?? []).filter(other => other < cell && states[other] !== undefined);
    const because = earlier.map(other => culprits.get(other)).find(culprit => culprit !== undefined);
    if (because !== undefined) culprits.set(cell, because);
    if (state === 'notRun') continue;
    if (because !== undefined) plan.notRun.push({ cell, because });
    else if (earlier.every(other => states[other] === 'succeeded')) plan.start.push(cell);
  }
  return plan;
}

/** Why a cell still waits: those of its prerequisites that have not succeeded yet. */
export function awaitedCells(waitsFor: readonly number[], states: readonly CellState[]): number[] {
  return waitsFor.filter(cell => states[cell] === 'waiting' || states[cell] === 'started');
}
