import { formatBytes } from '../base/bytes.ts';
import { countText } from '../base/counts.ts';
import type { Trace } from '../trace/model.ts';
import type { Insight } from './insight.ts';
import { heaviest, megabyte, placeOf, shareOfRun, sparkFacts } from './spark.ts';

const minFiles = 200;
const smallBytes = megabyte;
const minShare = 0.05;

/** RIP140: data in many small files, each of which has to be found, opened and closed. */
export function sparkSmallFiles(trace: Trace): Insight | null {
  return heaviest(
    sparkFacts(trace, 'query').flatMap(query => {
      const [files, bytes] = [query.numberOrNull('filesRead'), query.numberOrNull('filesBytes')];
      const share = shareOfRun(trace, query.number('wallMs'));
      if (files === null || bytes === null || files < minFiles || bytes / files > smallBytes || share < minShare)
        return [];
      return {
        code: 'RIP140',
        severity: 'hint',
        title: `${query.text('title')} read ${countText(files)} files of ${formatBytes(bytes / files)} on average.`,
        advice:
          'Write fewer and larger files (coalesce or repartition before write, 128 MB or more each): every file costs time to list, open and close.',
        ...placeOf(trace, query),
        weight: share / 3,
        evidence: { query: query.number('query'), files, bytes, wallMs: query.number('wallMs') },
      };
    }),
  );
}
