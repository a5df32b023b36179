import type { HostToWebview, RequestResults, WebviewAction, WebviewToHost } from '../protocol/hostWebview.ts';
import type { TraceQueries } from '../protocol/query.ts';
import { isHostMessage, isResult } from './replies.ts';

/** What VS Code puts into the page; a test page puts its own. */
interface VsCodeApi {
  postMessage(message: WebviewToHost): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare global {
  function acquireVsCodeApi(): VsCodeApi;
}

export interface RequestParams extends Record<keyof TraceQueries, unknown> {
  getRuns: Record<string, never>;
  getOutput: { runId: string; from: number };
  getOverview: TraceQueries['getOverview']['params'] & { runId: string };
  getWindow: TraceQueries['getWindow']['params'] & { runId: string };
  getTotals: TraceQueries['getTotals']['params'] & { runId: string };
  getTasks: TraceQueries['getTasks']['params'] & { runId: string };
  getDetail: TraceQueries['getDetail']['params'] & { runId: string };
  getCounters: TraceQueries['getCounters']['params'] & { runId: string };
  getPlans: TraceQueries['getPlans']['params'] & { runId: string };
}
export type Method = keyof RequestResults & keyof RequestParams;

/** The panel's only way out. */
export interface Host {
  /** Rejects with an Error in the host's words when the host can't answer. */
  request<M extends Method>(method: M, params: RequestParams[M]): Promise<RequestResults[M]>;
  act(action: WebviewAction): void;
  onChanged(listener: () => void): void;
  getState(): unknown;
  setState(state: unknown): void;
}

interface Waiting {
  settle(message: Extract<HostToWebview, { kind: 'reply' }>): void;
}

/** Connects to the extension: requests with ids, replies in any order. */
export function connectHost(): Host {
  const api = acquireVsCodeApi();
  const waiting = new Map<number, Waiting>();
  const changedListeners: (() => void)[] = [];
  let lastId = 0;

  window.addEventListener('message', event => {
    const message: unknown = event.data;
    if (!isHostMessage(message)) return;
    if (message.kind === 'changed') {
      for (const listener of changedListeners) listener();
      return;
    }
    waiting.get(message.id)?.settle(message);
    waiting.delete(message.id);
  });

  return {
    request<M extends Method>(method: M, params: RequestParams[M]): Promise<RequestResults[M]> {
      lastId += 1;
      const id = lastId;
      return new Promise((resolve, reject) => {
        waiting.set(id, {
          settle(message) {
            if (!message.ok) reject(new Error(message.message));
            else if (isResult(method, message.result)) resolve(message.result);
            else reject(new Error(`The answer to ${method} can't be read.`));
          },
        });
        api.postMessage(requestMessage(id, method, params));
      });
    },
    act: action => api.postMessage(action),
    onChanged: listener => changedListeners.push(listener),
    getState: () => api.getState(),
    setState: state => api.setState(state),
  };
}

/** TypeScript can't see that method and params belong together once they are separate values; their types above say so. */
function requestMessage<M extends Method>(id: number, method: M, params: RequestParams[M]): WebviewToHost {
  return { kind: 'request', id, method, params } as WebviewToHost;
}
