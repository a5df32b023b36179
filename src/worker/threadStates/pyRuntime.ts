import { closeSync, openSync, readFileSync, readSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { AddressRange } from './syscalls.ts';

/** A symbol's place in its file's own addresses. */
interface Symbol {
  value: number;
  size: number;
  /** Address at which the file's first byte would be mapped; null when the file isn't movable. */
  base: number | null;
}

/** Larger than `_PyRuntime` ever was (about 600 kB in 3.12), for a tracer's address without a size. */
const assumedSize = 1 << 20;

/** Finds CPython's `_PyRuntime` in other processes, from outside: the GIL's futexes lie in it. */
export class PyRuntimeFinder {
  /** By path, size and time of change: null = the file has no such symbol. */
  private readonly symbols = new Map<string, Symbol | null>();

  /** Where the process keeps its GIL; `told` = the address that its tracer reported. null: not a CPython, or not readable. */
  find(pid: number, told: number | null): AddressRange | null {
    for (const { path, start } of mappedPythons(pid)) {
      const symbol = this.symbolOf(pid, path);
      if (!symbol) continue;
      const from = symbol.base === null ? symbol.value : start - symbol.base + symbol.value;
      if (told === null || told === from) return { from, to: from + symbol.size };
    }
    return told === null ? null : { from: told, to: told + assumedSize };
  }

  private symbolOf(pid: number, path: string): Symbol | null {
    for (const file of [path, `/proc/${pid}/root${path}`]) {
      try {
        const { size, mtimeMs, ino } = statSync(file);
        const key = `${path} ${ino} ${size} ${mtimeMs}`;
        const known = this.symbols.get(key);
        if (known !== undefined) return known;
        const symbol = readSymbol(file, '_PyRuntime');
        this.symbols.set(key, symbol);
        return symbol;
      } catch {
        // Not in our view of the file system; the process may have its own.
      }
    }
    return null;
  }
}

/** The mapped files that may be a Python, a shared library first: then the executable has no code of its own. */
function mappedPythons(pid: number): { path: string; start: number }[] {
  const found = new Map<string, number>();
  try {
    for (const line of readFileSync(`/proc/${pid}/maps`, 'latin1').split('\n')) {
      const match = /^([0-9a-f]+)-[0-9a-f]+ \S+ ([0-9a-f]+) \S+ \d+ +(\/.*)$/.exec(line);
      if (!match) continue;
      const [, start = '', offset = '', path = ''] = match;
      if (Number.parseInt(offset, 16) !== 0 || found.has(path)) continue;
      if (/^(lib)?python|^pypy/.test(basename(path))) found.set(path, Number.parseInt(start, 16));
    }
  } catch {
    return [];
  }
  return [...found]
    .map(([path, start]) => ({ path, start }))
    .sort((a, b) => Number(basename(b.path).startsWith('lib')) - Number(basename(a.path).startsWith('lib')));
}

const sharedObject = 3;
const loadSegment = 1;
const symbolTable = 2;
const dynamicSymbols = 11;
const symbolSize = 24;

/** Looks a symbol up in a 64-bit little-endian ELF file's symbol tables. null when it isn't there. */
export function readSymbol(path: string, name: string): Symbol | null {
  const fd = openSync(path, 'r');
  try {
    const header = readAt(fd, 0, 64);
    if (header.toString('latin1', 0, 4) !== '\x7fELF' || header[4] !== 2 || header[5] !== 1) return null;
    const base = header.readUInt16LE(16) === sharedObject ? firstAddress(fd, header) : null;
    const sections = readAt(fd, u64(header, 40), header.readUInt16LE(60) * 64);
    for (const kind of [dynamicSymbols, symbolTable]) {
      for (let at = 0; at + 64 <= sections.length; at += 64) {
        if (sections.readUInt32LE(at + 4) !== kind) continue;
        const strings = sections.subarray(sections.readUInt32LE(at + 40) * 64);
        const found = findSymbol(readSection(fd, sections.subarray(at)), readSection(fd, strings), name);
        if (found) return { ...found, base };
      }
    }
    return null;
  } finally {
    closeSync(fd);
  }
}

/** Address of the file's first byte, by the segment that maps it. */
function firstAddress(fd: number, header: Buffer): number {
  const size = header.readUInt16LE(54);
  const segments = readAt(fd, u64(header, 32), size * header.readUInt16LE(56));
  for (let at = 0; at + 56 <= segments.length; at += size) {
    if (segments.readUInt32LE(at) === loadSegment && u64(segments, at + 8) === 0) return u64(segments, at + 16);
  }
  return 0;
}

function findSymbol(symbols: Buffer, strings: Buffer, name: string): { value: number; size: number } | null {
  // Far faster than comparing names: find the name's place in the string table, then who refers to it.
  const nameAt = strings.indexOf(`\0${name}\0`, 0, 'latin1') + 1;
  if (nameAt === 0) return null;
  for (let at = 0; at + symbolSize <= symbols.length; at += symbolSize) {
    if (symbols.readUInt32LE(at) !== nameAt) continue;
    const value = u64(symbols, at + 8);
    if (value !== 0) return { value, size: u64(symbols, at + 16) };
  }
  return null;
}

function readSection(fd: number, section: Buffer): Buffer {
  return readAt(fd, u64(section, 24), Math.min(u64(section, 32), 256 << 20));
}

function readAt(fd: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  return bytes.subarray(0, readSync(fd, bytes, 0, length, position));
}

function u64(bytes: Buffer, at: number): number {
  return bytes.readUInt32LE(at + 4) * 2 ** 32 + bytes.readUInt32LE(at);
}
