import { formatBytes } from '../base/bytes.ts';
import type { Trace } from '../trace/model.ts';
import { type OperationFacts, operationsWithFacts, peakDuring } from '../trace/operations.ts';
import type { Insight } from './insight.ts';
import { at, percent, rounded } from './measures.ts';

/** What reads files. Of anything else the objects may be shared with what it was given. */
const reads = /^read_/;
const minRows = 100_000;
const minBytes = 64e6;
/** Objects have to be this share of what reading took. */
const minShare = 0.5;
/** A str takes 49 bytes and its letters; where it comes to less each, most are shared: then it is not they that take the memory. */
const minBytesEach = 30;

/** RIP112: columns of Python objects that take most of the memory of a frame that was read. */
export function objectColumns(trace: Trace): Insight | null {
  const found = operationsWithFacts(trace).flatMap(read => {
    const objectBytes = bytesOfObjects(read.facts);
    return objectBytes === null ? [] : [{ read, objectBytes }];
  });
  const largest = found.sort((a, b) => b.objectBytes - a.objectBytes)[0];
  if (!largest) return null;
  const { read, objectBytes } = largest;
  const { facts } = read;
  const grown = grownBytes(facts);
  const count = facts.objectColumns ?? 0;
  const columns = facts.columns ?? count;
  const peak = peakDuring(trace, read) ?? grown;
  const named = facts.objectNames === null ? '' : ` (${facts.objectNames}${count > 3 ? '…' : ''})`;
  return {
    code: 'RIP112',
    severity: 'hint',
    title: `${count} of ${columns} columns${named} hold Python objects: about ${formatBytes(objectBytes)} of the ${formatBytes(grown)} that ${facts.operation} took.`,
    advice: advice(facts, at(read)),
    file: read.file,
    line: read.line,
    weight: Math.min(0.5, (0.5 * objectBytes) / Math.max(1, peak)),
    evidence: {
      rows: facts.rows ?? 0,
      objectColumns: count,
      objectBytes: Math.round(objectBytes),
      grownBytes: grown,
      share: rounded(objectBytes / grown),
      shareText: percent(objectBytes / grown),
    },
    highlight: { threads: [read.thread], startNs: read.startNs, endNs: read.endNs },
  };
}

/** What the process grew by beyond the frame's own buffers; null where that is little, or may be something else. */
function bytesOfObjects(facts: OperationFacts): number | null {
  const { rows, objectColumns: count, resultBytes } = facts;
  const isRead = facts.engine === 'pandas' && reads.test(facts.operation);
  if (!isRead || rows === null || count === null || count === 0 || resultBytes === null || rows < minRows) return null;
  const grown = grownBytes(facts);
  const bytes = grown - resultBytes;
  const isMost = bytes >= minBytes && bytes >= minShare * grown && bytes >= minBytesEach * rows * count;
  return isMost ? bytes : null;
}

function grownBytes({ bytesBefore, bytesAfter }: OperationFacts): number {
  return bytesBefore === null || bytesAfter === null ? 0 : bytesAfter - bytesBefore;
}

function advice({ version }: OperationFacts, where: string): string {
  const major = Number(version?.split('.')[0] ?? Number.NaN);
  const backend = major >= 2 ? 'dtype_backend="pyarrow"' : 'dtype="string[pyarrow]" for texts';
  return `Read them with ${backend}${where}; where few values repeat, with dtype={"name": "category"}. Arrow and categories keep one buffer instead of an object for each value.`;
}
