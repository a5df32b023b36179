import type { Ns } from '../../base/time.ts';

/**
 * Which core of an executor ran which task. The log doesn't tell: a task gets the lowest core that is free.
 *
 *   core 1  ▐task 0▌▐──task 2──▌
 *   core 2  ▐──task 1──▌▐task 3▌
 *
 * A core is given to its next task before the driver has handled the result of the one before, so a task may begin while all cores
 * still seem taken. Then it waits here (`null`) for the first of them to end, and gets that one's core.
 */
export class CoreLanes {
  /** 0: not known, and there are as many as there are tasks at once. */
  private readonly cores: number;
  private readonly taken: (number | null)[] = [];
  private waiting: number[] = [];

  constructor(cores: number) {
    this.cores = cores;
  }

  /** The core of a task that begins, counted from 0; null: it waits for the next `end`. */
  begin(task: number): number | null {
    const free = this.taken.indexOf(null);
    if (free >= 0) return this.take(free, task);
    if (this.cores <= 0 || this.taken.length < this.cores) return this.take(this.taken.length, task);
    this.waiting.push(task);
    return null;
  }

  /** A task ended: which waiting one gets its core now; null when none waits. */
  end(task: number): { task: number; core: number } | null {
    const core = this.taken.indexOf(task);
    if (core < 0) {
      this.waiting = this.waiting.filter(other => other !== task);
      return null;
    }
    this.taken[core] = null;
    const next = this.waiting.shift();
    return next === undefined ? null : { task: next, core: this.take(core, next) };
  }

  /** A core for a task that ended while it waited: that of the task that has run longest. */
  eldest(): number {
    const tasks = this.taken.map(task => task ?? Number.POSITIVE_INFINITY);
    return Math.max(0, tasks.indexOf(Math.min(...tasks)));
  }

  private take(core: number, task: number): number {
    this.taken[core] = task;
    return core;
  }
}

/** Rows for what runs side by side, such as jobs: each gets the first row that is free. Ids are whatever the caller counts by. */
export class Rows {
  private readonly rows: { id: number | null; endNs: Ns }[] = [];

  begin(id: number, startNs: Ns): number {
    let row = this.rows.findIndex(each => each.id === null && each.endNs <= startNs);
    if (row < 0) row = this.rows.push({ id: null, endNs: 0 }) - 1;
    this.rows[row] = { id, endNs: startNs };
    return row;
  }

  end(id: number, endNs: Ns): void {
    const row = this.rows.find(each => each.id === id);
    if (row) {
      row.id = null;
      row.endNs = endNs;
    }
  }
}
