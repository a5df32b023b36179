import { userError } from '../base/errors.ts';
import { asArray, asBoolean, asNumber, asObject, asString, type JsonObject, parseObject } from '../base/parse.ts';
import { failed, ok, type Result } from '../base/result.ts';
import { traceFormatVersion } from './builder.ts';
import {
  type PoolInfo,
  type ProcessTrack,
  type ThreadTrack,
  type Trace,
  type TraceMeta,
  taskEngines,
} from './model.ts';
import { type Column, type ColumnsOf, makeColumns, type Shape, spanShape, stateShape, taskShape } from './table.ts';

/**
 * Our own file format, little endian:
 *
 *   0         8         12       16
 *   │RIPTRACE │version  │header  │header: JSON, padded with spaces to 8 bytes │ columns, each from a multiple of 8 │
 *              u32       bytes u32
 *
 * The header holds everything but the columns, and for each thread and the tasks how many rows they have. The columns follow in the
 * order: per thread its states, then its spans; last the tasks; each in the order of its shape. Reading makes views, no copies.
 */
const magic = 'RIPTRACE';
const prefixSize = 16;
const align = (size: number): number => Math.ceil(size / 8) * 8;

/** The trace as bytes; `decodeTrace` gives back an equal one. */
export function encodeTrace(trace: Trace): ArrayBuffer {
  const { threads, tasks, ...rest } = trace;
  const about = threads.map(({ states, spans, ...thread }) => ({
    ...thread,
    states: states.length,
    spans: spans.length,
  }));
  const json = new TextEncoder().encode(JSON.stringify({ ...rest, threads: about, tasks: tasks.length }));
  const columns = [
    ...threads.flatMap(thread => [...columnsOf(stateShape, thread.states), ...columnsOf(spanShape, thread.spans)]),
    ...columnsOf(taskShape, tasks),
  ];
  const headerSize = align(json.length);
  const size = columns.reduce((sum, column) => sum + align(column.byteLength), prefixSize + headerSize);
  const bytes = new Uint8Array(size);
  bytes.set(new TextEncoder().encode(magic));
  const view = new DataView(bytes.buffer);
  view.setUint32(8, traceFormatVersion, true);
  view.setUint32(12, headerSize, true);
  bytes.set(json, prefixSize);
  bytes.fill(0x20, prefixSize + json.length, prefixSize + headerSize);
  let offset = prefixSize + headerSize;
  for (const column of columns) {
    bytes.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), offset);
    offset += align(column.byteLength);
  }
  return bytes.buffer;
}

/** True when the bytes begin like a trace of ours. */
export function isTraceFile(bytes: ArrayBuffer): boolean {
  return bytes.byteLength >= magic.length && new TextDecoder().decode(bytes.slice(0, magic.length)) === magic;
}

/** Reads bytes of `encodeTrace`; the trace's columns are views of them. Fails in plain words on anything else. */
export function decodeTrace(bytes: ArrayBuffer): Result<Trace> {
  if (!isTraceFile(bytes)) return unreadable('traceNotOurs', 'This is not a trace of Run in Parallel.');
  if (bytes.byteLength < prefixSize) return cutOff();
  const view = new DataView(bytes);
  const version = view.getUint32(8, true);
  if (version > traceFormatVersion) {
    const message = `This trace has format ${version}; this version reads up to ${traceFormatVersion}.`;
    return unreadable('traceTooNew', message, 'Update Run in Parallel to open it.');
  }
  const headerSize = view.getUint32(12, true);
  if (headerSize % 8 !== 0 || prefixSize + headerSize > bytes.byteLength) return cutOff();
  const header = parseObject(new TextDecoder().decode(new Uint8Array(bytes, prefixSize, headerSize)));
  const meta = header && readMeta(header);
  if (!header || !meta) return unreadable('traceDamaged', 'The header of this trace is damaged.');
  return readColumns(bytes, prefixSize + headerSize, header, meta);
}

function readColumns(bytes: ArrayBuffer, from: number, header: JsonObject, meta: TraceMeta): Result<Trace> {
  let offset = from;
  let isShort = false;
  const take = <S extends Shape>(shape: S, count: number): ColumnsOf<S> & { length: number } => {
    const columns = makeColumns(shape, 0);
    for (const key in shape) {
      const size = columns[key].BYTES_PER_ELEMENT * count;
      isShort ||= offset + size > bytes.byteLength;
      if (!isShort) columns[key] = viewOf(columns[key], bytes, offset, count);
      offset += align(size);
    }
    return { length: count, ...columns };
  };
  const threads: ThreadTrack[] = [];
  const processes = asArray(header.processes).flatMap(value => readProcess(asObject(value) ?? {}) ?? []);
  for (const value of asArray(header.threads)) {
    const about = asObject(value) ?? {};
    const states = take(stateShape, count(about.states));
    const spans = take(spanShape, count(about.spans));
    threads.push({ ...readThread(about, processes.length), states, spans });
  }
  const tasks = take(taskShape, count(header.tasks));
  if (isShort) return cutOff();
  const strings = asArray(header.strings).map(value => asString(value) ?? '');
  const pools = asArray(header.pools).map(value => readPool(asObject(value) ?? {}));
  return ok({ meta, strings, processes, threads, tasks, pools });
}

function viewOf<C extends Column>(like: C, bytes: ArrayBuffer, offset: number, length: number): C;
function viewOf(like: Column, bytes: ArrayBuffer, offset: number, length: number): Column {
  if (like instanceof Float64Array) return new Float64Array(bytes, offset, length);
  if (like instanceof Uint8Array) return new Uint8Array(bytes, offset, length);
  if (like instanceof Uint32Array) return new Uint32Array(bytes, offset, length);
  return new Int32Array(bytes, offset, length);
}

function columnsOf<S extends Shape>(shape: S, columns: ColumnsOf<S>): Column[] {
  return Object.keys(shape).flatMap(key => columns[key] ?? []);
}

function readMeta(header: JsonObject): TraceMeta | null {
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

const startMethods = ['main', 'fork', 'spawn', 'forkserver', 'subprocess', 'helper', 'unknown'] as const;
const threadKinds = ['python', 'native', 'jvm', 'engine'] as const;

function readProcess(json: JsonObject): ProcessTrack {
  return {
    pid: asNumber(json.pid) ?? 0,
    parentPid: asNumber(json.parentPid),
    name: asString(json.name) ?? '',
    startMethod: startMethods.find(method => method === json.startMethod) ?? 'unknown',
    python: asString(json.python),
    gilEnabled: asBoolean(json.gilEnabled),
    startNs: asNumber(json.startNs) ?? 0,
    endNs: asNumber(json.endNs),
    exit: asString(json.exit),
    note: asString(json.note) ?? '',
  };
}

function readThread(json: JsonObject, processes: number): Omit<ThreadTrack, 'states' | 'spans'> {
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

function readPool(json: JsonObject): PoolInfo {
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
function count(value: unknown): number {
  const number = asNumber(value) ?? 0;
  return Number.isSafeInteger(number) && number > 0 ? number : 0;
}

function cutOff(): Result<Trace> {
  return unreadable('traceCutOff', 'This trace is cut off: its end is missing.', 'Save or copy it again.');
}

function unreadable(code: string, message: string, advice = ''): Result<Trace> {
  return failed(userError(code, message, advice));
}
