import type { Remedy } from '../base/errors.ts';
import { asArray, asBoolean, asNumber, asObject, asString, type JsonObject } from '../base/parse.ts';
import type { WebviewAction, WebviewRequest, WebviewToHost } from '../protocol/hostWebview.ts';
import type { TaskPageParams } from '../protocol/query.ts';

/** Of a text for the clipboard, in characters. */
const longestCopy = 16 * 1024 * 1024;

/** A message from the panel, checked; null when it isn't one of ours. What a webview sends is untrusted. */
export function parseWebviewMessage(value: unknown): WebviewToHost | null {
  const message = asObject(value);
  if (message === null) return null;
  return message.kind === 'request' ? parseRequest(message) : parseAction(message);
}

function parseRequest(message: JsonObject): WebviewRequest | null {
  const id = asNumber(message.id);
  const params = asObject(message.params);
  if (id === null || params === null) return null;
  const kind = 'request';
  if (message.method === 'getRuns') return { kind, id, method: 'getRuns', params: {} };
  const runId = asString(params.runId);
  if (runId === null) return null;
  switch (message.method) {
    case 'getOutput':
      return { kind, id, method: 'getOutput', params: { runId, from: asNumber(params.from) ?? 0 } };
    case 'getOverview':
      return { kind, id, method: 'getOverview', params: { runId } };
    case 'getWindow': {
      const range = parseRange(params);
      const bucketNs = asNumber(params.bucketNs);
      if (range === null || bucketNs === null || bucketNs <= 0) return null;
      const threads = asArray(params.threads).filter(thread => typeof thread === 'number');
      return { kind, id, method: 'getWindow', params: { runId, threads, ...range, bucketNs } };
    }
    case 'getTotals': {
      const range = parseRange(params);
      return range === null ? null : { kind, id, method: 'getTotals', params: { runId, ...range } };
    }
    case 'getTasks':
      return {
        kind,
        id,
        method: 'getTasks',
        params: {
          runId,
          offset: asNumber(params.offset) ?? 0,
          limit: Math.min(1000, asNumber(params.limit) ?? 200),
          sort: parseSort(params.sort),
          descending: asBoolean(params.descending) ?? false,
        },
      };
    case 'getDetail': {
      const thread = asNumber(params.thread);
      const atNs = asNumber(params.atNs);
      const row = params.row;
      if (thread === null || atNs === null || (row !== 'state' && row !== 'task' && row !== 'span')) return null;
      const toleranceNs = asNumber(params.toleranceNs) ?? 0;
      return { kind, id, method: 'getDetail', params: { runId, thread, atNs, row, toleranceNs } };
    }
    case 'getCounters': {
      const range = parseRange(params);
      const bucketNs = asNumber(params.bucketNs);
      if (range === null || bucketNs === null || bucketNs <= 0) return null;
      const counters = asArray(params.counters).filter(counter => typeof counter === 'number');
      return { kind, id, method: 'getCounters', params: { runId, counters, ...range, bucketNs } };
    }
    case 'getPlans':
      return { kind, id, method: 'getPlans', params: { runId } };
    default:
      return null;
  }
}

function parseRange(params: JsonObject): { startNs: number; endNs: number } | null {
  const startNs = asNumber(params.startNs);
  const endNs = asNumber(params.endNs);
  return startNs === null || endNs === null || endNs < startNs ? null : { startNs, endNs };
}

function parseSort(value: unknown): TaskPageParams['sort'] {
  return value === 'name' || value === 'queued' || value === 'ran' || value === 'status' ? value : 'submit';
}

function parseAction(message: JsonObject): WebviewAction | null {
  const runId = asString(message.runId);
  switch (message.kind) {
    case 'ready':
      return { kind: 'ready', version: asNumber(message.version) ?? 0 };
    case 'stopAll':
      return { kind: 'stopAll' };
    case 'reveal': {
      const file = asString(message.file);
      const line = asNumber(message.line);
      return file === null || line === null ? null : { kind: 'reveal', file, line };
    }
    case 'copy': {
      const text = asString(message.text);
      return text === null || text.length > longestCopy ? null : { kind: 'copy', text };
    }
    case 'remedy': {
      const remedy = parseRemedy(message.remedy);
      return runId === null || remedy === null ? null : { kind: 'remedy', runId, remedy };
    }
    case 'showFirstRows': {
      const number = asNumber(message.number);
      if (runId === null || number === null || !Number.isInteger(number) || number < 0) return null;
      return { kind: 'showFirstRows', runId, number };
    }
    case 'stop':
    case 'rerun':
    case 'remove':
    case 'openLog':
    case 'saveTrace':
    case 'install':
    case 'showProgram':
      return runId === null ? null : { kind: message.kind, runId };
    default:
      return null;
  }
}

function parseRemedy(value: unknown): Remedy | null {
  switch (value) {
    case 'openInterpreterSetting':
    case 'openTimeoutSetting':
    case 'openLog':
    case 'openLimitSetting':
    case 'chooseCluster':
    case 'openTlsSetting':
    case 'installJava':
    case 'installMissing':
    case 'createEnvironment':
      return value;
    default:
      return null;
  }
}
