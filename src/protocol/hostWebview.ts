import type { Remedy, UserError } from '../base/errors.ts';
import type { Ns } from '../base/time.ts';
import type { ProgramError, RunPhase, RunStatus } from '../run/request.ts';
import type { OutputChunk } from './hostWorker.ts';
import type { TraceQueries } from './query.ts';

/**
 * The wire between the extension host and the panel. The webview pulls: it may be hidden (VS Code drops messages then), thrown away
 * and made anew at any time, and asks again for whatever it needs. Pushes only say that something changed.
 */
export const hostWebviewVersion = 1;

/** Webview → host. Every request gets exactly one reply with its id. */
export type WebviewRequest =
  | { kind: 'request'; id: number; method: 'getRuns'; params: Record<string, never> }
  | { kind: 'request'; id: number; method: 'getOutput'; params: { runId: string; from: number } }
  | {
      [M in keyof TraceQueries]: {
        kind: 'request';
        id: number;
        method: M;
        params: TraceQueries[M]['params'] & { runId: string };
      };
    }[keyof TraceQueries];

/** Webview → host, without an answer. The set is closed. */
export type WebviewAction =
  | { kind: 'ready'; version: number }
  | { kind: 'stop'; runId: string }
  | { kind: 'stopAll' }
  | { kind: 'rerun'; runId: string }
  /** Runs it again and computes the first rows of one of its lazy frames, by its number (FrameValue.lazy). */
  | { kind: 'showFirstRows'; runId: string; number: number }
  | { kind: 'remove'; runId: string }
  | { kind: 'reveal'; file: string; line: number }
  /** Puts a text into the clipboard, which a page over plain http has none of. */
  | { kind: 'copy'; text: string }
  | { kind: 'remedy'; runId: string; remedy: Remedy }
  /** Installs the packages that the program's `%pip` lines name, in a terminal. */
  | { kind: 'install'; runId: string }
  | { kind: 'showProgram'; runId: string }
  | { kind: 'openLog'; runId: string }
  | { kind: 'saveTrace'; runId: string };

export type WebviewToHost = WebviewRequest | WebviewAction;

export type HostToWebview =
  | { kind: 'reply'; id: number; ok: true; result: unknown }
  | { kind: 'reply'; id: number; ok: false; message: string }
  /** Ask getRuns again; the runs named have new trace data or output too. */
  | { kind: 'changed'; runIds: string[] };

export interface RequestResults extends Record<keyof TraceQueries, unknown> {
  getRuns: { runs: RunView[] };
  getOutput: OutputPage;
  getOverview: TraceQueries['getOverview']['result'];
  getWindow: TraceQueries['getWindow']['result'];
  getTotals: TraceQueries['getTotals']['result'];
  getTasks: TraceQueries['getTasks']['result'];
  getDetail: TraceQueries['getDetail']['result'];
  getCounters: TraceQueries['getCounters']['result'];
  getPlans: TraceQueries['getPlans']['result'];
}

/** One section of the panel. Newest batch first; within a batch in the order of the selections. */
export interface RunView {
  runId: string;
  title: string;
  /** The cluster that was chosen and that its program uses: `Dask tcp://10.0.0.5:8786`; '' = none. */
  where: string;
  /** How far Dask or Spark has come: `Spark stage 3: 120/200 tasks`; '' = neither computes. */
  progress: string;
  phase: RunPhase;
  /** null until it ended. */
  status: RunStatus | null;
  /** 1 = next; null when not queued. */
  queuePosition: number | null;
  /** Goes up whenever its trace has something new. */
  revision: number;
  /** Goes up whenever its output has something new. */
  outputRevision: number;
  durationNs: Ns;
  exitCode: number | null;
  signal: string | null;
  programError: ProgramError | null;
  userError: UserError | null;
  /** How many values (figures, tables) are among the output. */
  valueCount: number;
  /** What its section shows first. */
  opensWith: 'timeline' | 'output';
  /** What was left out of the program or assumed about it, as sentences. */
  notes: string[];
  /** Packages that `%pip install` lines of the selection name; a button offers to install them. */
  packages: string[];
  /** False for a trace that was opened from a file. */
  canRunAgain: boolean;
  /** What helps a program that ended for want of a package, in the order to offer it. */
  remedies: Remedy[];
  /** True when the program is known, so that it can be shown. */
  hasProgram: boolean;
  /** True when overview, windows and the rest can be asked for. */
  hasTrace: boolean;
  /** Where it was started from, for `reveal`. */
  file: string;
  line: number;
}

export interface OutputPage {
  chunks: OutputChunk[];
  /** Give this as `from` to get only what is new. */
  next: number;
  /** True: what was before these chunks is no longer in memory; the log has it. */
  truncated: boolean;
  hasLog: boolean;
}
