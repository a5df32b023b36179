import { formatBytes } from '../base/bytes.ts';
import type { Trace } from '../trace/model.ts';
import type { Insight } from './insight.ts';
import { at } from './measures.ts';
import { type SparkFact, sparkFacts } from './spark.ts';

/** RIP138: what was kept in memory and then used at most once. By what our tracer saw of the program, or else by the log. */
export function sparkUnusedCache(trace: Trace): Insight | null {
  return bySeen(trace) ?? byLog(trace);
}

function bySeen(trace: Trace): Insight | null {
  const cached = sparkFacts(trace, 'cached');
  const found = cached.find(each => each.number('uses') <= 1);
  if (!found) return null;
  const { file, line } = found.fact;
  const uses = found.number('uses');
  const times = uses === 0 ? 'never used' : 'used only once';
  // Which of several it is that Spark tells of isn't known.
  const kept = sparkFacts(trace, 'kept');
  const size = cached.length === 1 && kept.length === 1 && kept[0] ? sizeOf(kept[0]) : nothing;
  return {
    code: 'RIP138',
    severity: 'hint',
    title: `${found.text('operation')}${at({ file, line })} keeps data${size.text} that was ${times}.`,
    advice: 'Leave it out: keeping a frame costs memory and time, and pays only when several actions use it.',
    file,
    line,
    weight: 0.02,
    evidence: { uses, operation: found.text('operation'), ...size.evidence },
    highlight: null,
  };
}

/**
 * A log tells of stages: what only one of them had to do with was never read again. Its end must be there, and the line of the program: what
 * Spark's libraries keep for themselves is not the user's. In a run of ours the program's own calls are known, and count alone.
 */
function byLog(trace: Trace): Insight | null {
  const isWhole = trace.processes.some(process => process.name.startsWith('Spark: ') && process.endNs !== null);
  const isOurs = trace.processes.some(process => process.python !== null);
  if (!isWhole || isOurs) return null;
  const found = sparkFacts(trace, 'kept').find(kept => kept.number('stages') === 1 && kept.fact.file !== null);
  if (!found) return null;
  const { file, line } = found.fact;
  const size = sizeOf(found);
  return {
    code: 'RIP138',
    severity: 'hint',
    title: `${found.text('label')} kept data in memory${size.text} that was never read again.`,
    advice:
      'Leave out cache or persist there: keeping data costs memory and time, and pays only when it is used again.',
    file,
    line,
    weight: 0.02,
    evidence: { rdd: found.number('rdd'), name: found.text('name'), stages: 1, ...size.evidence },
    highlight: null,
  };
}

const nothing = { text: '', evidence: {} };

/** What it took at most, where the log tells. */
function sizeOf(kept: SparkFact): { text: string; evidence: Record<string, number> } {
  const [memoryBytes, diskBytes] = [kept.number('memory'), kept.number('disk')];
  if (memoryBytes + diskBytes === 0) return nothing;
  return { text: ` (${formatBytes(memoryBytes + diskBytes)})`, evidence: { memoryBytes, diskBytes } };
}
