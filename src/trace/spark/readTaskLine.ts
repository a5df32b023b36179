import type { SparkEvent, TaskEnd, TaskInfo, TaskMetrics } from './events.ts';

const begin = '{"Event":"SparkListenerTask';

/**
 * Reads the start of a task, or the end of one that succeeded, out of a line as Spark writes it, without parsing the whole: there are many such
 * lines, and most of each end is what the task adds to the sums of SQL. Null when the line is in any way not as expected; then it is parsed.
 *
 *   {"Event":"SparkListenerTaskEnd","Stage ID":…,"Task End Reason":{"Reason":"Success"},"Task Info":{…,"Accumulables":[…]},…,"Task Metrics":{…}}
 */
export function readTaskLine(line: string): SparkEvent | null {
  if (!line.startsWith(begin) || !line.endsWith('}')) return null;
  if (line.startsWith('Start"', begin.length)) return readStart(line);
  return line.startsWith('End"', begin.length) ? readEnd(line) : null;
}

function readStart(line: string): SparkEvent | null {
  const fields = new Fields(line, 0, line.length);
  const [stage, stageAttempt] = [fields.number('"Stage ID":'), fields.number('"Stage Attempt ID":')];
  const task = readInfo(fields);
  return fields.isComplete ? { kind: 'taskStart', stage, stageAttempt, task } : null;
}

function readEnd(line: string): TaskEnd | null {
  const info = line.indexOf('"Task End Reason":{"Reason":"Success"},"Task Info":{');
  const sums = info < 0 ? -1 : line.indexOf('"Accumulables":[', info);
  const metrics = sums < 0 ? -1 : line.indexOf('"Task Metrics":{', sums);
  if (metrics < 0) return null;
  const head = new Fields(line, 0, sums);
  const tail = new Fields(line, metrics, line.length);
  const event: TaskEnd = {
    kind: 'taskEnd',
    stage: head.number('"Stage ID":'),
    stageAttempt: head.number('"Stage Attempt ID":'),
    task: readInfo(head),
    end: success,
    metrics: readMetrics(tail),
  };
  return head.isComplete && tail.isComplete ? event : null;
}

const success = { reason: 'Success', message: '' };

/** In the order of the log. */
function readInfo(fields: Fields): TaskInfo {
  return {
    id: fields.number('"Task ID":'),
    index: fields.number('"Index":'),
    attempt: fields.number('"Attempt":'),
    launchMs: fields.number('"Launch Time":'),
    executor: fields.text('"Executor ID":"'),
    isSpeculative: fields.flag('"Speculative":'),
    gettingResultMs: fields.number('"Getting Result Time":'),
    finishMs: fields.number('"Finish Time":'),
  };
}

function readMetrics(fields: Fields): TaskMetrics {
  return {
    deserializeMs: fields.number('"Executor Deserialize Time":'),
    runMs: fields.number('"Executor Run Time":'),
    cpuNs: fields.number('"Executor CPU Time":'),
    resultBytes: fields.number('"Result Size":'),
    gcMs: fields.number('"JVM GC Time":'),
    serializeMs: fields.number('"Result Serialization Time":'),
    memorySpilled: fields.number('"Memory Bytes Spilled":'),
    diskSpilled: fields.number('"Disk Bytes Spilled":'),
    fetchWaitMs: fields.number('"Fetch Wait Time":'),
    shuffleReadBytes: fields.number('"Remote Bytes Read":') + fields.number('"Local Bytes Read":'),
    shuffleWriteBytes: fields.number('"Shuffle Bytes Written":'),
    shuffleWriteNs: fields.number('"Shuffle Write Time":'),
    inputBytes: fields.number('"Bytes Read":'),
    inputRecords: fields.number('"Records Read":'),
    outputBytes: fields.number('"Bytes Written":'),
  };
}

/** Fields of a part of a line. They mostly come in the order in which they are asked for: each is looked for behind the one before, first. */
class Fields {
  /** False: a field wasn't there, or was no whole number that isn't negative. */
  isComplete = true;
  private readonly line: string;
  private readonly from: number;
  private readonly to: number;
  private at: number;

  constructor(line: string, from: number, to: number) {
    this.line = line;
    this.from = from;
    this.to = to;
    this.at = from;
  }

  number(key: string): number {
    let at = this.behind(key);
    if (at < 0) return 0;
    let value = 0;
    let digit = this.line.charCodeAt(at) - 48;
    if (!(digit >= 0 && digit <= 9)) this.isComplete = false;
    for (; digit >= 0 && digit <= 9; digit = this.line.charCodeAt(++at) - 48) value = value * 10 + digit;
    const next = this.line[at];
    if (next !== ',' && next !== '}') this.isComplete = false;
    this.at = at;
    return value;
  }

  /** Text without anything that is escaped. */
  text(key: string): string {
    const at = this.behind(key);
    const end = at < 0 ? -1 : this.line.indexOf('"', at);
    if (end < 0) return '';
    this.at = end;
    const text = this.line.slice(at, end);
    if (text.includes('\\')) this.isComplete = false;
    return text;
  }

  flag(key: string): boolean {
    const at = this.behind(key);
    if (at >= 0 && this.line.startsWith('true', at)) return true;
    if (at < 0 || !this.line.startsWith('false', at)) this.isComplete = false;
    return false;
  }

  private behind(key: string): number {
    let at = this.line.indexOf(key, this.at);
    if (at < 0 || at >= this.to) at = this.line.indexOf(key, this.from);
    if (at < 0 || at >= this.to) {
      this.isComplete = false;
      return -1;
    }
    return at + key.length;
  }
}
