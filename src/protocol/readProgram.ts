import { asArray, asBoolean, asNumber, asObject, asString, type JsonObject } from '../base/parse.ts';
import {
  type ProgramResult,
  type ProgramStatement,
  programWireVersion,
  type RunnerError,
  type UnitDependencies,
} from './programWire.ts';

/** What an interpreter tells of a Program, checked; null when it is none of this version. */
export function parseProgramResult(value: unknown): ProgramResult | null {
  const result = asObject(value);
  if (result === null || asNumber(result.version) !== programWireVersion) return null;
  return {
    version: programWireVersion,
    statements: objects(result.statements).flatMap(parseStatement),
    notes: strings(result.notes),
    installs: objects(result.installs).flatMap(({ unit, line, packages }) => {
      const place = { unit: asNumber(unit), line: asNumber(line) };
      if (place.unit === null || place.line === null) return [];
      return [{ unit: place.unit, line: place.line, packages: strings(packages) }];
    }),
    error: parseRunnerError(result.error),
  };
}

/** The exception of a program, checked; null when there is none. */
export function parseRunnerError(value: unknown): RunnerError | null {
  const error = asObject(value);
  if (error === null) return null;
  return {
    type: asString(error.type) ?? 'Exception',
    message: asString(error.message) ?? '',
    file: asString(error.file),
    line: asNumber(error.line),
    column: asNumber(error.column),
    module: asString(error.module),
  };
}

/** What units need of one another, checked; null when it is not told for each of them. */
export function parseDependencies(value: unknown, unitCount: number): UnitDependencies | null {
  const units = asArray(asObject(value)?.units);
  if (units.length !== unitCount) return null;
  return {
    units: units.map((value, index) => {
      const unit = asObject(value);
      return {
        waitsFor: earlierUnits(unit?.waitsFor, index),
        needs: earlierUnits(unit?.needs, index),
        runs: asBoolean(unit?.runs) ?? true,
      };
    }),
  };
}

function parseStatement(statement: JsonObject): ProgramStatement[] {
  const unit = asNumber(statement.unit);
  const startLine = asNumber(statement.startLine);
  const endLine = asNumber(statement.endLine);
  if (unit === null || startLine === null || endLine === null) return [];
  return [
    {
      unit,
      startLine,
      endLine,
      source: asString(statement.source) ?? '',
      selected: asBoolean(statement.selected) ?? false,
      reason: asString(statement.reason) ?? '',
    },
  ];
}

function earlierUnits(value: unknown, index: number): number[] {
  return asArray(value)
    .filter(unit => typeof unit === 'number')
    .filter(unit => Number.isInteger(unit) && unit >= 0 && unit < index);
}

function objects(value: unknown): JsonObject[] {
  return asArray(value)
    .map(asObject)
    .filter(object => object !== null);
}

function strings(value: unknown): string[] {
  return asArray(value).filter(text => typeof text === 'string');
}
