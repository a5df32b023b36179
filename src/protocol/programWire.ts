/**
 * The wire between worker/ and src/python/program: one JSON file in, JSON files out, all in the run's folder.
 *
 *   <runDir>/spec.json      what to run (this file's ProgramSpec), written before the interpreter starts
 *   <runDir>/trace/*.ev     the tracer's files (tracerWire.ts)
 *   <runDir>/program.json   what runs (ProgramResult), written before the first statement runs
 *   <runDir>/result.json    how it ended (RunnerResult), written when the program ends in an orderly way
 *
 * `python <src/python>/run.py spec.json` runs the program; `… run.py --show spec.json` prints ProgramResult to stdout and runs nothing.
 */
export const programWireVersion = 1;

export interface ProgramSpec {
  version: number;
  runDir: string;
  units: { file: string; source: string | null }[];
  /** 1-based inclusive lines; null = everything, as `python file.py` would. */
  selection: { unit: number; startLine: number; endLine: number }[] | null;
  argv: string[];
  trace: boolean;
}

export interface ProgramResult {
  version: number;
  /** The statements that run, in order; a syntax error leaves this empty. */
  statements: { unit: number; startLine: number; endLine: number; source: string; selected: boolean; reason: string }[];
  /** Sentences about what was left out or assumed. */
  notes: string[];
  error: RunnerError | null;
}

export interface RunnerResult {
  version: number;
  /** The uncaught exception; null when the program ended well or by SystemExit. */
  error: RunnerError | null;
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
