import type { Rewrite } from './check.ts';

/** Every rewrite, in the order in which they are offered. */
export const allRewrites: readonly Rewrite[] = [];
