import { userError } from '../../base/errors.ts';
import { failed, ok, type Result } from '../../base/result.ts';
import { nsPerMs } from '../../base/time.ts';
import { TraceBuilder } from '../builder.ts';
import { EngineSink } from '../engineSink.ts';
import type { Trace } from '../model.ts';
import { type SparkEvent, timeOf } from './events.ts';
import { readSparkEvent } from './readEvent.ts';
import { SparkLog } from './sparkLog.ts';

/** An application's start is among the first events; executors may be told of before it. */
const mostBefore = 100;

/** A saved event log of Spark 2.4 or later, line by line, as a trace. */
export class SparkLogImport {
  private readonly title: string;
  private before: SparkEvent[] = [];
  private reading: { log: SparkLog; builder: TraceBuilder; sink: EngineSink } | null = null;
  private damagedLines = 0;
  private useful = 0;

  constructor(title: string) {
    this.title = title;
  }

  line(line: string): void {
    const event = readSparkEvent(line);
    if (!event) return;
    if (event.kind === 'damaged') this.damagedLines++;
    else this.useful++;
    if (this.reading) {
      this.reading.log.take(event);
      return;
    }
    this.before.push(event);
    if (event.kind === 'application' || this.before.length >= mostBefore) this.begin();
  }

  /**
   * `isCut`: the file ended in the middle of something. `lacksBeginning`: its first part is not there. Fails in plain words when this was
   * no log of Spark.
   */
  finish({ isCut, lacksBeginning }: { isCut: boolean; lacksBeginning: boolean }): Result<Trace> {
    if (this.useful === 0) {
      return failed(userError('traceNotSpark', `${this.title} holds no events of a Spark event log.`));
    }
    const { log, builder, sink } = this.reading ?? this.begin();
    sink.finish();
    log.finish(log.lastNs);
    if (lacksBeginning) builder.addWarning("The log's first files are missing: what happened before is not shown.");
    if (!log.hasEnded) {
      builder.addWarning(
        "The log doesn't have the application's end: it was still running, it crashed, or the log was cut off. What came after the last event is not known.",
      );
    }
    if (isCut) builder.addWarning('The log is cut off in the middle of its data.');
    if (this.damagedLines > 0) {
      const lines = this.damagedLines === 1 ? '1 line' : `${this.damagedLines} lines`;
      builder.addWarning(`${lines} of the log could not be read and were left out.`);
    }
    return ok(builder.finish(log.lastNs));
  }

  private begin(): NonNullable<SparkLogImport['reading']> {
    const zeroMs = Math.min(...this.before.map(event => timeOf(event) ?? Number.POSITIVE_INFINITY));
    const startedAtMs = Number.isFinite(zeroMs) ? zeroMs : 0;
    const builder = new TraceBuilder({ title: this.title, startedAtMs, cpuCount: 1 });
    builder.setQuality({ stateNote: "Spark's log tells what tasks did, not what threads did." });
    const sink = new EngineSink({ builder, index: null });
    const clock = (ms: number) => (ms - startedAtMs) * nsPerMs;
    const log = new SparkLog({ id: 'spark', emit: event => sink.take(event), clock, isOnly: true, isLive: false });
    this.reading = { log, builder, sink };
    for (const event of this.before) log.take(event);
    this.before = [];
    return this.reading;
  }
}
