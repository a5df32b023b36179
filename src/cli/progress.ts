import { formatDuration } from '../base/time.ts';
import type { Changed } from '../protocol/hostWorker.ts';
import { progressWords } from '../trace/progress.ts';

/** One line at the bottom of a terminal that says how far the runs are; nothing when stderr is no terminal. */
export class Progress {
  private readonly write: ((text: string) => void) | null;
  private readonly states = new Map<string, string>();
  private isShown = false;

  constructor(write: ((text: string) => void) | null) {
    this.write = write;
  }

  queued(runId: string, position: number): void {
    this.set(runId, `queued (${position})`);
  }

  running(runId: string, now: Changed): void {
    const time = formatDuration(now.durationNs);
    if (now.progress !== null) {
      this.set(runId, `${time}, ${progressWords(now.progress)}`);
      return;
    }
    const counts = [count(now.processes, 'process', 'processes'), count(now.threads, 'thread', 'threads')];
    if (now.tasks > 0) counts.push(count(now.tasks, 'task', 'tasks'));
    this.set(runId, `${time}, ${counts.join(', ')}`);
  }

  ended(runId: string): void {
    this.states.delete(runId);
    this.draw();
  }

  /** Takes the line away, so that something else can be printed. */
  clear(): void {
    if (this.isShown) this.write?.('\r\x1b[K');
    this.isShown = false;
  }

  private set(runId: string, state: string): void {
    this.states.set(runId, state);
    this.draw();
  }

  private draw(): void {
    this.clear();
    const states = [...this.states.values()];
    if (!this.write || states.length === 0) return;
    const text = states.length === 1 ? `Running: ${states[0]}` : `${states.length} runs: ${states.join(' | ')}`;
    this.write(text.slice(0, 79));
    this.isShown = true;
  }
}

function count(number: number, one: string, many: string): string {
  return `${number} ${number === 1 ? one : many}`;
}
