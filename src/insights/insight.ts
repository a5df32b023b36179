import type { Ns } from '../base/time.ts';
import type { Trace } from '../trace/model.ts';

/** A found problem, or a finding that explains the run. */
export interface Insight {
  /** Stable: `RIP101`. */
  code: string;
  severity: 'problem' | 'hint';
  /** One sentence: the headline of the run when it is the best one. */
  title: string;
  /** What to do, in one or two sentences. */
  advice: string;
  file: string | null;
  line: number | null;
  /** 0…1: share of the run's time that it explains; the best insight is the one that explains most. */
  weight: number;
  /** Numbers and ids that prove it; times in ms. */
  evidence: Record<string, number | string | number[]>;
  /** What to mark in the timeline; null = nothing in particular. */
  highlight: { threads: number[]; startNs: Ns; endNs: Ns } | null;
}

/** A rule is right or silent: null when there is nothing to say or no way to tell. */
export type Rule = (trace: Trace) => Insight | null;
