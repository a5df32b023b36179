// Checks the files that it is given, in a thread of a piscina pool: see corpus.test.ts.
import { readFileSync } from 'node:fs';
import { allRules } from '../../../src/checks/allRules.ts';
import { diagnose } from '../../../src/checks/diagnose.ts';
import { SourceFile } from '../../../src/snippet/syntax/sourceFile.ts';
import { pythonParser } from '../../unit/checks/fixtures.ts';

export interface Figures {
  files: number;
  lines: number;
  faults: string[];
  /** `code severity` of each finding. */
  found: string[];
  warnings: string[];
}

const parser = await pythonParser();

export default function check(paths: readonly string[]): Figures {
  const figures: Figures = { files: 0, lines: 0, faults: [], found: [], warnings: [] };
  for (const path of paths) {
    // Not all of them are UTF-8, some are no Python at all: that is the point.
    const text = readFileSync(path, 'utf8');
    const parsed = parser.open(text);
    const file = new SourceFile({ kind: 'script', text, module: parsed.module });
    figures.files += 1;
    figures.lines += file.lineOf(text.length) + 1;
    for (const { code, severity, start, message } of diagnose(file, allRules, {}, (rule, error) =>
      figures.faults.push(`${path}: ${rule}: ${error}`),
    )) {
      figures.found.push(`${code} ${severity}`);
      if (severity === 'warning') figures.warnings.push(`${path}:${file.lineOf(start) + 1}: ${code} ${message}`);
    }
    parsed.dispose();
  }
  return figures;
}
