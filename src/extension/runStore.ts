import type { RunView } from '../protocol/hostWebview.ts';
import type { RunRecord } from './runRecord.ts';

const keptRuns = 30;

/** All runs of this window, newest batch first. Traces of the oldest ended runs are let go beyond a number. */
export class RunStore {
  private records: RunRecord[] = [];

  /** Puts the runs of one command in front, in their own order. */
  addBatch(batch: RunRecord[]): void {
    this.records = [...batch, ...this.records];
    while (this.records.length > keptRuns) {
      const oldest = this.records.findLastIndex(record => record.ended);
      if (oldest < 0) return;
      this.records.splice(oldest, 1);
    }
  }

  get(runId: string): RunRecord | null {
    return this.records.find(record => record.runId === runId) ?? null;
  }

  /** Only an ended run can be removed. */
  remove(runId: string): void {
    this.records = this.records.filter(record => record.runId !== runId || !record.ended);
  }

  active(): RunRecord[] {
    return this.records.filter(record => !record.ended);
  }

  views(): RunView[] {
    return this.records.map(record => record.view());
  }
}
