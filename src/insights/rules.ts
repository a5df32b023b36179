import { messageOf } from '../base/errors.ts';
import type { Trace } from '../trace/model.ts';
import { applyOverRows } from './applyOverRows.ts';
import { bigGraph } from './bigGraph.ts';
import { concatInLoop } from './concatInLoop.ts';
import { daskChunks } from './daskChunks.ts';
import { daskFewPartitions } from './daskFewPartitions.ts';
import { daskGil } from './daskGil.ts';
import { daskNeverComputed } from './daskNeverComputed.ts';
import { daskRepeatedTasks } from './daskRepeatedTasks.ts';
import { daskTinyTasks } from './daskTinyTasks.ts';
import { doubledMemory } from './doubledMemory.ts';
import { gilBoundOperations } from './gilBoundOperations.ts';
import { gilBoundThreads } from './gilBoundThreads.ts';
import { idleWorkers } from './idleWorkers.ts';
import type { Insight, Rule } from './insight.ts';
import { lostWorkers } from './lostWorkers.ts';
import { objectColumns } from './objectColumns.ts';
import { queuedTasks } from './queuedTasks.ts';
import { scarceCpus } from './scarceCpus.ts';
import { scarceMemory } from './scarceMemory.ts';
import { sparkCartesian } from './sparkCartesian.ts';
import { sparkCollect } from './sparkCollect.ts';
import { sparkDriverBound } from './sparkDriverBound.ts';
import { sparkGc } from './sparkGc.ts';
import { sparkIdleCores } from './sparkIdleCores.ts';
import { sparkNeverRan } from './sparkNeverRan.ts';
import { sparkPartitions } from './sparkPartitions.ts';
import { sparkPythonUdf } from './sparkPythonUdf.ts';
import { sparkScarceCache } from './sparkScarceCache.ts';
import { sparkSkew } from './sparkSkew.ts';
import { sparkSmallFiles } from './sparkSmallFiles.ts';
import { sparkSpill } from './sparkSpill.ts';
import { sparkUnusedCache } from './sparkUnusedCache.ts';
import { sparkWithoutArrow } from './sparkWithoutArrow.ts';
import { spillingWorkers } from './spillingWorkers.ts';
import { transferTime } from './transferTime.ts';
import { unmanagedMemory } from './unmanagedMemory.ts';

const allRules: Record<string, Rule> = {
  RIP101: gilBoundThreads,
  RIP102: scarceCpus,
  RIP103: idleWorkers,
  RIP104: queuedTasks,
  RIP111: applyOverRows,
  RIP112: objectColumns,
  RIP113: gilBoundOperations,
  RIP114: doubledMemory,
  RIP115: scarceMemory,
  RIP116: concatInLoop,
  RIP117: daskChunks,
  RIP118: daskGil,
  RIP119: daskTinyTasks,
  RIP120: daskFewPartitions,
  RIP121: daskRepeatedTasks,
  RIP122: daskNeverComputed,
  RIP123: spillingWorkers,
  RIP124: unmanagedMemory,
  RIP125: bigGraph,
  RIP126: transferTime,
  RIP127: lostWorkers,
  RIP131: sparkSkew,
  RIP132: sparkPartitions,
  RIP133: sparkSpill,
  RIP134: sparkGc,
  RIP135: sparkPythonUdf,
  RIP136: sparkWithoutArrow,
  RIP137: sparkCollect,
  RIP138: sparkUnusedCache,
  RIP139: sparkCartesian,
  RIP140: sparkSmallFiles,
  RIP141: sparkDriverBound,
  RIP142: sparkIdleCores,
  RIP143: sparkNeverRan,
  RIP144: sparkScarceCache,
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
