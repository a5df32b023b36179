import { asArray, asBoolean, asNumber, asObject, asString, type JsonObject, parseObject } from '../base/parse.ts';
import { type FrameCell, type FrameColumn, type FrameValue, frameVersion, type LazyFrame } from './frameValue.ts';

/** More than these are not looked at. What the runner sends stays below. */
const limits = { columns: 200, levels: 16, rows: 10_000, facts: 8, characters: 8 * 1024 * 1024 };
const longestText = 20_000;

/** A frame from its JSON; null when it is not one of this version. The text may be anything. */
export function readFrame(json: string): FrameValue | null {
  const value = json.length <= limits.characters ? parseObject(json) : null;
  if (value === null || asNumber(value.version) !== frameVersion) return null;
  const type = asString(value.type);
  const columnCount = asCount(value.columnCount);
  const rows = asCount(value.rows);
  const lazy = value.lazy === null ? null : readLazy(asObject(value.lazy));
  if (type === null || columnCount === null || rows === null || rows > limits.rows || lazy === undefined) return null;
  const levelNames = readTexts(value.levelNames, limits.levels);
  const index = readColumns(value.index, limits.levels, levelNames.length, rows);
  const columns = readColumns(value.columns, limits.columns, levelNames.length, rows);
  if (levelNames.length === 0 || index === null || columns === null) return null;
  return {
    version: frameVersion,
    type: type.slice(0, longestText),
    isSeries: asBoolean(value.isSeries) ?? false,
    rowCount: asCount(value.rowCount),
    columnCount,
    bytes: asCount(value.bytes),
    isMore: asBoolean(value.isMore) ?? false,
    decimals: Math.min(20, asCount(value.decimals) ?? 6),
    rows,
    isCut: asBoolean(value.isCut) ?? false,
    levelNames,
    index,
    columns,
    facts: readTexts(value.facts, limits.facts),
    lazy,
  };
}

/** undefined: not readable. */
function readLazy(value: JsonObject | null): LazyFrame | undefined {
  const number = asCount(value?.number);
  const call = asString(value?.call);
  if (value === null || number === null || call === null) return undefined;
  return { number, call, plan: asString(value.plan)?.slice(0, longestText) ?? null, failure: asString(value.failure) };
}

function readColumns(value: unknown, most: number, levels: number, rows: number): FrameColumn[] | null {
  const columns = asArray(value)
    .slice(0, most)
    .map(column => readColumn(asObject(column), levels, rows));
  return columns.every(column => column !== null) ? columns : null;
}

function readColumn(value: JsonObject | null, levels: number, rows: number): FrameColumn | null {
  const dtype = asString(value?.dtype);
  const missing = asString(value?.missing);
  const kind = value?.kind;
  const names = readTexts(value?.names, levels);
  const values = asArray(value?.values);
  if (dtype === null || missing === null || names.length !== levels || values.length !== rows) return null;
  if (kind !== 'float' && kind !== 'number' && kind !== 'text') return null;
  return { names, dtype, kind, missing, values: values.map(readCell) };
}

function readCell(value: unknown): FrameCell {
  if (typeof value === 'string') return value.length <= longestText ? value : value.slice(0, longestText);
  if (typeof value === 'number' || value === null) return value;
  const [word] = asArray(value);
  return [typeof word === 'string' ? word.slice(0, longestText) : '?'];
}

function readTexts(value: unknown, most: number): string[] {
  return asArray(value)
    .slice(0, most)
    .map(text => (typeof text === 'string' ? text.slice(0, longestText) : '?'));
}

/** A whole number from 0, or null. */
function asCount(value: unknown): number | null {
  const number = asNumber(value);
  return number !== null && Number.isInteger(number) && number >= 0 ? number : null;
}
