import type { Rule } from './check.ts';

/** Every rule, in the order of their codes. */
export const allRules: readonly Rule[] = [];
