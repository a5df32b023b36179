import { closeSync, openSync, readdirSync, readFileSync, readlinkSync, readSync } from 'node:fs';
import { basename } from 'node:path';
import type { BlockedCall } from './syscalls.ts';

/** One buffer for all reads: what was read is parsed before the next read. */
const buffer = Buffer.alloc(4096);

/** Reads a small /proc file that is kept open, from its beginning, into `bytes`. Throws ESRCH when its thread is gone. */
export function readOpen(fd: number): number {
  return readSync(fd, buffer, 0, 512, 0);
}

/** What the last read got. */
export function readText(length: number): string {
  return buffer.toString('latin1', 0, length).trimEnd();
}

/** Exact figures of a thread: ns on a CPU, ns waited for one, how often it got one. */
export interface SchedStat {
  cpuNs: number;
  waitNs: number;
  slices: number;
}

/** Parses `12345 678 9\n` of the last read, without making strings. */
export function parseSchedStat(length: number, into: SchedStat, bytes: Buffer = buffer): void {
  let value = 0;
  let field = 0;
  for (let i = 0; i < length; i++) {
    const digit = (bytes[i] ?? 0) - 48;
    if (digit >= 0 && digit <= 9) {
      value = value * 10 + digit;
      continue;
    }
    if (field === 0) into.cpuNs = value;
    else if (field === 1) into.waitNs = value;
    else if (field === 2) into.slices = value;
    field++;
    value = 0;
  }
}

/** Parses `202 0x7f.. 0x89 …` of the last read; false for `running`. */
export function parseCall(length: number, into: BlockedCall, bytes: Buffer = buffer): boolean {
  const isOutside = bytes[0] === 45;
  if (!isOutside && ((bytes[0] ?? 0) < 48 || (bytes[0] ?? 0) > 57)) return false;
  let at = isOutside ? 1 : 0;
  let number = 0;
  for (; at < length; at++) {
    const digit = (bytes[at] ?? 0) - 48;
    if (digit < 0 || digit > 9) break;
    number = number * 10 + digit;
  }
  into.number = isOutside ? -1 : number;
  into.first = 0;
  into.second = 0;
  if (isOutside) return true;
  at = parseHex(at + 3, length, bytes);
  into.first = hexValue;
  parseHex(at + 3, length, bytes);
  into.second = hexValue;
  return true;
}

let hexValue = 0;

/** Reads hexadecimal digits from `at` into `hexValue`; returns where they end. */
function parseHex(at: number, length: number, bytes: Buffer): number {
  hexValue = 0;
  let i = at;
  for (; i < length; i++) {
    const code = bytes[i] ?? 0;
    const digit = code <= 57 ? code - 48 : code - 87;
    if (digit < 0 || digit > 15) break;
    hexValue = hexValue * 16 + digit;
  }
  return i;
}

export function openProc(path: string): number {
  return openSync(path, 'r');
}

/** As `openProc`; null when it can't be opened. */
export function openOrNull(path: string): number | null {
  try {
    return openProc(path);
  } catch {
    return null;
  }
}

export function closeQuietly(fd: number): void {
  try {
    closeSync(fd);
  } catch {
    // It can only be closed already.
  }
}

/** What `/proc/ID/status` says of a process or thread; of one that is gone, or waits for its parent to take notice: null. */
export interface Kinship {
  /** The process that the id belongs to: another number than the id itself for a thread. */
  process: number;
  parent: number;
}

export function readKinship(id: number): Kinship | null {
  let fd: number | null = null;
  try {
    fd = openSync(`/proc/${id}/status`, 'r');
    const length = readSync(fd, buffer, 0, 1024, 0);
    const process = numberAfter('\nTgid:\t', length);
    if (hasText('\nState:\tZ', length) && numberAfter('\nThreads:\t', length) <= 1) return null;
    return process === 0 ? null : { process, parent: numberAfter('\nPPid:\t', length) };
  } catch {
    return null;
  } finally {
    if (fd !== null) closeSync(fd);
  }
}

function hasText(text: string, length: number): boolean {
  return buffer.subarray(0, length).includes(text, 0, 'latin1');
}

/** The decimal number behind a label in the last read; 0 when it isn't there. */
function numberAfter(label: string, length: number): number {
  const found = buffer.subarray(0, length).indexOf(label, 0, 'latin1');
  let value = 0;
  for (let i = found + label.length; found >= 0 && i < length; i++) {
    const digit = (buffer[i] ?? 0) - 48;
    if (digit < 0 || digit > 9) break;
    value = value * 10 + digit;
  }
  return value;
}

/** `Z` for a zombie…; '' when it's gone. */
export function readState(pid: number, tid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/task/${tid}/stat`, 'latin1');
    return stat.charAt(stat.lastIndexOf(')') + 2);
  } catch {
    return '';
  }
}

export function listThreads(pid: number): number[] {
  return numbersIn(`/proc/${pid}/task`);
}

export function listProcesses(): number[] {
  return numbersIn('/proc');
}

function numbersIn(folder: string): number[] {
  try {
    return readdirSync(folder).map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

/** Of the tracer's own threads in the program (src/python/tracer/engines/own_thread.py). */
export const ownThreadName = 'run-in-parallel';

/** A thread's own name; '' when it's gone. */
export function readName(pid: number, tid: number): string {
  try {
    return readFileSync(`/proc/${pid}/task/${tid}/comm`, 'utf8').trimEnd();
  } catch {
    return '';
  }
}

export function readCommand(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0').slice(0, -1);
  } catch {
    return [];
  }
}

export function readExecutable(pid: number): string {
  try {
    return readlinkSync(`/proc/${pid}/exe`);
  } catch {
    return '';
  }
}

/** `python3 server.py`, `sh`: the program and the file that it runs. */
export function shortCommand(command: string[]): string {
  const [program = '', first = ''] = command;
  const file = first !== '' && !first.startsWith('-') ? ` ${basename(first)}` : '';
  return `${basename(program)}${file}`.slice(0, 80);
}
