import { userError } from '../base/errors.ts';
import { asArray, asObject, asString, type JsonObject, parseObject } from '../base/parse.ts';
import { failed, ok, type Result } from '../base/result.ts';
import { traceFormatVersion } from './builder.ts';
import { count, readCounter, readFact, readMeta, readPlan, readPool, readProcess, readThread } from './fileHeader.ts';
import type { ThreadTrack, Trace, TraceMeta } from './model.ts';
import {
  type Column,
  type ColumnsOf,
  counterShape,
  linkShape,
  makeColumns,
  markShape,
  type Shape,
  spanShape,
  stateShape,
  taskShape,
} from './table.ts';

/**
 * Our own file format, little endian:
 *
 *   0         8         12       16
 *   │RIPTRACE │version  │header  │header: JSON, padded with spaces to 8 bytes │ columns, each from a multiple of 8 │
 *              u32       bytes u32
 *
 * The header holds everything but the columns, and for each thread, the tasks, links, counters and marks how many rows they have. The
 * columns follow in the order: per thread its states, then its spans; the tasks; the links; per counter its points; the marks; each in
 * the order of its shape. Reading makes views, no copies. Version 1 ends after the tasks, which had no key, group and bytes; rows are new in version 3.
 */
const magic = 'RIPTRACE';
const prefixSize = 16;
const align = (size: number): number => Math.ceil(size / 8) * 8;

/** The trace as bytes; `decodeTrace` gives back an equal one. */
export function encodeTrace(trace: Trace): ArrayBuffer {
  const { threads, tasks, links, counters, marks, ...rest } = trace;
  const about = threads.map(({ states, spans, ...thread }) => ({
    ...thread,
    states: states.length,
    spans: spans.length,
  }));
  const counterRows = counters.map(({ time, value, ...counter }) => counter);
  const rows = { threads: about, tasks: tasks.length, links: links.length, counters: counterRows, marks: marks.length };
  const json = new TextEncoder().encode(JSON.stringify({ ...rest, ...rows }));
  const columns = [
    ...threads.flatMap(thread => [...columnsOf(stateShape, thread.states), ...columnsOf(spanShape, thread.spans)]),
    ...columnsOf(taskShape, tasks),
    ...columnsOf(linkShape, links),
    ...counters.flatMap(counter => columnsOf(counterShape, counter)),
    ...columnsOf(markShape, marks),
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
  return readColumns(bytes, prefixSize + headerSize, header, meta, version);
}

function readColumns(
  bytes: ArrayBuffer,
  from: number,
  header: JsonObject,
  meta: TraceMeta,
  version: number,
): Result<Trace> {
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
  const tasks = tasksOf(version, shape => take(shape, count(header.tasks)));
  const links = take(linkShape, count(header.links));
  const counters = asArray(header.counters).map(value => {
    const about = asObject(value) ?? {};
    return { ...readCounter(about), ...take(counterShape, count(about.length)) };
  });
  const marks = take(markShape, count(header.marks));
  if (isShort) return cutOff();
  const strings = asArray(header.strings).map(value => asString(value) ?? '');
  const pools = asArray(header.pools).map(value => readPool(asObject(value) ?? {}));
  const plans = asArray(header.plans).map(value => readPlan(asObject(value) ?? {}));
  const facts = asArray(header.facts).map(value => readFact(asObject(value) ?? {}));
  return ok({ meta, strings, processes, threads, tasks, pools, links, counters, marks, plans, facts });
}

const { rows: _rows, ...secondTaskShape } = taskShape;
const { key: _key, group: _group, bytes: _bytes, ...firstTaskShape } = secondTaskShape;

/** The tasks of a file of this version: what older ones had no columns for is not known. */
function tasksOf(
  version: number,
  take: <S extends Shape>(shape: S) => ColumnsOf<S> & { length: number },
): Trace['tasks'] {
  if (version >= 3) return take(taskShape);
  const unknown = (length: number) => new Float64Array(length).fill(Number.NaN);
  if (version === 2) {
    const tasks = take(secondTaskShape);
    return { ...tasks, rows: unknown(tasks.length) };
  }
  const tasks = take(firstTaskShape);
  const { length } = tasks;
  const known = { key: new Uint32Array(length), group: new Uint32Array(length) };
  return { ...tasks, ...known, bytes: unknown(length), rows: unknown(length) };
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

function cutOff(): Result<Trace> {
  return unreadable('traceCutOff', 'This trace is cut off: its end is missing.', 'Save or copy it again.');
}

function unreadable(code: string, message: string, advice = ''): Result<Trace> {
  return failed(userError(code, message, advice));
}
