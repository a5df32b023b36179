import type { Expression } from '../../snippet/syntax/ast.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import type { Finding, Rule } from '../check.ts';
import { startedSeveralTimes } from '../concurrency.ts';
import { workKindOf } from '../workKind.ts';

export const computingThreads: Rule = {
  code: 'RIP206',
  title: 'Threads over work that computes',
  severity: 'hint',
  check: file => startedSeveralTimes(file, 'threads').flatMap(work => findingOf(file, work) ?? []),
};

function findingOf(file: SourceFile, work: Expression): Finding | null {
  if (workKindOf(file, work) !== 'cpu') return null;
  const name = work.kind === 'Name' ? work.id : 'The function';
  return {
    start: work.start,
    end: work.end,
    message: `${name} computes in Python: threads take turns at the GIL, so several are no faster than one. Use processes (ProcessPoolExecutor), or a free-threaded Python.`,
  };
}
