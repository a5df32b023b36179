import { join } from 'node:path';
import { type Ns, nsPerMs } from '../../../base/time.ts';
import type { EngineEvent } from '../../../protocol/engineWire.ts';
import { SparkLog } from '../../../trace/spark/sparkLog.ts';
import { listFolder } from '../../listFolder.ts';
import type { EngineSource } from '../engineSource.ts';
import { LineFile } from '../lineFile.ts';

/** A look may take about this long, in ms. */
const budgetMs = 15;
/** Applications of a run: a program that makes more of them one after another is told of the first ones only. */
const mostLogs = 100;

export interface SparkLogsInit {
  traceDir: string;
  /** Wall clock of the run's start: Spark's driver stamps its events by the same clock. */
  startedAtMs: number;
  emit: (event: EngineEvent) => void;
  warn: (text: string) => void;
}

interface OpenLog {
  log: SparkLog;
  /** In the order in which Spark writes them: one, or several where it begins a new file now and then. */
  files: { name: string; file: LineFile }[];
  /** The file that is being read. */
  at: number;
}

/**
 * The event logs that Spark writes into the trace's folder while the run goes on, in its folder `spark`:
 *
 *   local-1795.inprogress, then local-1795         one file
 *   eventlog_v2_local-1795/events_1_local-1795     or a folder of them
 */
export class SparkLogs implements EngineSource {
  private readonly folder: string;
  private readonly startedAtMs: number;
  private readonly emit: (event: EngineEvent) => void;
  private readonly warn: (text: string) => void;
  private readonly logs = new Map<string, OpenLog>();

  constructor(init: SparkLogsInit) {
    this.folder = join(init.traceDir, 'spark');
    this.startedAtMs = init.startedAtMs;
    this.emit = init.emit;
    this.warn = init.warn;
  }

  poll(): boolean {
    return this.read(performance.now() + budgetMs);
  }

  finish(endNs: Ns): void {
    this.read(Number.POSITIVE_INFINITY);
    for (const { log, files } of this.logs.values()) {
      log.finish(endNs, true);
      for (const { file } of files) file.close();
      if (log.damagedLines > 0) this.warn("Some of Spark's events could not be read and were left out.");
    }
  }

  private read(deadlineMs: number): boolean {
    this.findFiles();
    let isNew = false;
    for (const open of this.logs.values()) {
      for (let lines = nextLines(open); lines !== null; lines = nextLines(open)) {
        isNew = true;
        for (const line of lines) open.log.line(line);
        if (performance.now() > deadlineMs) return true;
      }
    }
    return isNew;
  }

  private findFiles(): void {
    for (const name of listFolder(this.folder)) {
      const rolled = /^eventlog_v2_(.+)$/.exec(name)?.[1];
      if (rolled === undefined) this.found(name.replace(/\.inprogress$/, ''), name, 0);
      else {
        for (const part of listFolder(join(this.folder, name))) {
          const number = /^events_(\d+)_/.exec(part)?.[1];
          if (number !== undefined) this.found(rolled, join(name, part), Number(number));
        }
      }
    }
  }

  /** A file of an application. One that is renamed when it is complete stays the one that is open. */
  private found(application: string, path: string, number: number): void {
    if (application.startsWith('.')) return;
    const open = this.logs.get(application) ?? this.open(application);
    const name = String(number).padStart(12, '0');
    if (!open || open.files.some(each => each.name === name)) return;
    open.files.push({ name, file: new LineFile(join(this.folder, path)) });
    open.files.sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  private open(application: string): OpenLog | null {
    if (this.logs.size >= mostLogs) return null;
    const { emit, startedAtMs } = this;
    const clock = (ms: number) => (ms - startedAtMs) * nsPerMs;
    const log = new SparkLog({ id: `spark ${application}`, emit, clock, isOnly: this.logs.size === 0, isLive: true });
    const opened: OpenLog = { log, files: [], at: 0 };
    this.logs.set(application, opened);
    return opened;
  }
}

/** The next whole lines; null when there are none now. A file is done with once there is a newer one and nothing more in it. */
function nextLines(open: OpenLog): string[] | null {
  for (; open.at < open.files.length; open.at++) {
    const lines = open.files[open.at]?.file.read();
    if (lines) return lines;
    if (open.at === open.files.length - 1) return null;
  }
  return null;
}
