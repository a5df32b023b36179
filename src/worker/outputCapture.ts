import { join } from 'node:path';
import type { CapturedOutput, OutputChunk } from '../protocol/hostWorker.ts';
import { LiveOutput } from './liveOutput.ts';
import { cutLine, OutputExcerpt } from './outputExcerpt.ts';
import { OutputLog } from './outputLog.ts';

/** How long text may wait for more to come, in ms. */
const flushMs = 30;
/** Characters a second that a flood may send to the host in the long run. */
const livePerSecond = 2 * 1024 * 1024;

/**
 * Takes a run's stdout and stderr three ways at once: all of it to the log files, its first and last part to memory, and live to the host.
 */
export class OutputCapture {
  private readonly logs: Record<OutputChunk['stream'], OutputLog>;
  private readonly excerpts: Record<OutputChunk['stream'], OutputExcerpt>;
  private readonly live: LiveOutput;
  private timer: NodeJS.Timeout | null = null;

  constructor(init: { runDir: string; bytesInMemory: number; send: (chunks: OutputChunk[]) => void }) {
    this.logs = {
      stdout: new OutputLog(join(init.runDir, 'stdout.log')),
      stderr: new OutputLog(join(init.runDir, 'stderr.log')),
    };
    this.excerpts = {
      stdout: new OutputExcerpt(init.bytesInMemory),
      stderr: new OutputExcerpt(init.bytesInMemory),
    };
    this.live = new LiveOutput({
      send: init.send,
      logFiles: { stdout: this.logs.stdout.path, stderr: this.logs.stderr.path },
      capacity: init.bytesInMemory,
      perSecond: livePerSecond,
      nowMs: () => performance.now(),
    });
  }

  add(stream: OutputChunk['stream'], bytes: Buffer): void {
    this.logs[stream].write(bytes);
    this.excerpts[stream].add(bytes);
    this.live.add(stream, bytes);
    this.timer ??= setTimeout(() => {
      this.timer = null;
      this.live.flush();
    }, flushMs);
  }

  /** The host has taken so many characters over. */
  taken(characters: number): void {
    this.live.taken(characters);
  }

  /** Why a log could not be written to its end; null when both were. */
  get logFailure(): string | null {
    return this.logs.stdout.failure ?? this.logs.stderr.failure;
  }

  /** Sends the rest and closes the logs. */
  end(): CapturedOutput {
    if (this.timer) clearTimeout(this.timer);
    this.timer = null;
    this.live.end();
    const { stdout, stderr } = this.logs;
    stdout.close();
    stderr.close();
    return {
      stdout: this.excerpts.stdout.text(missing => cutLine(missing, stdout.path)),
      stderr: this.excerpts.stderr.text(missing => cutLine(missing, stderr.path)),
      truncated: this.excerpts.stdout.isCut || this.excerpts.stderr.isCut,
      stdoutBytes: this.excerpts.stdout.totalBytes,
      stderrBytes: this.excerpts.stderr.totalBytes,
      stdoutFile: stdout.path,
      stderrFile: stderr.path,
    };
  }
}
