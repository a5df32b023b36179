import { assertUnreachable } from '../base/assert.ts';
import type { Ns } from '../base/time.ts';
import type {
  Detail,
  Overview,
  TaskPage,
  TaskPageParams,
  Totals,
  TraceQueries,
  WindowData,
  WindowParams,
} from '../protocol/query.ts';
import { detailAt } from './detail.ts';
import { counterWindow, marksOf, notableCounters, plansOf, taskGroups } from './engineOverview.ts';
import { windowOf } from './levelOfDetail.ts';
import type { Trace } from './model.ts';
import { type Row, spanRows, stateRow, taskRows } from './rows.ts';
import { pageOfTasks } from './taskPage.ts';
import { stateTotals } from './totals.ts';

/** Answers questions about one Trace, live or finished. Cheap to make: what it needs is indexed when first asked for. */
export class TraceReader {
  private readonly trace: Trace;
  private readonly insights: Overview['insights'];

  constructor(trace: Trace, insights: Overview['insights']) {
    this.trace = trace;
    this.insights = insights;
  }

  answer<M extends keyof TraceQueries>(method: M, params: TraceQueries[M]['params']): TraceQueries[M]['result'];
  answer(...[method, params]: AnyQuery): TraceQueries[keyof TraceQueries]['result'] {
    switch (method) {
      case 'getOverview':
        return this.getOverview();
      case 'getWindow':
        return this.getWindow(params);
      case 'getTotals':
        return this.getTotals(params);
      case 'getTasks':
        return this.getTasks(params);
      case 'getDetail':
        return this.getDetail(params);
      case 'getCounters':
        return counterWindow(this.trace, params);
      case 'getPlans':
        return { plans: plansOf(this.trace) };
      default:
        return assertUnreachable(method);
    }
  }

  getOverview(): Overview {
    const { meta, processes, threads, pools, tasks } = this.trace;
    const summaries = threads.map((thread, index) => ({
      process: thread.process,
      tid: thread.tid,
      name: thread.name,
      kind: thread.kind,
      startNs: thread.startNs,
      endNs: thread.endNs,
      taskRows: taskRows(this.trace, index).length,
      spanRows: spanRows(this.trace, thread).length,
    }));
    return {
      ...{ meta, processes, threads: summaries, pools, taskCount: tasks.length, insights: this.insights },
      ...{ groups: taskGroups(this.trace), counters: notableCounters(this.trace), marks: marksOf(this.trace) },
      planCount: this.trace.plans.length,
    };
  }

  /** The rows of the threads asked for, in their order: states, tasks by depth, spans by depth. Empty rows are left out. */
  getWindow(params: WindowParams): WindowData {
    const rows = params.threads.flatMap(thread => this.rowsOf(thread).map(row => ({ thread, row })));
    return windowOf(rows, params, this.trace.strings);
  }

  getTotals(params: { startNs: Ns; endNs: Ns }): Totals {
    return stateTotals(this.trace, params.startNs, params.endNs);
  }

  getTasks(params: TaskPageParams): TaskPage {
    return pageOfTasks(this.trace, params);
  }

  getDetail(params: TraceQueries['getDetail']['params']): Detail | null {
    return detailAt(this.trace, params);
  }

  private rowsOf(thread: number): Row[] {
    const track = this.trace.threads[thread];
    if (!track) return [];
    const states = track.kind === 'engine' ? [] : [stateRow(this.trace, track)];
    const rows = [...states, ...taskRows(this.trace, thread), ...spanRows(this.trace, track)];
    return rows.filter(row => row.length > 0);
  }
}

type AnyQuery = { [M in keyof TraceQueries]: [method: M, params: TraceQueries[M]['params']] }[keyof TraceQueries];
