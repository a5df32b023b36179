import { asArray, asBoolean, asNumber, asObject, asString, type JsonObject } from '../base/parse.ts';
import { traceFormatVersion } from './builder.ts';
import {
  type CounterTrack,
  counterUnits,
  type Engine,
  type EngineFact,
  engines,
  type PlanInfo,
  type PoolInfo,
  type ProcessTrack,
  startMethods,
  type ThreadTrack,
  type TraceMeta,
  taskEngines,
  threadKinds,
} from './model.ts';

/** What the header of a trace file says beside its columns. Nothing of it is trusted: what is missing or odd becomes its nearest harmless value. */

export function readMeta(header: JsonObject): TraceMeta | null {
  const meta = asObject(header.meta);
  const quality = asObject(meta?.quality);
  const durationNs = asNumber(meta?.durationNs);
  if (!meta || !quality || durationNs === null) return null;
  return {
    formatVersion: traceFormatVersion,
    title: asString(meta.title) ?? '',
    startedAtMs: asNumber(meta.startedAtMs) ?? 0,
    durationNs,
    ended: asBoolean(meta.ended) ?? true,
    cpuCount: asNumber(meta.cpuCount) ?? 1,
    engine: engineOf(meta.engine),
    quality: {
      stateSource: quality.stateSource === 'linux-proc' ? 'linux-proc' : 'spans-only',
      stateNote: asString(quality.stateNote) ?? '',
      samplingHz: asNumber(quality.samplingHz) ?? 0,
      lateSamples: asNumber(quality.lateSamples) ?? 0,
      tracerNs: asNumber(quality.tracerNs) ?? 0,
      samplerNs: asNumber(quality.samplerNs) ?? 0,
      warnings: asArray(quality.warnings).flatMap(warning => asString(warning) ?? []),
    },
  };
}

export function readProcess(json: JsonObject): ProcessTrack {
  return {
    pid: asNumber(json.pid) ?? 0,
    parentPid: asNumber(json.parentPid),
    name: asString(json.name) ?? '',
    startMethod: startMethods.find(method => method === json.startMethod) ?? 'unknown',
    host: asString(json.host),
    python: asString(json.python),
    gilEnabled: asBoolean(json.gilEnabled),
    startNs: asNumber(json.startNs) ?? 0,
    endNs: asNumber(json.endNs),
    exit: asString(json.exit),
    note: asString(json.note) ?? '',
  };
}

export function readThread(json: JsonObject, processes: number): Omit<ThreadTrack, 'states' | 'spans'> {
  return {
    process: Math.min(count(json.process), Math.max(0, processes - 1)),
    tid: asNumber(json.tid) ?? 0,
    name: asString(json.name) ?? '',
    kind: threadKinds.find(kind => kind === json.kind) ?? 'native',
    startNs: asNumber(json.startNs) ?? 0,
    endNs: asNumber(json.endNs),
    cpuNs: asNumber(json.cpuNs),
    runnableNs: asNumber(json.runnableNs),
  };
}

export function readPool(json: JsonObject): PoolInfo {
  return {
    engine: taskEngines.find(engine => engine === json.engine) ?? 'threadPool',
    name: asString(json.name) ?? '',
    pid: asNumber(json.pid) ?? 0,
    size: asNumber(json.size),
    createdNs: asNumber(json.createdNs) ?? 0,
    file: asString(json.file),
    line: asNumber(json.line),
  };
}

/** A whole number of rows; anything else counts as none. */
export function count(value: unknown): number {
  const number = asNumber(value) ?? 0;
  return Number.isSafeInteger(number) && number > 0 ? number : 0;
}

function engineOf(value: unknown): Engine {
  return engines.find(engine => engine === value) ?? 'python';
}

export function readCounter(json: JsonObject): Omit<CounterTrack, 'length' | 'time' | 'value'> {
  return {
    process: count(json.process),
    name: asString(json.name) ?? '',
    unit: counterUnits.find(unit => unit === json.unit) ?? 'count',
    limit: asNumber(json.limit),
  };
}

export function readPlan(json: JsonObject): PlanInfo {
  const parts = asArray(json.parts).map(value => {
    const part = asObject(value);
    return { title: asString(part?.title) ?? '', text: asString(part?.text) ?? '' };
  });
  return { ...placeOf(json), title: asString(json.title) ?? '', parts };
}

export function readFact(json: JsonObject): EngineFact {
  const values = Object.entries(asObject(json.values) ?? {}).map(([name, value]) => [
    name,
    asString(value) ?? asNumber(value),
  ]);
  return { ...placeOf(json), name: asString(json.name) ?? '', values: Object.fromEntries(values) };
}

function placeOf(json: JsonObject): Pick<EngineFact, 'engine' | 'atNs' | 'file' | 'line'> {
  return {
    engine: engineOf(json.engine),
    atNs: asNumber(json.atNs) ?? 0,
    file: asString(json.file),
    line: asNumber(json.line),
  };
}
