import type { Action } from './callSite.ts';
import type { PlanNode, QueryStart, SparkEvent, StageInfo } from './events.ts';
import type { SparkContext } from './sparkContext.ts';

type Part = { title: string; text: string };

interface Query {
  title: string;
  action: Action | null;
  atMs: number;
  parts: Part[];
  changes: number;
  nodes: PlanNode[];
  /** Names of the driver's own figures, such as `number of files read`. */
  names: Map<number, string>;
  figures: Map<string, number>;
}

/** Of an adaptive query the plans between the first and the last that are kept. */
const mostChanges = 6;
const longestPlan = 40_000;
/** Joins that compare every row of one side with every row of the other. */
const comparesAll = /^(CartesianProduct|BroadcastNestedLoopJoin)$/;
const broadcast = 'bytes broadcast';
const joinRows = 'rows of joins that compare all';

/** The physical plans of SQL queries, as they were made and as they were adapted; and what of them rules reason about. */
export class Queries {
  private readonly context: SparkContext;
  private readonly queries = new Map<number, Query>();
  private broadcastBytes = 0;
  private toldBytes = 0;

  constructor(context: SparkContext) {
    this.context = context;
  }

  started({ query, atMs, plan, nodes }: QueryStart, about: { title: string; action: Action | null }): void {
    const parts = plan === '' ? [] : [{ title: 'Physical plan', text: cut(plan) }];
    const begun = { ...about, atMs, parts, changes: 0, nodes, names: new Map(), figures: new Map() };
    this.queries.set(query, begun);
    this.learnNames(begun, nodes);
    this.tell(query, begun);
  }

  /** Its first job told where it comes from. */
  named(query: number, about: { title: string; action: Action | null }): void {
    const known = this.queries.get(query);
    if (!known) return;
    Object.assign(known, about);
    this.tell(query, known);
  }

  adapted({ query, plan, nodes }: Extract<SparkEvent, { kind: 'queryPlan' }>): void {
    const known = this.queries.get(query);
    if (!known) return;
    known.changes++;
    known.nodes = nodes;
    this.learnNames(known, nodes);
    if (plan === '') return;
    const [first, ...changes] = known.parts;
    const kept = [...changes, { title: `After adaptive change ${known.changes}`, text: cut(plan) }].slice(-mostChanges);
    known.parts = first ? [first, ...kept] : kept;
    this.tell(query, known);
  }

  figures({ query, figures }: Extract<SparkEvent, { kind: 'driverFigures' }>): void {
    const known = this.queries.get(query);
    for (const [accumulator, value] of figures) this.add(known, accumulator, value);
  }

  /** A stage of a query ended: what it adds to the figures of the plan's nodes. */
  stageEnded(query: number, { sums }: StageInfo): void {
    const known = this.queries.get(query);
    for (const [accumulator, value] of sums) this.add(known, accumulator, value);
  }

  ended(query: number, atMs: number): void {
    const known = this.queries.get(query);
    if (!known) return;
    this.queries.delete(query);
    this.countBroadcast(atMs);
    this.context.emit({
      ...{ kind: 'fact', engine: 'spark', name: 'query', atNs: this.context.clock(known.atMs) },
      ...{ file: known.action?.file ?? null, line: known.action?.line ?? null },
      values: { query, title: known.title, wallMs: Math.max(0, atMs - known.atMs), ...nodeFacts(known) },
    });
  }

  private add(query: Query | undefined, accumulator: number, value: number): void {
    const name = query?.names.get(accumulator);
    if (query && name !== undefined) query.figures.set(name, (query.figures.get(name) ?? 0) + value);
    if (query && name === broadcast) this.broadcastBytes += value;
  }

  /** What all queries sent to every executor. The driver's figures have no time of their own: they belong to the end of their query. */
  private countBroadcast(atMs: number): void {
    if (this.broadcastBytes === this.toldBytes) return;
    this.toldBytes = this.broadcastBytes;
    const { id: process, clock } = this.context;
    const point = { name: 'broadcast', unit: 'bytes', value: this.broadcastBytes } as const;
    this.context.emit({ kind: 'counter', process, atNs: clock(atMs), ...point });
  }

  private learnNames(query: Query, nodes: PlanNode[]): void {
    for (const node of nodes) {
      for (const { name, accumulator } of node.metrics) {
        if (/files read/.test(name)) query.names.set(accumulator, name);
        if (node.name === 'BroadcastExchange' && name === 'data size') query.names.set(accumulator, broadcast);
        if (comparesAll.test(node.name) && name === 'number of output rows') query.names.set(accumulator, joinRows);
      }
    }
  }

  private tell(query: number, { title, action, atMs, parts }: Query): void {
    this.context.emit({
      ...{
        kind: 'plan',
        id: `${this.context.id}/query ${query}`,
        engine: 'spark',
        title,
        atNs: this.context.clock(atMs),
        parts,
      },
      ...{ file: action?.file ?? null, line: action?.line ?? null },
    });
  }
}

/** What of the last plan is worth knowing. */
function nodeFacts({ nodes, changes, figures }: Query): Record<string, string | number | null> {
  const named = (pattern: RegExp) => nodes.filter(node => pattern.test(node.name));
  const [python] = named(/^(Batch|Arrow)EvalPython$/);
  const cartesian = named(/^CartesianProduct$/)[0] ?? null;
  const nested = named(/^BroadcastNestedLoopJoin$/)[0] ?? null;
  return {
    adaptiveChanges: changes,
    exchanges: named(/^Exchange$/).length,
    coalesced: nodes.filter(
      node => /^AQEShuffleRead|^CustomShuffleReader/.test(node.name) && node.text.includes('coalesced'),
    ).length,
    cartesian: cartesian?.text ?? null,
    nestedLoop: nested?.text ?? null,
    pythonNode: python?.name ?? null,
    pythonFunctions: python ? functionsOf(python.text) : null,
    joinRows: figures.get(joinRows) ?? null,
    broadcastBytes: figures.get(broadcast) ?? null,
    filesRead: figures.get('number of files read') ?? null,
    filesBytes: figures.get('size of files read') ?? null,
    cachedScans: named(/^InMemoryTableScan$/).length,
  };
}

/** `BatchEvalPython [grow(cast(id#0L as double))#10], [pythonUDF0#16]` → `grow`: the outermost calls in the first brackets. */
function functionsOf(text: string): string {
  const names = new Set<string>();
  let depth = 0;
  let word = '';
  for (const letter of text.slice(text.indexOf('[') + 1)) {
    if (depth === 0 && letter === ']') break;
    if (letter === '(' && depth++ === 0 && word !== '') names.add(word);
    if (letter === ')') depth--;
    word = /[\w<>.]/.test(letter) ? word + letter : '';
  }
  return [...names].slice(0, 5).join(', ');
}

function cut(text: string): string {
  return text.length > longestPlan ? `${text.slice(0, longestPlan)}\n…` : text.trimEnd();
}
