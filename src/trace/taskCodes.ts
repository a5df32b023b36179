import { type TaskTable, type Trace, taskStatuses } from './model.ts';

/** How many colours groups of tasks have; beyond as many groups, some share one. */
export const hueCount = 12;
/** Codes of tasks in a window: their status, or from here on the hue of their group, of tasks that went well. */
export const hueCodeBase = taskStatuses.length;

const ok = taskStatuses.indexOf('ok');
const codesOf = new WeakMap<TaskTable, Uint8Array>();

const huesOf = new WeakMap<TaskTable, ReadonlyMap<number, number>>();

/** The colour that a group has by its name, 0 … hueCount − 1. */
function ownHue(group: string): number {
  // FNV-1a: short, and spreads names that differ in one letter.
  let hash = 0x811c9dc5;
  for (let i = 0; i < group.length; i++) hash = Math.imul(hash ^ group.charCodeAt(i), 0x01000193);
  return (hash >>> 0) % hueCount;
}

/**
 * Colours of groups, by the index of their name: its own, so that it is the same in most runs, or the next one that no group before it has
 * taken. Tasks only ever join at the end, so a live run keeps its colours. Made when first asked for, lives as long as the tasks.
 */
export function groupHues({ tasks, strings }: Trace): ReadonlyMap<number, number> {
  const known = huesOf.get(tasks);
  if (known) return known;
  const hues = new Map<number, number>();
  const taken = new Set<number>();
  for (let task = 0; task < tasks.length; task++) {
    const group = tasks.group[task] ?? 0;
    if (group === 0 || hues.has(group)) continue;
    let hue = ownHue(strings[group] ?? '');
    while (taken.has(hue) && taken.size < hueCount) hue = (hue + 1) % hueCount;
    taken.add(hue);
    hues.set(group, hue);
  }
  huesOf.set(tasks, hues);
  return hues;
}

/** What a task is drawn as. Made when first asked for, lives as long as the tasks. */
export function taskCodes(trace: Trace): Uint8Array {
  const { tasks } = trace;
  const known = codesOf.get(tasks);
  if (known) return known;
  const hues = groupHues(trace);
  const codes = Uint8Array.from(tasks.status, (status, task) => {
    const hue = status === ok ? hues.get(tasks.group[task] ?? 0) : undefined;
    return hue === undefined ? status : hueCodeBase + hue;
  });
  codesOf.set(tasks, codes);
  return codes;
}
