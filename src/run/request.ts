import type { Snippet } from '../snippet/snippet.ts';
import type { ClusterSecrets, Clusters } from './clusters.ts';

/** How to start Python: conda and pyenv may need arguments before ours. */
export interface Interpreter {
  command: string;
  args: string[];
  /** Where it was found, for messages: `setting runInParallel.pythonPath`, `workspace .venv`… */
  source: string;
}

/** One snippet to run in one interpreter process. Plain data: it crosses threads. */
export interface RunRequest {
  runId: string;
  snippet: Snippet;
  interpreter: Interpreter;
  cwd: string;
  /** `sys.argv[1:]` of the program. */
  argv: string[];
  /** Added to the environment that the interpreter inherits. */
  env: Record<string, string>;
  limits: RunLimits;
  /** The clusters that were chosen for what the program may use. */
  clusters: Clusters;
  /** Never to be shown, logged or saved. */
  clusterSecrets: ClusterSecrets;
  /** What values of cells are shown as: `text` where there is nothing but a terminal. */
  display: 'text' | 'rich';
  /** Which of the lazy frames that the run shows are computed for their first rows: numbers from 0, in the order in which they are shown. */
  firstRows: number[];
}

export interface RunLimits {
  /** null = no limit. */
  timeoutMs: number | null;
  /** More processes than this at once and the run is stopped: a fork bomb must not take the machine down. */
  maxProcesses: number;
  /** Output kept in memory per stream; all of it is in the log file. */
  outputBytesInMemory: number;
  /** Wanted reading rate of the thread states; the sampler goes slower when that would cost too much. */
  samplingHz: number;
}

export const defaultLimits: RunLimits = {
  timeoutMs: null,
  maxProcesses: 512,
  outputBytesInMemory: 4 * 1024 * 1024,
  samplingHz: 400,
};

/** How a run ended. `killed`: by something other than us (a signal, the kernel's out-of-memory killer) or by the process limit. */
export type RunStatus = 'ok' | 'failed' | 'timeout' | 'cancelled' | 'killed';

/** Where a run is now. */
export type RunPhase = 'queued' | 'starting' | 'running' | 'stopping' | 'ended';

export interface ProgramError {
  /** The exception's class name, e.g. `ModuleNotFoundError`. */
  type: string;
  message: string;
  file: string | null;
  line: number | null;
  /** Only for ModuleNotFoundError: the module that is missing. */
  module: string | null;
  /** A sentence of ours on what to do; empty when Python's own words are enough. */
  advice: string;
}
