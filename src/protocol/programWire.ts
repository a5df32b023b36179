import type { Clusters } from '../run/clusters.ts';

/**
 * The wire between Node and src/python/program: one JSON file in, JSON files out, all in the run's folder.
 *
 *   <runDir>/spec.json      what to run (this file's ProgramSpec), written before the interpreter starts
 *   <runDir>/clusters.json  the spec's clusters with their secrets, when they have any: read and deleted before the first statement
 *   <runDir>/trace/*.ev     the tracer's files (tracerWire.ts)
 *   <runDir>/program.json   what runs (ProgramResult), written before the first statement runs
 *   <runDir>/displays/N.json  rich values of cells (DisplayRecord), N from 0; each is complete before stdout names it
 *   <runDir>/result.json    how it ended (RunnerResult), written when the program ends in an orderly way
 *
 * `python <src/python>/run.py spec.json` runs the program; `… run.py --show spec.json` prints ProgramResult to stdout and runs nothing;
 * `… run.py --serve` is the warm helper: it answers HelperRequests, one JSON line each, with HelperReplies, and never runs anything.
 */
export const programWireVersion = 2;

export interface ProgramSpec {
  version: number;
  runDir: string;
  units: ProgramUnit[];
  /** 1-based inclusive lines; null = everything, as `python file.py` would. */
  selection: { unit: number; startLine: number; endLine: number }[] | null;
  argv: string[];
  trace: boolean;
  /** What becomes of the value of a cell's last expression; null: nothing, as in a file. */
  display: DisplaySpec | null;
  /** Nothing secret is in here. In Python: `tracer.engines.settings.clusters` of the first process. */
  clusters: Clusters;
}

export interface ProgramUnit {
  file: string;
  source: string | null;
  /** A notebook cell, a fence of a Markdown file: IPython's additions to Python are understood. A `# %%` cell is part of a file. */
  cell: boolean;
}

/**
 * `text`: its repr is printed. `rich`: what has more than a repr (HTML, PNG, SVG) is written as a DisplayRecord, and stdout gets the
 * marker `ESC ] RunInParallel ; <token> ; <N> BEL` in its place, which the reader takes out again. `firstRows` as in RunRequest.
 */
export type DisplaySpec = { kind: 'text' } | { kind: 'rich'; token: string; firstRows: number[] };

export interface DisplayRecord {
  version: number;
  /** By MIME type: `text/plain`, `text/html`, `image/svg+xml` as text; `image/png`, `image/jpeg` in base 64; a frame as frameValue.ts says. */
  data: Record<string, string>;
}

export interface ProgramResult {
  version: number;
  /** The statements that run, in order; a syntax error leaves this empty. */
  statements: ProgramStatement[];
  /** Sentences about what was left out or assumed. */
  notes: string[];
  /** `!pip install …` and `%pip install …` of the selected cells: not run, but offered. */
  installs: { unit: number; line: number; packages: string[] }[];
  error: RunnerError | null;
}

export interface ProgramStatement {
  unit: number;
  startLine: number;
  endLine: number;
  source: string;
  selected: boolean;
  /** Why it is needed: `defines urls (needed in line 12)`. */
  reason: string;
}

export interface RunnerResult {
  version: number;
  /** The uncaught exception; null when the program ended well or by SystemExit. */
  error: RunnerError | null;
  /** How long the top-level statements took that ran to their end, in order; a statement that raised is in here too. */
  times: StatementTime[];
}

/** 1-based lines of a unit. `ms` is wall-clock time. */
export interface StatementTime {
  unit: number;
  startLine: number;
  endLine: number;
  ms: number;
}

export interface RunnerError {
  type: string;
  message: string;
  /** Innermost line of the user's own code; null when there is none. */
  file: string | null;
  line: number | null;
  column: number | null;
  /** ModuleNotFoundError only. */
  module: string | null;
}

/** What the warm helper can be asked. Units that it has seen before are not parsed again. */
export type HelperRequest =
  | { id: number; method: 'program'; units: ProgramUnit[]; selection: ProgramSpec['selection'] }
  /** For each unit: which earlier units hold statements that it needs. */
  | { id: number; method: 'dependencies'; units: ProgramUnit[] };

export type HelperReply =
  | { id: number; ok: true; result: ProgramResult | UnitDependencies }
  | { id: number; ok: false; message: string };

export interface UnitDependencies {
  units: {
    /** Units of which statements are needed that do work; ascending. Imports, definitions and constants alone do not count. */
    waitsFor: number[];
    /** All units of which statements are needed; ascending. */
    needs: number[];
    /** False: nothing in it can run (empty, not Python). */
    runs: boolean;
  }[];
}
