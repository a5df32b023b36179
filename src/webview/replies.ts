import { asArray, asObject } from '../base/parse.ts';
import type { HostToWebview, RequestResults } from '../protocol/hostWebview.ts';
import type { Method } from './host.ts';

/** Whether a message is one of ours; VS Code and browser extensions post others into the page. */
export function isHostMessage(value: unknown): value is HostToWebview {
  const message = asObject(value);
  if (message?.kind === 'changed') return Array.isArray(message.runIds);
  return message?.kind === 'reply' && typeof message.id === 'number' && typeof message.ok === 'boolean';
}

/** Checks the shape that the panel relies on before it looks at an answer. */
export function isResult<M extends Method>(method: M, result: unknown): result is RequestResults[M] {
  return checks[method](result);
}

const checks: Record<Method, (result: unknown) => boolean> = {
  getRuns: result => {
    const runs = asObject(result)?.runs;
    return Array.isArray(runs) && asArray(runs).every(run => typeof asObject(run)?.runId === 'string');
  },
  getOutput: result => {
    const page = asObject(result);
    return Array.isArray(page?.chunks) && asArray(page.chunks).every(isChunk) && typeof page.next === 'number';
  },
  getOverview: result => {
    const overview = asObject(result);
    return (
      asObject(overview?.meta) !== null &&
      [overview?.processes, overview?.threads, overview?.pools, overview?.insights].every(Array.isArray) &&
      [overview?.groups, overview?.counters, overview?.marks].every(Array.isArray)
    );
  },
  getWindow: result => {
    const data = asObject(result);
    const columns: unknown[] = [data?.start, data?.end, data?.code, data?.hidden, data?.name];
    return Array.isArray(data?.rows) && Array.isArray(data?.names) && columns.every(isBuffer);
  },
  getTotals: result => Array.isArray(asObject(result)?.all),
  getTasks: result => Array.isArray(asObject(result)?.tasks),
  getDetail: result => result === null || typeof asObject(result)?.label === 'string',
  getCounters: result => {
    const counters = asObject(result)?.counters;
    return (
      Array.isArray(counters) &&
      asArray(counters).every(each => isBuffer(field(each, 'time')) && isBuffer(field(each, 'value')))
    );
  },
  getPlans: result => {
    const plans = asObject(result)?.plans;
    return Array.isArray(plans) && asArray(plans).every(plan => Array.isArray(asObject(plan)?.parts));
  },
};

function field(value: unknown, name: string): unknown {
  return asObject(value)?.[name];
}

function isChunk(value: unknown): boolean {
  const chunk = asObject(value);
  if (chunk?.stream !== 'display') return typeof chunk?.text === 'string';
  return Object.values(asObject(chunk.data) ?? { missing: null }).every(part => typeof part === 'string');
}

function isBuffer(value: unknown): boolean {
  return value instanceof ArrayBuffer;
}
