import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { assert } from '../../../../src/base/assert.ts';
import type { Trace } from '../../../../src/trace/model.ts';
import { SparkLogImport } from '../../../../src/trace/spark/importLog.ts';

const folder = join(import.meta.dirname, '../../../fixtures/spark');

/** Lines of a log that a real Spark wrote, shortened. */
export function fixtureLines(name: string): string[] {
  return readFileSync(join(folder, name), 'utf8').trimEnd().split('\n');
}

/** The trace of these lines; throws when they aren't one. */
export function traceOfLines(lines: readonly string[]): Trace {
  const reading = new SparkLogImport('a log');
  for (const line of lines) reading.line(line);
  const trace = reading.finish({ isCut: false, lacksBeginning: false });
  assert(trace.ok, trace.ok ? '' : trace.error.message);
  return trace.value;
}

export interface ReadTask {
  key: string;
  name: string;
  status: string;
  track: string;
  submitMs: number;
  startMs: number;
  endMs: number;
  bytes: number;
  submitFile: string;
  submitLine: number;
}

/** Spans of the tracks with this name, by start. */
export function spansOf(trace: Trace, track: string): { name: string; startMs: number; endMs: number; line: number }[] {
  return trace.threads
    .filter(thread => thread.name === track)
    .flatMap(({ spans }) =>
      Array.from({ length: spans.length }, (_, i) => ({
        name: trace.strings[spans.name[i] ?? 0] ?? '',
        startMs: (spans.start[i] ?? 0) / 1e6,
        endMs: (spans.end[i] ?? 0) / 1e6,
        line: spans.line[i] ?? 0,
      })),
    );
}
