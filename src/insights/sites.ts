import type { Ns } from '../base/time.ts';
import type { Operation } from '../trace/operations.ts';
import type { Insight } from './insight.ts';
import { sum } from './measures.ts';

/** The operations that one line of the program called. */
export interface Site<O extends Operation> {
  operations: O[];
  first: O;
  /** Added up over them, whatever their threads. */
  tookNs: Ns;
  highlight: NonNullable<Insight['highlight']>;
}

/** By file and line, in the order of their first calls. Operations without a place are left out. */
export function sitesOf<O extends Operation>(operations: O[]): Site<O>[] {
  const bySite = new Map<string, O[]>();
  for (const operation of operations) {
    if (operation.file === null || operation.line === null) continue;
    const key = `${operation.line} ${operation.file}`;
    const own = bySite.get(key);
    if (own) own.push(operation);
    else bySite.set(key, [operation]);
  }
  return [...bySite.values()].flatMap(own => {
    const [first] = own;
    if (!first) return [];
    const threads = [...new Set(own.map(({ thread }) => thread))];
    const startNs = Math.min(...own.map(each => each.startNs));
    const endNs = Math.max(...own.map(each => each.endNs));
    const tookNs = sum(own.map(each => each.endNs - each.startNs));
    return [{ operations: own, first, tookNs, highlight: { threads, startNs, endNs } }];
  });
}

/** The line whose operations took longest; null without operations. */
export function costliestSite<O extends Operation>(operations: O[]): Site<O> | null {
  return sitesOf(operations).reduce<Site<O> | null>(
    (best, site) => (best === null || site.tookNs > best.tookNs ? site : best),
    null,
  );
}
