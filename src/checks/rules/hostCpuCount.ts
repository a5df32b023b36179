import type { Call, Expression } from '../../snippet/syntax/ast.ts';
import { only } from '../../snippet/syntax/scopes.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import { callsIn } from '../calls.ts';
import type { Finding, Fix, Rule } from '../check.ts';
import { concurrencyOf, executors, type Made, pools, workersGiven } from '../concurrency.ts';

const counts = new Set(['os.cpu_count', 'multiprocessing.cpu_count', 'psutil.cpu_count']);

export const hostCpuCount: Rule = {
  code: 'RIP209',
  title: 'Workers for every CPU of the machine',
  severity: 'hint',
  check: file => concurrencyOf(file).made.flatMap(made => findingOf(file, made) ?? []),
};

function findingOf(file: SourceFile, made: Made): Finding | null {
  if (!executors.has(made.type) && !pools.has(made.type)) return null;
  const given = workersGiven(made);
  const count = given ? countIn(file, given) : null;
  if (!given || !count) return null;
  return {
    start: given.start,
    end: given.end,
    message: `${file.textOf(count)} counts the CPUs of the machine, not those that this process may use: in a container or a batch job these can be fewer. Use len(os.sched_getaffinity(0)) on Linux, or os.process_cpu_count() from Python 3.13.`,
    fixes: given === count ? fixesOf(file, made) : [],
  };
}

/** The call that counts, in a number of workers or in what its name was bound to. */
function countIn(file: SourceFile, given: Expression): Call | null {
  const found = callsIn(given).find(({ func }) => counts.has(file.qualifiedName(func) ?? ''));
  if (found) return found;
  if (given.kind !== 'Name') return null;
  const binding = only(file.reachingBindings(given));
  const value = binding?.kind === 'assign' ? binding.value : null;
  return value && value.kind !== 'Name' ? countIn(file, value) : null;
}

/** The default of pools and of ProcessPoolExecutor is the same number, and from Python 3.13 the right one. */
function fixesOf(file: SourceFile, { call, type }: Made): Fix[] {
  const isOnly = call.args.length + call.keywords.length === 1;
  const isDefault = pools.has(type) || type === 'concurrent.futures.ProcessPoolExecutor';
  const text = file.text.slice(call.func.end, call.end);
  if (!isOnly || !isDefault || /[#\n]/.test(text)) return [];
  return [
    { title: 'Leave the number to the default', edits: [{ start: call.func.end, end: call.end, newText: '()' }] },
  ];
}
