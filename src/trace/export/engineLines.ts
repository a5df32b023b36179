import type { RunSummary, ThreadSummary } from './summary.ts';

/** What ran on a track of an engine, which has no thread states: how much of its life, and how many tasks or, without any, spans. */
export interface EngineWork {
  busyShare: number;
  /** `12 tasks` */
  what: string;
}

interface Piece {
  startMs: number | null;
  endMs: number | null;
}

/** By thread; only of tracks without states. */
export function engineWork(run: RunSummary): Map<ThreadSummary, EngineWork> {
  const tracks = run.threads.filter(isWithoutStates);
  if (tracks.length === 0) return new Map();
  const tasks = byThread(run.tasks);
  const spans = byThread(run.spans);
  const workOf = (thread: ThreadSummary): EngineWork => {
    const own = tasks.get(key(thread));
    const pieces = own ?? spans.get(key(thread)) ?? [];
    const word = own ? 'task' : 'span';
    const lifeMs = (thread.endMs ?? 0) - (thread.startMs ?? 0);
    const busyShare = lifeMs > 0 ? Math.min(1, coveredMs(pieces, thread.endMs ?? 0) / lifeMs) : 0;
    return { busyShare, what: `${pieces.length} ${word}${pieces.length === 1 ? '' : 's'}` };
  };
  return new Map(tracks.map(thread => [thread, workOf(thread)]));
}

function isWithoutStates(thread: ThreadSummary): boolean {
  const { unknown, ...known } = thread.statesMs;
  return thread.kind === 'engine' && Object.values(known).every(ms => ms === 0);
}

function byThread<P extends Piece & { pid: number | null; tid: number | null }>(
  pieces: readonly P[],
): Map<string, P[]> {
  const found = new Map<string, P[]>();
  for (const piece of pieces) {
    if (piece.startMs === null) continue;
    const own = found.get(key(piece));
    if (own) own.push(piece);
    else found.set(key(piece), [piece]);
  }
  return found;
}

function key({ pid, tid }: { pid: number | null; tid: number | null }): string {
  return `${pid} ${tid}`;
}

/** Ms that at least one of them covers; what is open goes on to `untilMs`. */
function coveredMs(pieces: readonly Piece[], untilMs: number): number {
  const sorted = [...pieces].sort((a, b) => (a.startMs ?? 0) - (b.startMs ?? 0));
  let doneMs = Number.NEGATIVE_INFINITY;
  let sum = 0;
  for (const { startMs, endMs } of sorted) {
    const [from, to] = [Math.max(doneMs, startMs ?? 0), endMs ?? untilMs];
    if (to > from) sum += to - from;
    doneMs = Math.max(doneMs, to);
  }
  return sum;
}
