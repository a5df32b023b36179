import type { Rewrite } from './check.ts';
import { comprehensionToLoop, loopToComprehension } from './rewrites/comprehension.ts';
import { awaitsToGather, loopToGather } from './rewrites/gather.ts';
import { fromPoolMap, toPoolMap } from './rewrites/poolMap.ts';
import { wrapClosed } from './rewrites/withStatement.ts';

/** Every rewrite, in the order in which they are offered. */
export const allRewrites: readonly Rewrite[] = [
  toPoolMap,
  fromPoolMap,
  loopToGather,
  awaitsToGather,
  loopToComprehension,
  comprehensionToLoop,
  wrapClosed,
];
