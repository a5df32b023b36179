import { taskStatuses } from './model.ts';

/**
 * Finds the entry of a row that is worth drawing when many share a pixel, without looking at each.
 *
 *   entries   ▏▏▎▏█▏▎▏│▏▎▏▏▏▏▏▏│▏▏▏!▏▏▏▏│…        ! failed
 *   blocks        4         9        19           the best of each 64
 *   blocks of blocks        19                    and of each 64 of those
 *
 * Best: failed or lost before all others, then the longest, then the first.
 */
const fanOut = 64;
const failed = taskStatuses.indexOf('failed');
const lost = taskStatuses.indexOf('lost');

/** Entries of a row: place p is entry items[p] of the columns, or p itself. NaN as an end: still open, counts as endless. */
export interface IndexedEntries {
  length: number;
  start: Float64Array;
  end: Float64Array;
  items: Uint32Array | null;
  /** Task statuses, of which failed and lost ones must stay visible however short they are; null: none is urgent. */
  statuses: Uint8Array | null;
}

export class BlockIndex {
  private readonly entries: IndexedEntries;
  /** levels[0][b] = best place among entries 64b … 64b + 63; levels[n] the same over levels[n - 1]. Only full blocks. */
  private readonly levels: Uint32Array[] = [];

  constructor(entries: IndexedEntries, previous: BlockIndex | null = null, unchanged = 0) {
    this.entries = entries;
    let below = entries.length;
    let settled = unchanged;
    for (let level = 0; below >= fanOut; level++) {
      below = Math.floor(below / fanOut);
      const blocks = new Uint32Array(below);
      const old = previous?.levels[level];
      settled = Math.min(Math.floor(settled / fanOut), old?.length ?? 0, below);
      if (old) blocks.set(old.subarray(0, settled));
      for (let block = settled; block < below; block++) {
        blocks[block] = this.bestBelow(level, block * fanOut, (block + 1) * fanOut);
      }
      this.levels.push(blocks);
    }
  }

  /** Place of the best entry among from … to - 1 (to > from). */
  best(from: number, to: number): number {
    return this.bestAt(0, from, to, from);
  }

  /** Level 0 are the entries themselves, level n the blocks levels[n - 1]. */
  private bestAt(level: number, from: number, to: number, soFar: number): number {
    const firstBlock = Math.ceil(from / fanOut);
    const lastBlock = Math.floor(to / fanOut);
    let best = soFar;
    if (lastBlock - firstBlock < 1 || !this.levels[level]) {
      for (let i = from; i < to; i++) best = this.better(best, this.placeOf(level, i));
      return best;
    }
    for (let i = from; i < firstBlock * fanOut; i++) best = this.better(best, this.placeOf(level, i));
    best = this.bestAt(level + 1, firstBlock, lastBlock, best);
    for (let i = lastBlock * fanOut; i < to; i++) best = this.better(best, this.placeOf(level, i));
    return best;
  }

  private bestBelow(level: number, from: number, to: number): number {
    let best = this.placeOf(level, from);
    for (let i = from + 1; i < to; i++) best = this.better(best, this.placeOf(level, i));
    return best;
  }

  private placeOf(level: number, i: number): number {
    return level === 0 ? i : (this.levels[level - 1]?.[i] ?? 0);
  }

  private better(a: number, b: number): number {
    if (a === b) return a;
    const { items, start, end, statuses } = this.entries;
    const itemA = items ? (items[a] ?? 0) : a;
    const itemB = items ? (items[b] ?? 0) : b;
    if (statuses) {
      const urgentA = isUrgent(statuses[itemA]);
      if (urgentA !== isUrgent(statuses[itemB])) return urgentA ? a : b;
    }
    const difference = length(start, end, itemA) - length(start, end, itemB);
    if (difference > 0) return a;
    return difference < 0 ? b : Math.min(a, b);
  }
}

function length(start: Float64Array, end: Float64Array, item: number): number {
  const ns = (end[item] ?? 0) - (start[item] ?? 0);
  return ns >= 0 ? ns : Number.MAX_VALUE;
}

function isUrgent(status: number | undefined): boolean {
  return status === failed || status === lost;
}
