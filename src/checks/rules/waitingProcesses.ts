import type { Expression } from '../../snippet/syntax/ast.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import type { Finding, Rule } from '../check.ts';
import { startedSeveralTimes } from '../concurrency.ts';
import { workKindOf } from '../workKind.ts';

export const waitingProcesses: Rule = {
  code: 'RIP207',
  title: 'Processes over work that waits',
  severity: 'hint',
  check: file => startedSeveralTimes(file, 'processes').flatMap(work => findingOf(file, work) ?? []),
};

function findingOf(file: SourceFile, work: Expression): Finding | null {
  if (workKindOf(file, work) !== 'io') return null;
  const name = work.kind === 'Name' || work.kind === 'Attribute' ? file.textOf(work) : 'The function';
  return {
    start: work.start,
    end: work.end,
    message: `${name} only waits, and gives the GIL away while it does: threads do that as well, without starting processes and pickling. Use a ThreadPoolExecutor.`,
  };
}
