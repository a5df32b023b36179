import { type TaskTable, type Trace, taskStatuses } from './model.ts';

/** How many colours groups of tasks have; two groups may share one. */
export const hueCount = 12;
/** Codes of tasks in a window: their status, or from here on the hue of their group, of tasks that went well. */
export const hueCodeBase = taskStatuses.length;

const ok = taskStatuses.indexOf('ok');
const codesOf = new WeakMap<TaskTable, Uint8Array>();

/** The colour of a group, 0 … hueCount − 1: of its name alone, so that it is the same in every run. */
export function hueOf(group: string): number {
  // FNV-1a: short, and spreads names that differ in one letter.
  let hash = 0x811c9dc5;
  for (let i = 0; i < group.length; i++) hash = Math.imul(hash ^ group.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % hueCount;
}

/** What a task is drawn as. Made when first asked for, lives as long as the tasks. */
export function taskCodes(trace: Trace): Uint8Array {
  const { tasks, strings } = trace;
  const known = codesOf.get(tasks);
  if (known) return known;
  const hues = new Map<number, number>();
  const codes = Uint8Array.from(tasks.status, (status, task) => {
    const group = tasks.group[task] ?? 0;
    if (status !== ok || group === 0) return status;
    const hue = hues.get(group) ?? hueOf(strings[group] ?? '');
    hues.set(group, hue);
    return hueCodeBase + hue;
  });
  codesOf.set(tasks, codes);
  return codes;
}
