import { userError } from '../base/errors.ts';
import { asArray, asNumber, asObject, asString, type JsonObject } from '../base/parse.ts';
import { failed, ok, type Result } from '../base/result.ts';
import type { Ns } from '../base/time.ts';
import { TraceBuilder } from './builder.ts';
import { spanKinds, type Trace, taskEngines, taskStatuses, threadStates } from './model.ts';

/**
 * Chrome's JSON as a trace: what `toChromeJson` wrote, or anyone's X and B/E events with process and thread names. Of other programs each
 * event becomes a task of its thread. Fails in plain words on what isn't such a file.
 */
export function importChromeJson(text: string, title: string): Result<Trace> {
  const json = parse(text);
  const events = Array.isArray(json) ? json : asArray(asObject(json)?.traceEvents);
  const objects = events.map(asObject).filter(event => event !== null);
  if (objects.length === 0) {
    return failed(userError('traceNotChrome', 'This file holds no events in the JSON of Chrome traces.'));
  }
  return ok(new Importer(asObject(asObject(json)?.otherData) ?? {}, title).read(objects));
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

class Importer {
  private readonly builder: TraceBuilder;
  private readonly processes = new Map<number, number>();
  private readonly threads = new Map<string, number>();
  private readonly open = new Map<string, JsonObject[]>();
  private readonly other: JsonObject;
  private endNs = 0;

  constructor(other: JsonObject, title: string) {
    this.other = other;
    this.builder = new TraceBuilder({
      title: asString(other.title) ?? title,
      startedAtMs: asNumber(other.startedAtMs) ?? 0,
      cpuCount: asNumber(other.cpuCount) ?? 1,
    });
  }

  read(events: JsonObject[]): Trace {
    const isOurs = asNumber(this.other.durationUs) !== null;
    const times = events.flatMap(event => (event.ph === 'M' ? [] : (asNumber(event.ts) ?? [])));
    const zeroUs = isOurs ? 0 : times.reduce((least, ts) => Math.min(least, ts), Number.POSITIVE_INFINITY);
    const sorted = events
      .filter(event => event.ph !== 'M')
      .sort((a, b) => (asNumber(a.ts) ?? 0) - (asNumber(b.ts) ?? 0));
    for (const event of events) if (event.ph === 'M') this.name(event);
    for (const event of sorted) this.event(event, (Number.isFinite(zeroUs) ? zeroUs : 0) * 1e3);
    const quality = asObject(this.other.quality);
    if (isOurs && quality?.stateSource === 'linux-proc') {
      this.builder.setQuality({ stateSource: 'linux-proc', samplingHz: asNumber(quality.samplingHz) ?? 0 });
    }
    return this.builder.finish((asNumber(this.other.durationUs) ?? 0) * 1e3 || this.endNs);
  }

  private name(event: JsonObject): void {
    const args = asObject(event.args) ?? {};
    const name = asString(args.name);
    if (name === null) return;
    if (event.name === 'process_name') {
      const pid = asNumber(event.pid) ?? 0;
      const gilEnabled = typeof args.gilEnabled === 'boolean' ? args.gilEnabled : null;
      const about = { name, parentPid: asNumber(args.parentPid), python: asString(args.python), gilEnabled };
      this.builder.updateProcess(this.process(pid), { ...about, exit: asString(args.exit) });
    } else if (event.name === 'thread_name') {
      const statesOf = asNumber(args.statesOf);
      if (statesOf === null) this.builder.updateThread(this.thread(event), { name });
      else this.threads.set(key(event), this.thread({ ...event, tid: statesOf }));
    }
  }

  private event(event: JsonObject, zeroNs: Ns): void {
    const own = this.open.get(key(event));
    if (event.ph === 'B') {
      if (own) own.push(event);
      else this.open.set(key(event), [event]);
      return;
    }
    if (event.ph === 'E') {
      const begun = own?.pop();
      if (begun) this.span({ ...event, ...begun }, zeroNs, (asNumber(event.ts) ?? 0) - (asNumber(begun.ts) ?? 0));
    } else if (event.ph === 'X') {
      this.span(event, zeroNs, asNumber(event.dur) ?? 0);
    } else if (event.ph === 'C') {
      this.points(event, (asNumber(event.ts) ?? 0) * 1e3 - zeroNs);
    }
  }

  /** A counter event holds one value for each of its series. */
  private points(event: JsonObject, atNs: Ns): void {
    const process = this.process(asNumber(event.pid) ?? 0);
    for (const [series, value] of Object.entries(asObject(event.args) ?? {})) {
      const number = asNumber(value);
      if (number === null) continue;
      const title = asString(event.name) ?? series;
      const name = series === title ? title : `${title} ${series}`;
      const unit = name === 'memory' ? 'bytes' : 'count';
      this.builder.told.addPoint(this.builder.told.counter({ process, name, unit }), atNs, number);
    }
  }

  private span(event: JsonObject, zeroNs: Ns, durationUs: number): void {
    const thread = this.thread(event);
    const startNs = (asNumber(event.ts) ?? 0) * 1e3 - zeroNs;
    const endNs = startNs + Math.max(0, durationUs) * 1e3;
    this.endNs = Math.max(this.endNs, endNs);
    const args = asObject(event.args) ?? {};
    const name = this.builder.intern(asString(event.name) ?? '');
    const file = this.builder.intern(asString(args.file) ?? '');
    const line = asNumber(args.line) ?? 0;
    const kind = spanKinds.find(one => one === args.kind);
    const isOpen = args.open === true;
    if (event.cat === 'state') {
      const state = threadStates.find(one => one === args.state);
      if (state) this.builder.addState(thread, startNs, endNs, threadStates.indexOf(state));
    } else if ((event.cat === 'wait' || event.cat === 'operation') && kind) {
      const holderTid = asNumber(args.holderTid) ?? 0;
      const handle = this.builder.openSpan(thread, { startNs, kind, name, file, line, holderTid });
      if (!isOpen) this.builder.closeSpan(handle, endNs);
    } else {
      const task = this.builder.addTask({
        submitNs: (asNumber(args.submitUs) ?? startNs / 1e3) * 1e3,
        startNs,
        engine: taskEngines.find(engine => engine === args.engine) ?? 'thread',
        status: taskStatuses.find(status => status === args.status) ?? 'ok',
        ...{ thread, name, file, line, submitFile: 0, submitLine: 0 },
        key: this.builder.intern(asString(args.key) ?? ''),
      });
      if (!isOpen) this.builder.updateTask(task, { endNs });
    }
  }

  private process(pid: number): number {
    const known = this.processes.get(pid);
    if (known !== undefined) return known;
    const made = this.builder.addProcess({
      ...{ pid, parentPid: null, name: `process ${pid}`, startMethod: 'unknown', python: null, gilEnabled: null },
      ...{ startNs: 0, endNs: null, exit: null, note: '' },
    });
    this.processes.set(pid, made);
    return made;
  }

  private thread(event: JsonObject): number {
    const known = this.threads.get(key(event));
    if (known !== undefined) return known;
    const process = this.process(asNumber(event.pid) ?? 0);
    const tid = asNumber(event.tid) ?? 0;
    const made = this.builder.addThread({ process, tid, name: `thread ${tid}`, kind: 'python', startNs: 0 });
    this.threads.set(key(event), made);
    return made;
  }
}

function key(event: JsonObject): string {
  return `${event.pid} ${event.tid}`;
}
