import type { Trace } from '../model.ts';

/** No real pid is as large. */
const firstMadeUpPid = 2 ** 30;

/** The pid of one of the trace's processes; one that only its engine knows gets a number of its own, from 2³⁰ on. */
export function pidOf(trace: Trace, process: number): number {
  return trace.processes[process]?.pid || firstMadeUpPid + process;
}

/** False for a number that `pidOf` made up. */
export function isRealPid(pid: number): boolean {
  return pid < firstMadeUpPid;
}
