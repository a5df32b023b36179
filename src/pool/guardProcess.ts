import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { asNumber, asString, parseObject } from '../base/parse.ts';
import type { GuardRequest } from '../protocol/hostGuard.ts';

/** What the host knows of a kill by the guard: null = the guard didn't answer in time. */
export type KillResult = { left: number } | null;

/** A guard that ends sooner than this can't work here. */
const shortLifeMs = 1000;

/**
 * The process that ends our runs when we can't: a host that is killed has no last word. Started with the first run, and again should
 * it ever end; it ends by itself when the host does.
 */
export class GuardProcess {
  private readonly file: string;
  private readonly watched = new Map<string, number | null>();
  private readonly waiting = new Map<string, ((result: KillResult) => void)[]>();
  private child: ChildProcessByStdio<Writable, Readable, null> | null = null;
  private isClosed = false;

  constructor(file: string) {
    this.file = file;
  }

  watch(runId: string, pid: number | null): void {
    this.watched.set(runId, pid);
    this.tell({ kind: 'watch', runId, pid });
  }

  done(runId: string): void {
    if (!this.watched.delete(runId)) return;
    this.tell({ kind: 'done', runId });
  }

  /** Ends every process of the run. */
  kill(runId: string, timeoutMs: number): Promise<KillResult> {
    const killed = new Promise<KillResult>(resolve => {
      const timer = setTimeout(() => resolve(null), timeoutMs);
      const answer = (result: KillResult) => {
        clearTimeout(timer);
        resolve(result);
      };
      this.waiting.set(runId, [...(this.waiting.get(runId) ?? []), answer]);
    });
    this.tell({ kind: 'kill', runId });
    return killed;
  }

  /** Lets the guard go; it ends what is still watched. Resolves when it has ended. */
  async close(): Promise<void> {
    this.isClosed = true;
    const child = this.child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise<void>(resolve => child.once('exit', () => resolve()));
    // Until now nobody had to wait for it.
    child.ref();
    child.stdin.end();
    await ended;
  }

  private tell(request: GuardRequest): void {
    if (this.isClosed) return;
    // One that has just been started has been told of all that is watched, this run included.
    const started = this.child === null;
    this.child ??= this.start();
    if (!started || request.kind === 'kill') this.write(this.child, request);
  }

  private start(): ChildProcessByStdio<Writable, Readable, null> {
    const child = spawn(process.execPath, [this.file], {
      detached: true,
      windowsHide: true,
      // Electron is a Node as well, when told so.
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
      stdio: ['pipe', 'pipe', 'ignore'],
    });
    const startedAtMs = performance.now();
    const gone = () => {
      if (this.child !== child) return;
      this.child = null;
      // Runs that go on need a guard again. One that can't even start isn't tried over and over; the next run tries.
      const lived = performance.now() - startedAtMs > shortLifeMs;
      if (lived && this.watched.size > 0 && !this.isClosed) this.child = this.start();
    };
    child.once('error', gone);
    child.once('exit', gone);
    child.stdin.on('error', () => undefined);
    createInterface({ input: child.stdout }).on('line', line => this.onReply(line));
    child.unref();
    for (const [runId, pid] of this.watched) this.write(child, { kind: 'watch', runId, pid });
    return child;
  }

  private write(child: ChildProcessByStdio<Writable, Readable, null>, request: GuardRequest): void {
    child.stdin.write(`${JSON.stringify(request)}\n`);
  }

  private onReply(line: string): void {
    const reply = parseObject(line);
    const runId = asString(reply?.runId);
    const left = asNumber(reply?.left);
    if (runId === null || left === null) return;
    for (const answer of this.waiting.get(runId) ?? []) answer({ left });
    this.waiting.delete(runId);
    this.watched.delete(runId);
  }
}
