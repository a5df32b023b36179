import { MessageChannel, type MessagePort } from 'node:worker_threads';
import { assertUnreachable } from '../base/assert.ts';
import type {
  Changed,
  HostMessage,
  OutputChunk,
  RunOutcome,
  StopReason,
  WorkerMessage,
} from '../protocol/hostWorker.ts';
import type { TraceQueries } from '../protocol/query.ts';
import type { RunPhase, RunRequest } from '../run/request.ts';

export interface RunListener {
  /** `queuePosition`: 1 = next; null when it isn't queued. */
  onPhase(phase: RunPhase, queuePosition: number | null): void;
  onOutput(chunks: OutputChunk[]): void;
  /** Something can be asked that could not before; at most ten a second. */
  onChanged(changed: Changed): void;
}

export interface RunHandle {
  readonly runId: string;
  /** Never rejects. Resolves when none of the run's processes is left. */
  readonly outcome: Promise<RunOutcome>;
  /** Again: faster. After the end: nothing. */
  stop(reason: StopReason): void;
  /** Rejects before the run starts, after it ended, and when the question fails. */
  query<M extends keyof TraceQueries>(method: M, params: TraceQueries[M]['params']): Promise<TraceQueries[M]['result']>;
}

interface Pending {
  resolve(result: unknown): void;
  reject(error: Error): void;
}

/** The host's end of the wire to the pool thread of one run. */
export class PoolRun {
  readonly request: RunRequest;
  readonly outcome: Promise<RunOutcome>;
  readonly runDir: string;
  phase: RunPhase = 'queued';
  /** The trace's bytes, when they have arrived. */
  trace: ArrayBuffer | null = null;
  /** Resolves when everything that the thread sent has been taken in. */
  portClosed: Promise<void> = Promise.resolve();
  private readonly listener: RunListener;
  private readonly onStarted: (pid: number) => void;
  private readonly pending = new Map<number, Pending>();
  private resolveOutcome: (outcome: RunOutcome) => void = () => undefined;
  private port: MessagePort | null = null;
  private lastQuery = 0;

  constructor(request: RunRequest, runDir: string, listener: RunListener, onStarted: (pid: number) => void) {
    this.request = request;
    this.runDir = runDir;
    this.listener = listener;
    this.onStarted = onStarted;
    this.outcome = new Promise(resolve => {
      this.resolveOutcome = resolve;
    });
  }

  tellPosition(position: number): void {
    this.listener.onPhase('queued', position);
  }

  /** Opens the wire; returns the thread's end of it. */
  open(): MessagePort {
    const { port1, port2 } = new MessageChannel();
    this.port = port1;
    port1.on('message', (message: WorkerMessage) => this.onMessage(message));
    this.portClosed = new Promise(resolve => port1.once('close', () => resolve()));
    this.setPhase('starting');
    return port2;
  }

  send(message: HostMessage): void {
    this.port?.postMessage(message);
  }

  async query<M extends keyof TraceQueries>(
    method: M,
    params: TraceQueries[M]['params'],
  ): Promise<TraceQueries[M]['result']> {
    if (!this.port) throw new Error('The run is not there to be asked: it has not started, or it has ended');
    const id = ++this.lastQuery;
    const answer = new Promise<unknown>((resolve, reject) => this.pending.set(id, { resolve, reject }));
    this.port.postMessage({ kind: 'query', id, method, params });
    return (await answer) as TraceQueries[M]['result'];
  }

  end(outcome: RunOutcome): void {
    if (this.phase === 'ended') return;
    this.port?.close();
    this.port = null;
    for (const { reject } of this.pending.values()) reject(new Error('The run has ended'));
    this.pending.clear();
    this.setPhase('ended');
    this.resolveOutcome(outcome);
  }

  private onMessage(message: WorkerMessage): void {
    switch (message.kind) {
      case 'started':
        this.onStarted(message.pid);
        this.setPhase('running');
        break;
      case 'output':
        this.listener.onOutput(message.chunks);
        this.send({
          kind: 'outputTaken',
          characters: message.chunks.reduce((sum, chunk) => sum + textLength(chunk), 0),
        });
        break;
      case 'changed': {
        this.listener.onChanged(message.changed);
        break;
      }
      case 'stopping':
        this.setPhase('stopping');
        break;
      case 'trace':
        this.trace = message.bytes;
        break;
      case 'reply':
        this.onReply(message);
        break;
      default:
        assertUnreachable(message);
    }
  }

  private onReply(reply: Extract<WorkerMessage, { kind: 'reply' }>): void {
    const asked = this.pending.get(reply.id);
    this.pending.delete(reply.id);
    if (reply.ok) asked?.resolve(reply.result);
    else asked?.reject(new Error(reply.message));
  }

  private setPhase(phase: RunPhase): void {
    if (this.phase === 'ended' || this.phase === phase) return;
    this.phase = phase;
    this.listener.onPhase(phase, null);
  }
}

/** Values don't count: the thread bounds them for the whole run. */
function textLength(chunk: OutputChunk): number {
  return chunk.stream === 'display' ? 0 : chunk.text.length;
}
