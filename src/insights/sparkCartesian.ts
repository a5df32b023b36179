import { countText } from '../base/counts.ts';
import type { Trace } from '../trace/model.ts';
import type { Insight } from './insight.ts';
import { heaviest, placeOf, shareOfRun, sparkFacts } from './spark.ts';

const minRows = 1_000_000;
const minShare = 0.05;

/** RIP139: a join that compared every row of one side with every row of the other, many times. */
export function sparkCartesian(trace: Trace): Insight | null {
  return heaviest(
    sparkFacts(trace, 'query').flatMap(query => {
      const node = query.text('cartesian') || query.text('nestedLoop');
      const [rows, share] = [query.number('joinRows'), shareOfRun(trace, query.number('wallMs'))];
      if (node === '' || rows < minRows || share < minShare) return [];
      return {
        code: 'RIP139',
        severity: 'problem',
        title: `${query.text('title')} joined every row with every row, and made ${countText(rows)} rows that way.`,
        advice:
          'Join on columns that are equal (join(other, "key")), or keep the condition but add an equality that narrows it down; look at what crossJoin or a missing condition does here.',
        ...placeOf(trace, query),
        weight: share,
        evidence: { query: query.number('query'), rows, node: node.slice(0, 200), wallMs: query.number('wallMs') },
      };
    }),
  );
}
