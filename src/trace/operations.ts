import type { Ns } from '../base/time.ts';
import { type EngineFact, spanKinds, type Trace } from './model.ts';
import { openEnd } from './rows.ts';
import { lowerBound } from './table.ts';

const operationKind = spanKinds.indexOf('operation');

/** A call of a library's entry point, with what was told of it: pandas.read_csv, LazyFrame.collect, DuckDB's execute. */
export interface Operation {
  /** Index into `threads`. */
  thread: number;
  startNs: Ns;
  /** Of one that is still open, the end of its thread, or now. */
  endNs: Ns;
  label: string;
  file: string | null;
  line: number | null;
  /** Null of short ones: the tracer tells facts of what took some ms or changed the memory by much. */
  facts: OperationFacts | null;
}

/** What the tracer tells of an operation; null = not known. Bytes of a process are those resident; bytes of frames don't count objects. */
export interface OperationFacts {
  engine: EngineFact['engine'];
  /** As its entry point is called, without shapes: `DataFrame.merge`. */
  operation: string;
  rows: number | null;
  columns: number | null;
  resultBytes: number | null;
  givenRows: number | null;
  /** Of the frame that it was called on, or of all that were concatenated. */
  givenBytes: number | null;
  /** Its result holds again what it was given. */
  copies: boolean;
  /** A Python function was called for each row. */
  byRow: boolean;
  objectColumns: number | null;
  /** Names of the first ones. */
  objectNames: string | null;
  bytesBefore: number | null;
  bytesAfter: number | null;
  machineBytes: number | null;
  availableBytes: number | null;
  swappedBytes: number | null;
  /** Of the library. */
  version: string | null;
}

/** Facts by thread id and start; made once for a trace. */
const factsOf = new WeakMap<EngineFact[], Map<string, EngineFact>>();

/** All operations of the run that facts were told of, by start. */
export function operationsWithFacts(trace: Trace): (Operation & { facts: OperationFacts })[] {
  return operationsOf(trace).flatMap(operation =>
    operation.facts === null ? [] : [{ ...operation, facts: operation.facts }],
  );
}

/** All operations of the run, thread by thread. */
export function operationsOf(trace: Trace): Operation[] {
  return trace.threads.flatMap(({ spans }, thread) => {
    const found: Operation[] = [];
    for (let i = 0; i < spans.length; i++) {
      if (spans.kind[i] === operationKind) found.push(operationAt(trace, thread, i));
    }
    return found;
  });
}

/** The operation that is span `span` of this thread. */
export function operationAt(trace: Trace, thread: number, span: number): Operation {
  const track = trace.threads[thread];
  const spans = track?.spans;
  const startNs = spans?.start[span] ?? 0;
  const end = spans?.end[span] ?? Number.NaN;
  return {
    thread,
    startNs,
    endNs: Number.isNaN(end) && track ? Math.max(startNs, openEnd(trace, track)) : end,
    label: trace.strings[spans?.name[span] ?? 0] ?? '',
    file: trace.strings[spans?.file[span] ?? 0] || null,
    line: spans?.line[span] || null,
    facts: track ? readFacts(factAt(trace, track.tid, startNs)) : null,
  };
}

/** The most memory that its process was seen to hold meanwhile, in bytes; null when nobody looked. */
export function peakDuring(
  trace: Trace,
  operation: Pick<Operation, 'thread' | 'startNs' | 'endNs' | 'facts'>,
): number | null {
  const process = trace.threads[operation.thread]?.process;
  const counter = trace.counters.find(each => each.process === process && each.name === 'memory');
  let peak = Math.max(operation.facts?.bytesBefore ?? 0, operation.facts?.bytesAfter ?? 0);
  if (counter) {
    const { time, value, length } = counter;
    for (let i = lowerBound(time, operation.startNs, 0, length); i < length && (time[i] ?? 0) <= operation.endNs; i++) {
      peak = Math.max(peak, value[i] ?? 0);
    }
  }
  return peak > 0 ? peak : null;
}

function factAt(trace: Trace, tid: number, startNs: Ns): EngineFact | null {
  let facts = factsOf.get(trace.facts);
  if (!facts) {
    const operations = trace.facts.filter(fact => fact.name === 'operation');
    facts = new Map(operations.map(fact => [`${fact.values.tid} ${fact.atNs}`, fact]));
    factsOf.set(trace.facts, facts);
  }
  return facts.get(`${tid} ${startNs}`) ?? null;
}

function readFacts(fact: EngineFact | null): OperationFacts | null {
  if (!fact) return null;
  const { values } = fact;
  const count = (name: string) => numberOrNull(values[name]);
  return {
    engine: fact.engine,
    operation: String(values.operation ?? ''),
    rows: count('rows'),
    columns: count('columns'),
    resultBytes: count('resultBytes'),
    givenRows: count('givenRows'),
    givenBytes: count('givenBytes'),
    copies: values.copies === 1,
    byRow: values.byRow === 1,
    objectColumns: count('objectColumns'),
    objectNames: textOrNull(values.objectNames),
    bytesBefore: count('bytesBefore'),
    bytesAfter: count('bytesAfter'),
    machineBytes: count('machineBytes'),
    availableBytes: count('availableBytes'),
    swappedBytes: count('swappedBytes'),
    version: textOrNull(values.version),
  };
}

function numberOrNull(value: string | number | null | undefined): number | null {
  return typeof value === 'number' ? value : null;
}

function textOrNull(value: string | number | null | undefined): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
