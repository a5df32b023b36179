import { counted } from '../base/counts.ts';
import type { EngineFact, Trace } from '../trace/model.ts';
import { daskTasks } from './daskComputations.ts';
import type { Insight } from './insight.ts';

/** Where nothing ran at all, this is what explains the run. */
const weightAlone = 0.9;
const weightBeside = 0.2;

/** RIP122: a lazy value of Dask that was made and from which nothing was computed; what `%%time` then measured. */
export function daskNeverComputed(trace: Trace): Insight | null {
  const facts = trace.facts.filter(({ engine, name }) => engine === 'dask' && name === 'neverComputed');
  const last = facts.at(-1);
  if (!last) return null;
  const ranNothing = daskTasks(trace).length === 0;
  return {
    code: 'RIP122',
    severity: 'hint',
    title: ranNothing ? titleAlone(last) : titleBeside(last, facts.length),
    advice: `Call ${callOf(last)} where the result is needed, or remove it: until then Dask only remembers what it would do.`,
    file: last.file,
    line: last.line,
    weight: ranNothing ? weightAlone : weightBeside,
    evidence: {
      neverComputed: facts.length,
      tasksRun: daskTasks(trace).length,
      lines: facts.flatMap(({ line }) => line ?? []),
      ...numbersOf(last),
    },
    highlight: null,
  };
}

/** `total`, or what it is where it has no name. */
function subjectOf({ values }: EngineFact): string {
  return typeof values.variable === 'string' ? `\`${values.variable}\`` : 'this value';
}

function callOf({ values }: EngineFact): string {
  return typeof values.variable === 'string' ? `\`${values.variable}.compute()\`` : '`compute()`';
}

function titleAlone(fact: EngineFact): string {
  const { timed } = fact.values;
  const measured = typeof timed === 'string' ? `: what \`${timed}\` tells is the time of planning` : '';
  return `Dask only planned here: ${builtOf(fact)}, and none of it ran${measured}.`;
}

function titleBeside(fact: EngineFact, count: number): string {
  const others = count > 1 ? ` (and ${count - 1} more such ${count === 2 ? 'value' : 'values'})` : '';
  const { variable, type } = fact.values;
  const subject = typeof variable === 'string' ? subjectOf(fact) : `A ${type ?? 'Dask value'} without a name`;
  return `${subject} was planned and never computed: ${builtOf(fact)}, and none of it ran${others}.`;
}

/** How much was built: tasks where they can be counted without making them, otherwise the steps of the plan. */
function builtOf({ values }: EngineFact): string {
  const { tasks, steps } = values;
  if (typeof tasks === 'number') return `${counted(tasks, 'task')} ${tasks === 1 ? 'was' : 'were'} built`;
  return steps === 1 ? 'a plan of 1 step was built' : `a plan of ${steps ?? 'some'} steps was built`;
}

function numbersOf({ values }: EngineFact): Record<string, number> {
  const { tasks, steps, partitions } = values;
  return Object.fromEntries(
    Object.entries({ tasks, steps, partitions }).flatMap(([name, value]) =>
      typeof value === 'number' ? [[name, value] as const] : [],
    ),
  );
}
