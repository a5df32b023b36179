import { asArray, asNumber, asObject, asString, type JsonObject, parseObject } from '../../base/parse.ts';
import type { Ns } from '../../base/time.ts';
import type { EngineEvent, EngineTask } from '../../protocol/engineWire.ts';
import {
  counterUnits,
  type Engine,
  engines,
  markLevels,
  type SpanKind,
  spanKinds,
  taskStatuses,
} from '../../trace/model.ts';

/** The writer's clock → the run's. */
export type ToRunClock = (ns: number) => Ns;

/** One line of an engine's file, checked, on the run's clock; null when it isn't an event as src/protocol/engineWire.ts has it. */
export function readEngineEvent(line: string, clock: ToRunClock): EngineEvent | null {
  const json = parseObject(line);
  return json && eventOf(json, new Fields(json, clock), clock);
}

/** Reads fields of one JSON object; a required one that is missing makes the whole event invalid. */
class Fields {
  isValid = true;
  private readonly json: JsonObject;
  private readonly clock: ToRunClock;

  constructor(json: JsonObject, clock: ToRunClock) {
    this.json = json;
    this.clock = clock;
  }

  text(name: string): string {
    return this.required(asString(this.json[name]), '');
  }

  number(name: string): number {
    return this.required(asNumber(this.json[name]), 0);
  }

  time(name: string): Ns {
    return this.clock(this.number(name));
  }

  oneOf<T extends string>(name: string, values: readonly T[], first: T): T {
    return this.required(values.find(value => value === this.json[name]) ?? null, first);
  }

  textOrNull(name: string): string | null {
    return asString(this.json[name]);
  }

  numberOrNull(name: string): number | null {
    return asNumber(this.json[name]);
  }

  timeOrNull(name: string): Ns | null {
    const value = asNumber(this.json[name]);
    return value === null ? null : this.clock(value);
  }

  /** A field that may be left out, which means something else than null. */
  has(name: string): boolean {
    return name in this.json;
  }

  private required<T>(value: T | null, otherwise: T): T {
    if (value === null) this.isValid = false;
    return value ?? otherwise;
  }
}

function eventOf(json: JsonObject, fields: Fields, clock: ToRunClock): EngineEvent | null {
  const event = readKind(json, fields, clock);
  return fields.isValid ? event : null;
}

function readKind(json: JsonObject, fields: Fields, clock: ToRunClock): EngineEvent | null {
  switch (json.kind) {
    case 'process':
      return {
        kind: 'process',
        ...{ id: fields.text('id'), engine: engineIn(fields), name: fields.text('name') },
        ...{ pid: fields.numberOrNull('pid'), host: fields.textOrNull('host'), atNs: fields.time('atNs') },
        ...(fields.has('endNs') ? { endNs: fields.timeOrNull('endNs') } : {}),
        ...(fields.has('exit') ? { exit: fields.textOrNull('exit') } : {}),
        ...(fields.has('note') ? { note: fields.text('note') } : {}),
        ...(json.ifUnknown === true ? { ifUnknown: true } : {}),
      };
    case 'track':
      return {
        kind: 'track',
        ...{ id: fields.text('id'), process: fields.text('process'), name: fields.text('name') },
        ...{ tid: fields.numberOrNull('tid'), atNs: fields.time('atNs') },
        ...(fields.has('endNs') ? { endNs: fields.timeOrNull('endNs') } : {}),
        ...(json.ifUnknown === true ? { ifUnknown: true } : {}),
      };
    case 'tasks': {
      const columns = asArray(json.columns).map(name => asString(name) ?? '');
      const rows = asArray(json.rows).flatMap(row => readTask(taskRow(row, columns), clock) ?? []);
      return { kind: 'tasks', engine: engineIn(fields), rows };
    }
    case 'links':
      return { kind: 'links', engine: engineIn(fields), edges: asArray(json.edges).flatMap(readEdge) };
    case 'span':
      return {
        kind: 'span',
        ...{ track: fields.text('track'), span: fields.oneOf<SpanKind>('span', spanKinds, 'operation') },
        ...{ name: fields.text('name'), startNs: fields.time('startNs') },
        ...{ endNs: fields.timeOrNull('endNs'), ...(fields.has('id') ? { id: fields.text('id') } : {}) },
        ...placeIn(fields),
      };
    case 'counter':
      return {
        kind: 'counter',
        ...{ process: fields.textOrNull('process'), name: fields.text('name') },
        ...{
          unit: fields.oneOf('unit', counterUnits, 'count'),
          atNs: fields.time('atNs'),
          value: fields.number('value'),
        },
        ...(fields.has('limit') ? { limit: fields.numberOrNull('limit') } : {}),
      };
    case 'mark':
      return {
        kind: 'mark',
        ...{ process: fields.textOrNull('process'), level: fields.oneOf('level', markLevels, 'info') },
        ...{ name: fields.text('name'), atNs: fields.time('atNs'), text: fields.text('text') },
      };
    case 'plan':
      return {
        kind: 'plan',
        ...{ id: fields.text('id'), engine: engineIn(fields), title: fields.text('title'), atNs: fields.time('atNs') },
        ...placeIn(fields),
        parts: asArray(json.parts).map(part => {
          const about = asObject(part);
          return { title: asString(about?.title) ?? '', text: asString(about?.text) ?? '' };
        }),
      };
    case 'fact': {
      const values = Object.entries(asObject(json.values) ?? {});
      return {
        kind: 'fact',
        ...{ engine: engineIn(fields), name: fields.text('name'), atNs: fields.time('atNs') },
        ...placeIn(fields),
        values: Object.fromEntries(values.map(([name, value]) => [name, asString(value) ?? asNumber(value)])),
      };
    }
    default:
      return null;
  }
}

/** A row of tasks: an object, or the values of the columns. */
function taskRow(row: unknown, columns: string[]): JsonObject {
  if (!Array.isArray(row)) return asObject(row) ?? {};
  return Object.fromEntries(columns.map((name, i) => [name, row[i] ?? null]));
}

function readTask(json: JsonObject, clock: ToRunClock): EngineTask | null {
  const fields = new Fields(json, clock);
  const place = { submitFile: fields.textOrNull('submitFile'), submitLine: fields.numberOrNull('submitLine') };
  const task: EngineTask = {
    ...{ id: fields.text('id'), name: fields.text('name'), key: fields.textOrNull('key') ?? fields.text('id') },
    ...{ track: fields.textOrNull('track'), submitNs: fields.time('submitNs') },
    ...{ startNs: fields.timeOrNull('startNs'), endNs: fields.timeOrNull('endNs') },
    ...{ status: fields.oneOf('status', taskStatuses, 'pending'), bytes: fields.numberOrNull('bytes') },
    ...(fields.has('group') ? { group: fields.text('group') } : {}),
    ...placeIn(fields),
    ...place,
  };
  return fields.isValid ? task : null;
}

function readEdge(value: unknown): [string, string][] {
  const [from, to] = asArray(value).map(asString);
  return from != null && to != null ? [[from, to]] : [];
}

function engineIn(fields: Fields): Engine {
  return fields.oneOf('engine', engines, 'python');
}

function placeIn(fields: Fields): { file: string | null; line: number | null } {
  return { file: fields.textOrNull('file'), line: fields.numberOrNull('line') };
}
