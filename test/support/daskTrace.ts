import type { EngineEvent, EngineTask } from '../../src/protocol/engineWire.ts';
import { TraceBuilder } from '../../src/trace/builder.ts';
import { EngineSink } from '../../src/trace/engineSink.ts';
import type { Trace } from '../../src/trace/model.ts';

export const ms = 1e6;

/** A trace of 10 s with two Dask workers, `w0` and `w1`, one thread each (tracks of the same names), and what else is told. */
export function daskTrace(...events: EngineEvent[]): Trace {
  const builder = new TraceBuilder({ title: 'dask', startedAtMs: 0, cpuCount: 4 });
  const sink = new EngineSink({ builder, index: null });
  for (const id of ['w0', 'w1']) {
    sink.take({ kind: 'process', id, engine: 'dask', name: `Dask worker ${id}`, pid: null, host: 'far', atNs: 0 });
    sink.take({ kind: 'track', id, process: id, name: 'thread 1', atNs: 0 });
  }
  for (const event of events) sink.take(event);
  sink.finish();
  return builder.finish(10_000 * ms);
}

let lastTask = 0;

/** A task that ran, times in ms. */
export function task(track: string, startMs: number, endMs: number, status: EngineTask['status'] = 'ok'): EngineEvent {
  const id = `task-${++lastTask}`;
  const times = { submitNs: startMs * ms, startNs: startMs * ms, endNs: endMs * ms };
  return { kind: 'tasks', engine: 'dask', rows: [{ id, name: 'task', key: id, track, ...times, status }] };
}

export function mark(process: string, name: string, atMs: number): EngineEvent {
  return { kind: 'mark', process, level: 'warning', name, atNs: atMs * ms, text: name };
}
