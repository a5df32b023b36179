import type { Rule } from './check.ts';
import { applyInThreads } from './rules/applyInThreads.ts';
import { applyOverRows } from './rules/applyOverRows.ts';
import { blockingInCoroutine } from './rules/blockingInCoroutine.ts';
import { cacheUsedOnce } from './rules/cacheUsedOnce.ts';
import { checkThenAct } from './rules/checkThenAct.ts';
import { collectOfLargeFrame } from './rules/collectOfLargeFrame.ts';
import { computedTwice } from './rules/computedTwice.ts';
import { computeInLoop } from './rules/computeInLoop.ts';
import { computingThreads } from './rules/computingThreads.ts';
import { daskColumnInPandas } from './rules/daskColumnInPandas.ts';
import { daskInDelayed } from './rules/daskInDelayed.ts';
import { droppedTask } from './rules/droppedTask.ts';
import { extremePartitions } from './rules/extremePartitions.ts';
import { forkWithThreads } from './rules/forkWithThreads.ts';
import { frameInEachTask } from './rules/frameInEachTask.ts';
import { hostCpuCount } from './rules/hostCpuCount.ts';
import { idleWorkers } from './rules/idleWorkers.ts';
import { impossibleWorkers } from './rules/impossibleWorkers.ts';
import { joinWithoutCondition } from './rules/joinWithoutCondition.ts';
import { lostGather } from './rules/lostGather.ts';
import { missingMainGuard } from './rules/missingMainGuard.ts';
import { neverClosed } from './rules/neverClosed.ts';
import { neverJoined } from './rules/neverJoined.ts';
import { openedInLoop } from './rules/openedInLoop.ts';
import { oppositeLocks } from './rules/oppositeLocks.ts';
import { pandasWithoutArrow } from './rules/pandasWithoutArrow.ts';
import { processesInChunks } from './rules/processesInChunks.ts';
import { pythonUdf } from './rules/pythonUdf.ts';
import { rowsOfDaskFrame } from './rules/rowsOfDaskFrame.ts';
import { secondSparkContext } from './rules/secondSparkContext.ts';
import { shuffledIndex } from './rules/shuffledIndex.ts';
import { sparkActionInLoop } from './rules/sparkActionInLoop.ts';
import { sqlContext } from './rules/sqlContext.ts';
import { timedLazyCode } from './rules/timedLazyCode.ts';
import { unawaitedCoroutine } from './rules/unawaitedCoroutine.ts';
import { unlockedUpdate } from './rules/unlockedUpdate.ts';
import { unpicklable } from './rules/unpicklable.ts';
import { unreadResults } from './rules/unreadResults.ts';
import { unsafeRelease } from './rules/unsafeRelease.ts';
import { unusedLazyValue } from './rules/unusedLazyValue.ts';
import { waitingProcesses } from './rules/waitingProcesses.ts';
import { writeInOneTask } from './rules/writeInOneTask.ts';

/** Every rule, in the order of their codes. */
export const allRules: readonly Rule[] = [
  unreadResults,
  missingMainGuard,
  unpicklable,
  neverJoined,
  neverClosed,
  computingThreads,
  waitingProcesses,
  impossibleWorkers,
  hostCpuCount,
  idleWorkers,
  forkWithThreads,
  openedInLoop,
  unlockedUpdate,
  checkThenAct,
  unsafeRelease,
  oppositeLocks,
  blockingInCoroutine,
  unawaitedCoroutine,
  droppedTask,
  lostGather,
  unusedLazyValue,
  computeInLoop,
  computedTwice,
  rowsOfDaskFrame,
  daskColumnInPandas,
  timedLazyCode,
  applyOverRows,
  applyInThreads,
  processesInChunks,
  frameInEachTask,
  daskInDelayed,
  extremePartitions,
  shuffledIndex,
  secondSparkContext,
  sqlContext,
  collectOfLargeFrame,
  pythonUdf,
  pandasWithoutArrow,
  sparkActionInLoop,
  writeInOneTask,
  joinWithoutCondition,
  cacheUsedOnce,
];
