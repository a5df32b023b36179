import { asBoolean, asNumber, asString, parseObject } from '../base/parse.ts';
import type { Ns } from '../base/time.ts';
import {
  type RecordKind,
  recordKinds,
  recordMark,
  recordOffsets,
  recordSize,
  type WireProcessInfo,
  wireEngines,
} from '../protocol/tracerWire.ts';
import type { ProcessTrack, TaskEngine } from '../trace/model.ts';

/** One record of the tracer's wire, times on the run's clock. */
export interface WireRecord {
  kind: RecordKind;
  t0: Ns;
  /** NaN: still open. */
  t1: Ns;
  objHigh: number;
  objLow: number;
  site: number;
  aux: number;
  aux2: number;
  flags: number;
}

/** Time zero of the run on the tracer's clock, in two halves so that differences stay exact. */
export interface ClockZero {
  high: number;
  low: number;
}

export function clockZero(ns: bigint): ClockZero {
  return { high: Number(ns >> 32n), low: Number(ns & 0xffffffffn) };
}

const twoTo32 = 2 ** 32;
/** A time further from the run than this is damage. */
const longestRunNs: Ns = 30 * 24 * 3600 * 1e9;
const earliestNs: Ns = -10e9;

/**
 * The record at `at`. null: there is none (yet). 'damaged': something with a mark that no tracer writes.
 * The end is written byte by byte, low ones first: an end before the begin is one that is just being written.
 */
export function readRecord(bytes: Buffer, at: number, zero: ClockZero): WireRecord | 'damaged' | null {
  if (at + recordSize > bytes.length || bytes[at + recordOffsets.mark] !== recordMark) return null;
  const kind = recordKinds[bytes.readUInt16LE(at + recordOffsets.kind)];
  if (!kind) return 'damaged';
  const t0 = readTime(bytes, at + recordOffsets.t0, zero);
  const end = readTime(bytes, at + recordOffsets.t1, zero);
  if (t0 < earliestNs || t0 > longestRunNs || end > t0 + longestRunNs) return 'damaged';
  return {
    kind,
    t0,
    t1: end < t0 ? Number.NaN : end,
    objLow: bytes.readUInt32LE(at + recordOffsets.obj),
    objHigh: bytes.readUInt32LE(at + recordOffsets.obj + 4),
    site: bytes.readUInt32LE(at + recordOffsets.site),
    aux: bytes.readUInt32LE(at + recordOffsets.aux),
    aux2: bytes.readUInt32LE(at + recordOffsets.aux2),
    flags: bytes[at + recordOffsets.flags] ?? 0,
  };
}

/** An object's id as a number. Exact below 2⁵³: addresses are. */
export function objectOf(record: WireRecord): number {
  return record.objHigh * twoTo32 + record.objLow;
}

/** The object of a record that holds a time, on the run's clock. */
export function objectTime(record: WireRecord, zero: ClockZero): Ns {
  return (record.objHigh - zero.high) * twoTo32 + (record.objLow - zero.low);
}

function readTime(bytes: Buffer, at: number, zero: ClockZero): Ns {
  return (bytes.readUInt32LE(at + 4) - zero.high) * twoTo32 + (bytes.readUInt32LE(at) - zero.low);
}

/** A place in the user's code: `file\tline\tname` of the wire. */
export interface Site {
  file: string;
  line: number;
  name: string;
}

export function parseSite(text: string): Site {
  const [file = '', line = '', ...name] = text.split('\t');
  const number = Number(line);
  return { file, line: Number.isInteger(number) && number > 0 ? number : 0, name: name.join('\t') };
}

/** What a process says of itself; fields that are missing or of another type are left out. */
export function parseProcessInfo(text: string): Partial<WireProcessInfo> {
  const info = parseObject(text);
  if (!info) return {};
  const found: Partial<WireProcessInfo> = {};
  for (const key of ['wire', 'pid', 'parentPid', 'perfNs', 'wallNs', 'installNs'] as const) {
    const value = asNumber(info[key]);
    if (value !== null) found[key] = value;
  }
  for (const key of ['name', 'startMethod', 'python', 'executable', 'pyRuntime'] as const) {
    const value = asString(info[key]);
    if (value !== null) found[key] = value;
  }
  const gilEnabled = asBoolean(info.gilEnabled);
  if (gilEnabled !== null) found.gilEnabled = gilEnabled;
  return found;
}

/** The engine in the high half of a record's flags. */
export function engineOf(record: WireRecord, otherwise: TaskEngine): TaskEngine {
  return wireEngines[record.flags >> 4] || otherwise;
}

/** These number their jobs themselves: a reference is a job and a chunk of it, not a position. */
export function isJobEngine(engine: TaskEngine): boolean {
  return engine === 'multiprocessingPool' || engine === 'multiprocessingThreadPool';
}

/** A start method of the wire, or 'unknown'. */
export function startMethodOf(text: string | undefined): ProcessTrack['startMethod'] {
  const methods = ['main', 'fork', 'spawn', 'forkserver', 'subprocess', 'helper'] as const;
  return methods.find(method => method === text) ?? 'unknown';
}

/** An address in hexadecimal, with or without 0x; null when it's anything else. */
export function parseAddress(text: string | null | undefined): bigint | null {
  return text && /^(0x)?[0-9a-f]{1,16}$/i.test(text) ? BigInt(text.startsWith('0x') ? text : `0x${text}`) : null;
}
