import type { Ns } from '../base/time.ts';
import {
  type CounterTrack,
  type CounterUnit,
  type EngineFact,
  type MarkColumns,
  type MarkLevel,
  markLevels,
  type PlanInfo,
} from './model.ts';
import { counterShape, linkShape, markShape, Table, upperBound } from './table.ts';

export interface CounterInit {
  process: number;
  name: string;
  unit: CounterUnit;
  /** Left out: as it was. */
  limit?: number | null;
}

interface Counter {
  about: Omit<CounterTrack, 'length' | 'time' | 'value'>;
  points: Table<typeof counterShape>;
}

type Told = { counters: CounterTrack[]; marks: MarkColumns; plans: PlanInfo[]; facts: EngineFact[] };

/** More points than this of one counter are halved: neighbours become the larger one of them, as peaks are what matters. */
const mostPoints = 20_000;

/** What of a growing trace is neither a track nor a task. Links hold numbers of the builder's tasks. */
export class EngineTables {
  readonly links = new Table(linkShape);
  /** An engine's key or id of a task → the task's number; of several with one key the newest. */
  readonly keys = new Map<string, number>();
  private readonly counters: Counter[] = [];
  private readonly marks = new Table(markShape);
  private readonly plans: PlanInfo[] = [];
  readonly facts: EngineFact[] = [];
  private readonly counterNumbers = new Map<string, number>();

  /** The number of this process's counter of this name, for `addPoint`; made when there is none. */
  counter({ process, name, unit, limit }: CounterInit): number {
    const id = `${process} ${name}`;
    let number = this.counterNumbers.get(id);
    if (number === undefined) {
      const about = { process, name, unit, limit: limit ?? null };
      number = this.counters.push({ about, points: new Table(counterShape) }) - 1;
      this.counterNumbers.set(id, number);
    }
    const known = this.counters[number];
    if (known && limit !== undefined) known.about = { ...known.about, limit };
    return number;
  }

  /** A point between others goes to its place. */
  addPoint(counter: number, time: Ns, value: number): void {
    const points = this.counters[counter]?.points;
    if (!points) return;
    if (points.length >= mostPoints) halve(points);
    points.insert(upperBound(points.columns.time, time, 0, points.length), { time, value });
  }

  /** `name` and `text` are numbers of strings; `process` -1: of the whole run. */
  addMark(mark: { atNs: Ns; process: number; level: MarkLevel; name: number; text: number }): void {
    const { atNs: time, process, name, text } = mark;
    const place = upperBound(this.marks.columns.time, time, 0, this.marks.length);
    this.marks.insert(place, { time, process, level: markLevels.indexOf(mark.level), name, text });
  }

  /** Returns its number for `updatePlan`. */
  addPlan(plan: PlanInfo): number {
    return this.plans.push(plan) - 1;
  }

  updatePlan(number: number, plan: PlanInfo): void {
    if (number in this.plans) this.plans[number] = plan;
  }

  addFact(fact: EngineFact): void {
    this.facts.push(fact);
  }

  /** Shares memory with these tables: true until the next change. */
  view(): Told {
    return this.told(points => points.view(), this.marks.view());
  }

  copy(): Told {
    return this.told(points => points.copy(), this.marks.copy());
  }

  private told(
    pointsOf: (points: Counter['points']) => Pick<CounterTrack, 'length' | 'time' | 'value'>,
    marks: MarkColumns,
  ): Told {
    const counters = this.counters.map(({ about, points }) => ({ ...about, ...pointsOf(points) }));
    return { counters, marks, plans: [...this.plans], facts: [...this.facts] };
  }
}

function halve(points: Table<typeof counterShape>): void {
  const { time, value } = points.columns;
  const half = points.length >> 1;
  for (let i = 0; i < half; i++) {
    const larger = (value[2 * i] ?? 0) >= (value[2 * i + 1] ?? 0) ? 2 * i : 2 * i + 1;
    time[i] = time[larger] ?? 0;
    value[i] = value[larger] ?? 0;
  }
  points.length = half;
}
