import { join } from 'node:path';
import type { CapturedOutput, OutputChunk, TextChunk } from '../protocol/hostWorker.ts';
import { DisplayMarkers } from './displayMarkers.ts';
import { Displays } from './displays.ts';
import { LiveOutput } from './liveOutput.ts';
import { cutLine, OutputExcerpt } from './outputExcerpt.ts';
import { OutputLog } from './outputLog.ts';

/** How long text may wait for more to come, in ms. */
const flushMs = 30;
/** Characters a second that a flood may send to the host in the long run. */
const livePerSecond = 2 * 1024 * 1024;
const newline = 0x0a;

type StreamName = TextChunk['stream'];

/** How values of cells come: their markers' token, and where the values lie. */
export interface DisplaySource {
  token: string;
  folder: string;
}

/**
 * Takes a run's stdout and stderr three ways at once: all of it to the log files, its first and last part to memory, and live to the host.
 * A value that is shown among stdout goes live as it is; the log and the excerpt get its text.
 */
export class OutputCapture {
  private readonly logs: Record<StreamName, OutputLog>;
  private readonly excerpts: Record<StreamName, OutputExcerpt>;
  private readonly live: LiveOutput;
  private readonly values: { markers: DisplayMarkers; displays: Displays } | null;
  private stdoutAtLineStart = true;
  private timer: NodeJS.Timeout | null = null;

  /** `displays` null: the program shows no values, and nothing is looked for in its output. */
  constructor(init: {
    runDir: string;
    bytesInMemory: number;
    displays: DisplaySource | null;
    send: (chunks: OutputChunk[]) => void;
  }) {
    this.logs = {
      stdout: new OutputLog(join(init.runDir, 'stdout.log')),
      stderr: new OutputLog(join(init.runDir, 'stderr.log')),
    };
    this.excerpts = {
      stdout: new OutputExcerpt(init.bytesInMemory),
      stderr: new OutputExcerpt(init.bytesInMemory),
    };
    const { displays } = init;
    this.values = displays && {
      markers: new DisplayMarkers(displays.token),
      displays: new Displays(displays.folder),
    };
    this.live = new LiveOutput({
      send: init.send,
      logFiles: { stdout: this.logs.stdout.path, stderr: this.logs.stderr.path },
      capacity: init.bytesInMemory,
      perSecond: livePerSecond,
      nowMs: () => performance.now(),
    });
  }

  add(stream: StreamName, bytes: Buffer): void {
    const { values } = this;
    if (stream === 'stderr' || !values) this.addText(stream, bytes);
    else {
      for (const piece of values.markers.take(bytes)) {
        if (typeof piece === 'number') this.addDisplay(values.displays.read(piece));
        else this.addText(stream, piece);
      }
    }
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
    if (this.values) this.addText('stdout', this.values.markers.end());
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

  private addText(stream: StreamName, bytes: Buffer): void {
    this.record(stream, bytes);
    this.live.add(stream, bytes);
  }

  private addDisplay(data: Record<string, string>): void {
    const text = Buffer.from(`${this.stdoutAtLineStart ? '' : '\n'}${data['text/plain'] ?? ''}\n`);
    this.record('stdout', text);
    if (Object.keys(data).length > 1) this.live.addDisplay(data);
    else this.live.add('stdout', text);
  }

  /** To the log and to memory. */
  private record(stream: StreamName, bytes: Buffer): void {
    this.logs[stream].write(bytes);
    this.excerpts[stream].add(bytes);
    if (stream === 'stdout' && bytes.length > 0) this.stdoutAtLineStart = bytes.at(-1) === newline;
  }
}
