import { messageOf } from '../base/errors.ts';
import type { Trace } from '../trace/model.ts';
import { gilBoundThreads } from './gilBoundThreads.ts';
import { idleWorkers } from './idleWorkers.ts';
import type { Insight, Rule } from './insight.ts';
import { queuedTasks } from './queuedTasks.ts';
import { scarceCpus } from './scarceCpus.ts';

const allRules: Record<string, Rule> = {
  RIP101: gilBoundThreads,
  RIP102: scarceCpus,
  RIP103: idleWorkers,
  RIP104: queuedTasks,
};

/**
 * What explains this run, best first.
 *
 * @param warn hears of rules that failed: our bug, which must not cost the user the other findings
 * @param rules for tests
 */
export function findInsights(trace: Trace, warn: (text: string) => void = () => {}, rules = allRules): Insight[] {
  const found: Insight[] = [];
  for (const [code, rule] of Object.entries(rules)) {
    try {
      const insight = rule(trace);
      if (insight) found.push(insight);
    } catch (thrown) {
      warn(`The rule ${code} failed and was left out: ${messageOf(thrown)}`);
    }
  }
  return found.sort((a, b) => b.weight - a.weight);
}
