import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import { literalInteger } from '../calls.ts';
import type { Finding, Rule } from '../check.ts';
import { concurrencyOf, executors, type Made, pools, workersGiven } from '../concurrency.ts';
import { countTasks } from '../countItems.ts';
import { type Life, lifeOf } from '../lifetimes.ts';

const endings = new Set(['shutdown', 'close', 'join', 'terminate']);

export const idleWorkers: Rule = {
  code: 'RIP210',
  title: 'More workers than tasks',
  severity: 'information',
  check: file => concurrencyOf(file).made.flatMap(made => findingOf(file, made) ?? []),
};

function findingOf(file: SourceFile, made: Made): Finding | null {
  const { call, type } = made;
  if (!executors.has(type) && !pools.has(type)) return null;
  const given = workersGiven(made);
  const workers = literalInteger(given);
  if (!given || workers === null || workers < 2) return null;
  const tasks = tasksOf(file, made, lifeOf(file, call));
  if (tasks === null || tasks < 1 || tasks >= workers) return null;
  const isPool = pools.has(type);
  const things = tasks === 1 ? 'there is only one task' : `there are only ${tasks} tasks`;
  const rest = workers - tasks === 1 ? 'one never gets any' : `${workers - tasks} never get any`;
  return {
    start: given.start,
    end: given.end,
    // An executor starts its workers as tasks come, a Pool all of them at once.
    severity: isPool ? 'information' : 'hint',
    message: `Of ${workers} workers ${rest}: ${things}.${isPool ? ' A Pool starts all of them at once.' : ''}`,
    fixes: [{ title: `Use ${tasks}`, edits: [{ start: given.start, end: given.end, newText: String(tasks) }] }],
  };
}

/** How many tasks a pool gets in its life; null when not all of them are in sight. */
function tasksOf(file: SourceFile, { call }: Made, life: Life): number | null {
  // What a later cell or another module hands to it can't be seen.
  const isOpen = life.isGlobal && life.withs.length === 0;
  if (life.escapes || life.attributes.length > 0 || life.lists.length > 0 || isOpen) return null;
  const { handed } = concurrencyOf(file);
  let all = 0;
  for (const used of life.calls) {
    if (endings.has(used.method)) continue;
    const task = handed.find(each => each.call === used.call);
    const count = task ? countTasks(file, task, call) : null;
    if (count === null) return null;
    all += count;
  }
  return all;
}
