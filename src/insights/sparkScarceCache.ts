import { countText } from '../base/counts.ts';
import type { Trace } from '../trace/model.ts';
import type { Insight } from './insight.ts';
import { heaviest, type SparkFact, sparkFacts } from './spark.ts';

const roomier =
  'Keep fewer rows and columns, unpersist what is not needed any more, or give executors more memory (spark.executor.memory; with a local master spark.driver.memory).';

/** RIP144: what was to be kept in memory had no room there. By the updates of blocks in the log; silent where it has none. */
export function sparkScarceCache(trace: Trace): Insight | null {
  return heaviest(sparkFacts(trace, 'kept').flatMap(kept => insightOf(kept) ?? []));
}

function insightOf(kept: SparkFact): Insight | null {
  const partitions = kept.number('partitions');
  const [lacking, evicted, toDisk] = [kept.number('lacking'), kept.number('evicted'), kept.number('toDisk')];
  const dropped = lacking + evicted;
  const { file, line } = kept.fact;
  if (dropped + toDisk === 0 || file === null) return null;
  const what = `${kept.text('label')} keeps more than fits into memory`;
  const of = `of its ${countText(partitions)} partitions`;
  const were = dropped === 1 ? 'was' : 'were';
  const are = dropped === 1 ? 'is' : 'are';
  return {
    code: 'RIP144',
    severity: 'problem',
    title:
      dropped > 0
        ? `${what}: ${countText(dropped)} ${of} ${were} dropped or never kept, and ${are} computed anew each time.`
        : `${what}: ${countText(toDisk)} ${of} went to disk.`,
    advice: `${roomier}${dropped > 0 ? ' What has no room goes to disk with StorageLevel.MEMORY_AND_DISK.' : ''}`,
    file,
    line,
    weight: 0.1 * Math.min(1, (dropped + toDisk) / Math.max(1, partitions)),
    evidence: {
      ...{ rdd: kept.number('rdd'), name: kept.text('name'), partitions, lacking, evicted, toDisk },
      ...{
        memoryBytes: kept.number('memory'),
        diskBytes: kept.number('disk'),
      },
    },
    highlight: null,
  };
}
