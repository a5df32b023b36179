import { closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asNumber, asObject, asString, parseObject } from '../base/parse.ts';
import { frameMimeType } from '../protocol/frameValue.ts';
import { programWireVersion } from '../protocol/programWire.ts';

/** What the panel can show. Others of a value's types stay behind. */
const mimeTypes = [
  'text/plain',
  'text/html',
  'text/markdown',
  'text/latex',
  'image/png',
  'image/jpeg',
  'image/svg+xml',
  frameMimeType,
] as const;

/** The longest single part of a value, and all that a run may show, in characters. */
export const displayLimits = { part: 8 * 1024 * 1024, run: 64 * 1024 * 1024 };
/** Room for every part of a value at its limit, escaped. */
const mostFileBytes = 4 * displayLimits.part;

/** The values that a run shows, read from the files that its program has written. */
export class Displays {
  private readonly folder: string;
  private left = displayLimits.run;

  constructor(folder: string) {
    this.folder = folder;
  }

  /**
   * A value by its MIME types; `text/plain` is always there, if only to say what is missing. Never throws. The file is the program's:
   * it may be anything.
   */
  read(number: number): Record<string, string> {
    const data = readRecord(join(this.folder, `${number}.json`));
    if (data === null) return { 'text/plain': '[This value could not be read.]' };
    const plain = data['text/plain'] ?? '[A value without a text.]';
    const size = Object.values(data).reduce((sum, value) => sum + value.length, 0);
    if (size > this.left) return { 'text/plain': plain };
    this.left -= size;
    return { ...data, 'text/plain': plain };
  }
}

function readRecord(path: string): Record<string, string> | null {
  const record = parseObject(readSmallFile(path) ?? '');
  const data = asObject(record?.data);
  if (!data || asNumber(record?.version) !== programWireVersion) return null;
  const parts: Record<string, string> = {};
  for (const type of mimeTypes) {
    const value = asString(data[type]);
    if (value !== null && value.length <= displayLimits.part) parts[type] = value;
  }
  return parts;
}

/** The text of an ordinary file; null when it is anything else (opening a pipe would wait for its writer), too big, or not there. */
function readSmallFile(path: string): string | null {
  try {
    const file = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
    try {
      const stat = fstatSync(file);
      return stat.isFile() && stat.size <= mostFileBytes ? readFileSync(file, 'utf8') : null;
    } finally {
      closeSync(file);
    }
  } catch {
    return null;
  }
}
