import type { Ns } from '../../base/time.ts';
import { spanKinds, type ThreadTrack, type Trace, taskEngines, taskStatuses, threadStates } from '../model.ts';
import { openEnd } from '../rows.ts';
import { stateText } from '../words.ts';
import { engineSpanKinds } from './engineSummary.ts';
import { pidOf } from './pids.ts';

/** Tracks of thread states have ids of their own, beyond those of any real thread. */
const stateTrackBase = 0x40000000;

/**
 * The trace as Chrome's JSON, for ui.perfetto.dev and other viewers: per thread a track of its tasks and waits, and one of its states;
 * arrows lead from where a task was submitted to where it ran. Times are µs since the run's start.
 */
export function toChromeJson(trace: Trace): string {
  const lines: string[] = [];
  const write = (event: Record<string, unknown>) => lines.push(JSON.stringify(event));
  writeNames(trace, write);
  for (const [index, thread] of trace.threads.entries()) {
    writeStates(trace, thread, index, write);
    writeSpans(trace, thread, write);
  }
  for (let task = 0; task < trace.tasks.length; task++) writeTask(trace, task, write);
  writeCounters(trace, write);
  writeMarks(trace, write);
  const { title, startedAtMs, durationNs, cpuCount, quality } = trace.meta;
  const otherData = { title, startedAtMs, durationUs: us(durationNs), cpuCount, quality };
  return `{"displayTimeUnit":"ms","otherData":${JSON.stringify(otherData)},"traceEvents":[\n${lines.join(',\n')}\n]}\n`;
}

type Write = (event: Record<string, unknown>) => void;

function writeNames(trace: Trace, write: Write): void {
  for (const [index, process] of trace.processes.entries()) {
    const pid = pidOf(trace, index);
    const { name, parentPid, startMethod, python, gilEnabled, exit } = process;
    const args = { name, parentPid, startMethod, python, gilEnabled, exit };
    write({ ph: 'M', name: 'process_name', pid, tid: pid, args });
    write({ ph: 'M', name: 'process_sort_index', pid, tid: pid, args: { sort_index: index } });
  }
  for (const [index, thread] of trace.threads.entries()) {
    const pid = pidOf(trace, thread.process);
    const { tid, name, kind } = thread;
    write({ ph: 'M', name: 'thread_name', pid, tid, args: { name, kind } });
    write({ ph: 'M', name: 'thread_sort_index', pid, tid, args: { sort_index: 2 * index + 1 } });
    const track = stateTrackBase + index;
    write({ ph: 'M', name: 'thread_name', pid, tid: track, args: { name: `${name} · ${tid} states`, statesOf: tid } });
    write({ ph: 'M', name: 'thread_sort_index', pid, tid: track, args: { sort_index: 2 * index } });
  }
}

function writeStates(trace: Trace, thread: ThreadTrack, index: number, write: Write): void {
  const pid = pidOf(trace, thread.process);
  const { length, start, end, state } = thread.states;
  for (let i = 0; i < length; i++) {
    const own = threadStates[state[i] ?? 0] ?? 'unknown';
    const place = { pid, tid: stateTrackBase + index, ...times(start[i] ?? 0, end[i] ?? 0) };
    write({ ph: 'X', cat: 'state', name: stateText[own].label, ...place, args: { state: own } });
  }
}

function writeSpans(trace: Trace, thread: ThreadTrack, write: Write): void {
  const pid = pidOf(trace, thread.process);
  const { spans, tid } = thread;
  for (let i = 0; i < spans.length; i++) {
    const kind = spanKinds[spans.kind[i] ?? 0] ?? 'lock';
    const start = spans.start[i] ?? 0;
    const end = spans.end[i] ?? Number.NaN;
    const isOpen = Number.isNaN(end);
    const args = {
      kind,
      ...(isOpen ? { open: true } : {}),
      ...((spans.holderTid[i] ?? 0) > 0 ? { holderTid: spans.holderTid[i] } : {}),
      ...source(trace, spans.file[i], spans.line[i]),
    };
    const name = trace.strings[spans.name[i] ?? 0] || kind;
    const place = { pid, tid, ...times(start, isOpen ? openEnd(trace, thread) : end) };
    write({ ph: 'X', cat: engineSpanKinds.includes(kind) ? 'operation' : 'wait', name, ...place, args });
  }
}

function writeTask(trace: Trace, task: number, write: Write): void {
  const { tasks } = trace;
  const name = trace.strings[tasks.name[task] ?? 0] || 'task';
  const submit = tasks.submit[task] ?? 0;
  const args = {
    status: taskStatuses[tasks.status[task] ?? 0],
    engine: taskEngines[tasks.engine[task] ?? 0],
    submitUs: us(submit),
    ...(trace.strings[tasks.key[task] ?? 0] ? { key: trace.strings[tasks.key[task] ?? 0] } : {}),
    ...source(trace, tasks.file[task], tasks.line[task]),
  };
  const from = tasks.submitThread[task] ?? -1;
  const submitter = trace.threads[from];
  const thread = trace.threads[tasks.thread[task] ?? -1];
  const start = tasks.start[task] ?? Number.NaN;
  if (!thread || Number.isNaN(start)) {
    const pid = submitter ? pidOf(trace, submitter.process) : pidOf(trace, 0);
    write({ ph: 'i', s: 't', cat: 'task', name, pid, tid: submitter?.tid ?? pid, ts: us(submit), args });
    return;
  }
  const end = tasks.end[task] ?? Number.NaN;
  const place = { pid: pidOf(trace, thread.process), tid: thread.tid };
  const isOpen = Number.isNaN(end);
  const ended = isOpen ? openEnd(trace, thread) : end;
  write({
    ph: 'X',
    cat: 'task',
    name,
    ...place,
    ...times(start, ended),
    args: isOpen ? { ...args, open: true } : args,
  });
  if (!submitter) return;
  // An arrow needs something to start from: on the submitter's states there is nearly always an event.
  const origin = { pid: pidOf(trace, submitter.process), tid: stateTrackBase + from };
  write({ ph: 's', cat: 'flow', name: 'submit', id: task + 1, ...origin, ts: us(submit) });
  write({ ph: 'f', bp: 'e', cat: 'flow', name: 'submit', id: task + 1, ...place, ts: us(start) });
}

function writeCounters(trace: Trace, write: Write): void {
  for (const { process, name, length, time, value } of trace.counters) {
    const pid = pidOf(trace, process);
    for (let i = 0; i < length; i++)
      write({ ph: 'C', name, pid, ts: us(time[i] ?? 0), args: { [name]: value[i] ?? 0 } });
  }
}

function writeMarks(trace: Trace, write: Write): void {
  const { length, time, process, name, text } = trace.marks;
  for (let i = 0; i < length; i++) {
    const pid = pidOf(trace, process[i] ?? 0);
    const args = { text: trace.strings[text[i] ?? 0] };
    write({
      ph: 'i',
      s: 'p',
      cat: 'mark',
      name: trace.strings[name[i] ?? 0],
      pid,
      tid: pid,
      ts: us(time[i] ?? 0),
      args,
    });
  }
}

function source(trace: Trace, file: number | undefined, line: number | undefined): { file?: string; line?: number } {
  const name = trace.strings[file ?? 0];
  return { ...(name ? { file: name } : {}), ...(line ? { line } : {}) };
}

function times(start: Ns, end: Ns): { ts: number; dur: number } {
  return { ts: us(start), dur: us(Math.max(0, end - start)) };
}

/** µs with three decimals: whole nanoseconds. */
function us(ns: Ns): number {
  return Math.round(ns) / 1e3;
}
