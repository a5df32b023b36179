import { messageOf } from '../../../base/errors.ts';
import { type Ns, nsPerMs } from '../../../base/time.ts';
import type { EngineEvent } from '../../../protocol/engineWire.ts';
import type { EngineSource } from '../engineSource.ts';
import type { ConnectLine } from './connectLines.ts';
import { ConnectServer } from './connectServer.ts';
import { Untold } from './restApi.ts';

/** Between two looks, in ms: at least, and at most where it knows no job of the program, or doesn't answer. A look may take this share of the time. */
const pauseMs = 1000;
const longestPauseMs = { known: 2000, silent: 30_000 };
const lookShare = 0.05;
const longestLookMs = 3000;
/** Between two questions whether the last jobs have ended. */
const settleMs = 50;
const mostOperations = 10_000;

interface Watched {
  server: ConnectServer;
  address: string;
  atNs: Ns;
  /** When to look next, by performance.now(). */
  dueMs: number;
  pauseMs: number;
  looking: Promise<void> | null;
  /** Why operations could not be stopped, and streaming queries. */
  left: Set<string>;
  leftStreams: Set<string>;
}

export interface ConnectServersInit {
  startedAtMs: number;
  emit: (event: EngineEvent) => void;
}

/** The Spark Connect servers of a run: asked now and then while it goes on, and for the rest when the program has ended. */
export class ConnectServers implements EngineSource {
  private readonly init: ConnectServersInit;
  private readonly servers = new Map<string, Watched>();
  private readonly operations = new Map<string, string>();
  private readonly closing = new AbortController();
  private readonly leaving = new AbortController();
  private hasNews = false;

  constructor(init: ConnectServersInit) {
    this.init = init;
  }

  take(line: ConnectLine): void {
    switch (line.kind) {
      case 'connectSession':
        this.serverOf(line).server.sessions.add(line.session);
        break;
      case 'connectOperation':
        if (this.operations.size < mostOperations) this.operations.set(line.operation, line.called);
        break;
      default:
        for (const { server, left, leftStreams } of this.servers.values())
          if (server.sessions.has(line.session)) (line.isStream ? leftStreams : left).add(line.why);
    }
  }

  poll(): boolean {
    const nowMs = performance.now();
    for (const watched of this.servers.values()) {
      if (watched.looking === null && nowMs >= watched.dueMs) watched.looking = this.look(watched, nowMs);
    }
    const { hasNews } = this;
    this.hasNews = false;
    return hasNews;
  }

  /** The program has ended: asks for the rest, for so long at most. `wasStopped`: by us, so that nothing of it may go on. */
  async complete(patienceMs: number, wasStopped: boolean): Promise<void> {
    this.closing.abort();
    const all = [...this.servers.values()];
    await Promise.all(all.map(({ looking }) => looking));
    if (patienceMs > 0) await Promise.all(all.map(watched => this.lastLook(watched, patienceMs, wasStopped)));
  }

  /** Nobody waits for `complete` any more. */
  giveUp(): void {
    this.leaving.abort();
  }

  finish(endNs: Ns): void {
    for (const { server } of this.servers.values()) server.finish(endNs);
  }

  private serverOf({ address, uiPort, atNs }: Extract<ConnectLine, { kind: 'connectSession' }>): Watched {
    const known = this.servers.get(address);
    if (known) return known;
    const { startedAtMs, emit } = this.init;
    const begunMs = Math.floor(startedAtMs + atNs / nsPerMs);
    const server = new ConnectServer({ address, uiPort, begunMs, startedAtMs, operations: this.operations, emit });
    const dueMs = performance.now() + pauseMs;
    const made: Watched = {
      server,
      address,
      atNs,
      dueMs,
      pauseMs,
      looking: null,
      left: new Set(),
      leftStreams: new Set(),
    };
    this.servers.set(address, made);
    return made;
  }

  /** Never rejects: the last look says what is wrong. */
  private async look(watched: Watched, begunMs: number): Promise<void> {
    try {
      const signal = AbortSignal.any([this.closing.signal, AbortSignal.timeout(longestLookMs)]);
      if (await watched.server.look(signal, false)) this.hasNews = true;
      watched.pauseMs = pauseMs;
    } catch (error) {
      const longest = longestPauseMs[error instanceof Untold && error.kind !== 'silent' ? 'known' : 'silent'];
      watched.pauseMs = Math.min(longest, watched.pauseMs * 2);
    }
    const nowMs = performance.now();
    watched.dueMs = nowMs + Math.max(watched.pauseMs, (nowMs - begunMs) / lookShare);
    watched.looking = null;
  }

  private async lastLook(watched: Watched, patienceMs: number, wasStopped: boolean): Promise<void> {
    const signal = AbortSignal.any([this.leaving.signal, AbortSignal.timeout(patienceMs)]);
    const settledBy = performance.now() + patienceMs / 2;
    const words = [`Spark Connect: this program is only a client of ${watched.address}.`];
    try {
      let running = await watched.server.runningJobs(signal);
      // The API is told of a job's end a moment after the client.
      while (running > 0 && performance.now() < settledBy) {
        await new Promise(resolve => setTimeout(resolve, settleMs));
        running = await watched.server.runningJobs(signal);
      }
      await watched.server.look(signal, true);
      words.push(knownSentence(watched.server.source ?? ''));
      // What it says counts, whatever the program thought of it. Between two batches of a streaming query there is no job.
      watched.left.clear();
      if (wasStopped && running > 0) words.push(runningSentence(running));
    } catch (error) {
      const why = error instanceof Untold ? error.message : messageOf(error);
      words.push(watched.server.source === null ? unknownSentence(why) : brokenSentence(why));
    }
    for (const why of watched.left) words.push(leftSentence(why));
    for (const why of watched.leftStreams)
      words.push(`A streaming query of it could not be stopped there (${why}): it may go on.`);
    this.init.emit({
      ...{ kind: 'process', id: `spark-connect ${watched.address}`, engine: 'spark', name: 'Spark Connect server' },
      ...{ pid: null, host: watched.address, atNs: watched.atNs, note: words.join(' ') },
    });
  }
}

function knownSentence(source: string): string {
  return (
    `Jobs, stages and tasks are what the REST API of the server's UI (${source}) told, on the server's clock. What its threads and Python workers ` +
    "did, and what the UI keeps no longer, isn't known."
  );
}

function brokenSentence(why: string): string {
  return (
    "Jobs, stages and tasks are what the REST API of the server's UI told while the program ran, on the server's clock. The last of it isn't " +
    `known: ${why}.`
  );
}

function unknownSentence(why: string): string {
  return (
    'Shown are its operations and how long they took; which jobs, stages and tasks the server made of them is not known: ' +
    `${why}. They can be seen in the server's own UI or event log. If the UI has another port, choose the server and set spark.ui.port in ` +
    'runInParallel.spark.conf.'
  );
}

function runningSentence(count: number): string {
  return `${count === 1 ? 'One job of it was' : `${count} jobs of it were`} still running there after the run was stopped.`;
}

function leftSentence(why: string): string {
  return (
    `An operation of it could not be stopped there (${why}): the server may work on it until it gives up what nobody waits for ` +
    '(spark.connect.execute.manager.detachedTimeout, 5 minutes unless it was set).'
  );
}
