import type { Trace } from '../trace/model.ts';
import type { Insight } from './insight.ts';
import { at } from './measures.ts';
import { sparkFacts } from './spark.ts';

const mostNamed = 3;

/** RIP143: transformations that no action ever needed. Told by our tracer, of whatever it could follow to the end of the program. */
export function sparkNeverRan(trace: Trace): Insight | null {
  const ends = sparkFacts(trace, 'neverRan').filter(each => each.number('leaf') === 1 && each.fact.file !== null);
  const [first] = ends;
  if (!first) return null;
  const named = ends.slice(0, mostNamed).map(each => `${each.text('operation')}${at(each.fact)}`);
  const more = ends.length > named.length ? ` and ${ends.length - named.length} more` : '';
  return {
    code: 'RIP143',
    severity: 'hint',
    title: `${named.join(', ')}${more} never ran: no action used ${ends.length === 1 ? 'its result' : 'their results'}.`,
    advice:
      'Spark computes only when an action such as show, count, collect or write needs it. Add one, or take the line out.',
    file: first.fact.file,
    line: first.fact.line,
    weight: 0.01,
    evidence: { count: ends.length, operations: named.join(', '), lines: ends.map(each => each.fact.line ?? 0) },
    highlight: null,
  };
}
