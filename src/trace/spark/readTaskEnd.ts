import { asObject, asString, type JsonObject, numberOrZero as number } from '../../base/parse.ts';
import type { TaskEnd, TaskMetrics, TaskOutcome } from './events.ts';

/** What the end of a task tells beyond its start. */
export function readTaskEnd(json: JsonObject, task: Pick<TaskEnd, 'stage' | 'stageAttempt' | 'task'>): TaskEnd {
  const metrics = asObject(json['Task Metrics']);
  return {
    kind: 'taskEnd',
    ...task,
    end: readOutcome(asObject(json['Task End Reason'])),
    metrics: metrics && readMetrics(metrics),
  };
}

function readOutcome(json: JsonObject | null): TaskOutcome {
  const reason = asString(json?.Reason) ?? 'UnknownReason';
  switch (reason) {
    case 'ExceptionFailure':
      return {
        reason,
        message: exceptionText(asString(json?.['Class Name']) ?? '', asString(json?.Description) ?? ''),
      };
    case 'TaskKilled':
      return { reason, message: asString(json?.['Kill Reason']) ?? '' };
    case 'ExecutorLostFailure':
      return { reason, message: firstLine(asString(json?.['Loss Reason']) ?? '') };
    case 'FetchFailed':
      return { reason, message: firstLine(asString(json?.Message) ?? '') };
    default:
      return { reason, message: '' };
  }
}

/** What a failure says, with the exception that it was, in one line. */
export function exceptionText(className: string, description: string): string {
  const said = failureText(description);
  return description.includes(traceback) ? said : `${className.split('.').at(-1) ?? ''}: ${said}`;
}

const traceback = 'Traceback (most recent call last)';

/** What a failure says, in one line: of a Python traceback its last, such as `ValueError: bad row`. */
export function failureText(words: string): string {
  const at = words.indexOf(traceback);
  if (at < 0) return firstLine(words);
  const [, ...lines] = words.slice(at).split('\n');
  const isFrame = (line: string) => /^\s/.test(line) || line.trim() === '';
  return lines.find(line => !isFrame(line))?.trim() ?? firstLine(words);
}

function firstLine(words: string): string {
  return words.trim().split('\n')[0] ?? '';
}

/** Run time is in ms, CPU time and the time to write a shuffle in ns: so it is in the log. */
function readMetrics(json: JsonObject): TaskMetrics {
  const read = asObject(json['Shuffle Read Metrics']);
  const write = asObject(json['Shuffle Write Metrics']);
  const input = asObject(json['Input Metrics']);
  return {
    deserializeMs: number(json['Executor Deserialize Time']),
    runMs: number(json['Executor Run Time']),
    cpuNs: number(json['Executor CPU Time']),
    resultBytes: number(json['Result Size']),
    gcMs: number(json['JVM GC Time']),
    serializeMs: number(json['Result Serialization Time']),
    memorySpilled: number(json['Memory Bytes Spilled']),
    diskSpilled: number(json['Disk Bytes Spilled']),
    fetchWaitMs: number(read?.['Fetch Wait Time']),
    shuffleReadBytes: number(read?.['Remote Bytes Read']) + number(read?.['Local Bytes Read']),
    shuffleWriteNs: number(write?.['Shuffle Write Time']),
    shuffleWriteBytes: number(write?.['Shuffle Bytes Written']),
    inputBytes: number(input?.['Bytes Read']),
    inputRecords: number(input?.['Records Read']),
    outputBytes: number(asObject(json['Output Metrics'])?.['Bytes Written']),
  };
}
