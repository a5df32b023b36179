import type { UserError } from '../base/errors.ts';
import type { Insight } from '../insights/insight.ts';
import type { TaskWork } from '../insights/taskWork.ts';
import type { ProgramError, RunRequest, RunStatus } from '../run/request.ts';
import type { Progress } from '../trace/progress.ts';
import type { ProgramResult, StatementTime } from './programWire.ts';
import type { TraceQueries } from './query.ts';

/**
 * The wire between the host (pool/) and the pool thread that runs one snippet (worker/), over one MessagePort per run: ordered both ways.
 * The task's own promise carries the outcome; the port carries everything that happens before.
 */
export const hostWorkerVersion = 1;

/** `Port` is node:worker_threads' MessagePort; this room knows no Node. */
export interface RunTask<Port> {
  version: number;
  request: RunRequest;
  /** Where src/python lies. */
  pythonDir: string;
  /** A fresh folder for this run's files; the thread makes what it needs in it. */
  runDir: string;
  /** Transferred with the task. */
  port: Port;
}

/** From the pool thread. */
export type WorkerMessage =
  /** The interpreter runs; from now on the host can kill it if this thread dies. */
  | { kind: 'started'; pid: number; atMs: number }
  | { kind: 'output'; chunks: OutputChunk[] }
  /** Something can be seen that could not before; at most ten a second. */
  | { kind: 'changed'; changed: Changed }
  | { kind: 'stopping'; reason: StopReason }
  /** encodeTrace()'s bytes, transferred, just before the task's promise resolves: piscina itself can only transfer from its own bundle. */
  | { kind: 'trace'; bytes: ArrayBuffer }
  | { kind: 'reply'; id: number; ok: true; result: unknown }
  | { kind: 'reply'; id: number; ok: false; message: string };

/** What there is of a run's trace so far. */
export interface Changed {
  revision: number;
  processes: number;
  threads: number;
  tasks: number;
  durationNs: number;
  /** How far Dask or Spark has come; null while neither computes. */
  progress: Progress | null;
}

/** From the host. */
export type HostMessage =
  | { kind: 'stop'; reason: StopReason }
  /** Answer to `output`: so much text was taken over, as much more may come. A host that is busy gets less live text, not a longer queue. */
  | { kind: 'outputTaken'; characters: number }
  | {
      [M in keyof TraceQueries]: { kind: 'query'; id: number; method: M; params: TraceQueries[M]['params'] };
    }[keyof TraceQueries];

export type StopReason = 'cancelled' | 'timeout' | 'tooManyProcesses' | 'hostGone';

export type OutputChunk = TextChunk | DisplayChunk;

export interface TextChunk {
  stream: 'stdout' | 'stderr';
  /** Decoded as UTF-8; bytes that aren't become U+FFFD here, and stay as they are in the log file. */
  text: string;
}

/** A value that a cell shows: an image, a table. It stands where it was shown among the text. */
export interface DisplayChunk {
  stream: 'display';
  /** By MIME type, as in DisplayRecord. What is too big is left out; `text/plain` is always there. */
  data: Record<string, string>;
}

/** What the task's promise resolves to. */
export interface RunOutcome {
  status: RunStatus;
  exitCode: number | null;
  /** `SIGSEGV`… when a signal ended the interpreter. */
  signal: string | null;
  /** The program's own exception. */
  programError: ProgramError | null;
  /** A failure of the set-up or of the surroundings, in our words. */
  userError: UserError | null;
  wallMs: number;
  output: CapturedOutput;
  /** encodeTrace()'s bytes; null when not even an interpreter was started. The pool puts it in from the message `trace`. */
  trace: ArrayBuffer | null;
  /** What ran and why, by the runner's own account; null when it did not come that far. */
  program: ProgramResult | null;
  /** How long the top-level statements took. */
  times: StatementTime[];
  /** findInsights() of that trace, best first: found in the pool thread so that the host never reads a million spans. */
  insights: Insight[];
  /** What the tasks did that the selected lines submitted, found there as well; null without any. */
  taskWork: TaskWork | null;
}

export interface CapturedOutput {
  /** The first and the last part when it was cut; with a line of ours in between that says how much is missing. */
  stdout: string;
  stderr: string;
  truncated: boolean;
  stdoutBytes: number;
  stderrBytes: number;
  /** Whole output, byte for byte; null when it couldn't be written (see the outcome's userError or the trace's warnings). */
  stdoutFile: string | null;
  stderrFile: string | null;
}

/** A run of which nothing is left to tell: the base for outcomes of runs that never got going. */
export const emptyOutcome: RunOutcome = {
  status: 'cancelled',
  exitCode: null,
  signal: null,
  programError: null,
  userError: null,
  wallMs: 0,
  output: {
    stdout: '',
    stderr: '',
    truncated: false,
    stdoutBytes: 0,
    stderrBytes: 0,
    stdoutFile: null,
    stderrFile: null,
  },
  trace: null,
  program: null,
  times: [],
  insights: [],
  taskWork: null,
};
