// How long a log of 100,000 tasks takes to read, and how much memory: made from the lines that a real Spark wrote of one stage with a task.
// Prints JSON. `--read FILE` reads one, in a process of its own, whose memory is that of the reading alone.
import { execFileSync } from 'node:child_process';
import { closeSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, statSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openTrace } from '../../src/open/openTrace.ts';
import { TraceBuilder } from '../../src/trace/builder.ts';
import { EngineSink } from '../../src/trace/engineSink.ts';
import { encodeTrace } from '../../src/trace/file.ts';
import { SparkLogs } from '../../src/worker/engines/spark/sparkLogs.ts';

const tasks = 100_000;
const tasksPerStage = 200;
const executors = 8;
const cores = 4;
const beganMs = 1_795_745_000_000;

/** Lines with the numbers of one job, stage and task in them. */
function template(): Record<'job' | 'submitted' | 'start' | 'end' | 'completed' | 'jobEnd', string> {
  const path = join(import.meta.dirname, '../fixtures/spark/one-task.log');
  const [job = '', submitted = '', start = '', end = '', completed = '', jobEnd = ''] = readFileSync(
    path,
    'utf8',
  ).split('\n');
  return { job, submitted, start, end, completed, jobEnd };
}

function writeLog(path: string): void {
  const lines = template();
  const fd = openSync(path, 'w');
  const put = (line: string, numbers: Record<string, number | string>) => {
    const text = Object.entries(numbers).reduce((all, [field, value]) => {
      const written = typeof value === 'string' ? `"${value}"` : String(value);
      return all.replace(new RegExp(`"${field}":("[^"]*"|\\d+)`), `"${field}":${written}`);
    }, line);
    writeSync(fd, `${text}\n`);
  };
  writeSync(fd, `{"Event":"SparkListenerLogStart","Spark Version":"4.3.0"}\n`);
  writeSync(
    fd,
    `{"Event":"SparkListenerApplicationStart","App Name":"large","App ID":"app-1","Timestamp":${beganMs},"User":"me"}\n`,
  );
  for (let id = 0; id < executors; id++) {
    const info = `{"Host":"h${id}","Total Cores":${cores},"Log Urls":{},"Attributes":{},"Resources":{},"Resource Profile Id":0}`;
    writeSync(
      fd,
      `{"Event":"SparkListenerExecutorAdded","Timestamp":${beganMs},"Executor ID":"${id}","Executor Info":${info}}\n`,
    );
  }
  let nowMs = beganMs;
  let task = 0;
  for (let stage = 0; task < tasks; stage++) {
    put(lines.job, { 'Job ID': stage, 'Submission Time': nowMs, 'Stage ID': stage });
    put(lines.submitted, { 'Stage ID': stage, 'Submission Time': nowMs, 'Number of Tasks': tasksPerStage });
    for (let i = 0; i < tasksPerStage; i += executors * cores) {
      const wave = Math.min(executors * cores, tasksPerStage - i);
      const times = (slot: number) => ({ 'Launch Time': nowMs, 'Finish Time': nowMs + 50 + slot });
      const numbers = (slot: number) => ({
        'Stage ID': stage,
        'Task ID': task + slot,
        Index: i + slot,
        'Executor ID': String(slot % executors),
      });
      for (let slot = 0; slot < wave; slot++) put(lines.start, { ...numbers(slot), 'Launch Time': nowMs });
      for (let slot = 0; slot < wave; slot++) put(lines.end, { ...numbers(slot), ...times(slot) });
      task += wave;
      nowMs += 100;
    }
    put(lines.completed, { 'Stage ID': stage, 'Submission Time': nowMs - 700, 'Completion Time': nowMs });
    put(lines.jobEnd, { 'Job ID': stage, 'Completion Time': nowMs });
  }
  writeSync(fd, `{"Event":"SparkListenerApplicationEnd","Timestamp":${nowMs}}\n`);
  closeSync(fd);
}

/** Opened as `show` does it. */
function readLog(path: string): Record<string, number> {
  const before = process.resourceUsage().maxRSS / 1024;
  const begun = performance.now();
  const cpu = process.cpuUsage();
  const trace = openTrace(path);
  const openMs = performance.now() - begun;
  const { user, system } = process.cpuUsage(cpu);
  const memoryMb = process.resourceUsage().maxRSS / 1024 - before;
  if (!trace.ok) throw new Error(trace.error.message);
  const { length } = trace.value.tasks;
  return {
    openMs,
    cpuMs: (user + system) / 1e3,
    memoryMb,
    tasks: length,
    traceMb: encodeTrace(trace.value).byteLength / 2 ** 20,
  };
}

/** Read as while a run goes on, look after look. */
function followLog(traceDir: string): Record<string, number> {
  const builder = new TraceBuilder({ title: 'bench', startedAtMs: beganMs, cpuCount: 2 });
  const sink = new EngineSink({ builder, index: null });
  const logs = new SparkLogs({ traceDir, startedAtMs: beganMs, emit: event => sink.take(event), warn: () => {} });
  const begun = performance.now();
  let longestLookMs = 0;
  for (let isNew = true; isNew; ) {
    const at = performance.now();
    isNew = logs.poll();
    longestLookMs = Math.max(longestLookMs, performance.now() - at);
  }
  return { followMs: performance.now() - begun, longestLookMs };
}

function measure(): void {
  const traceDir = mkdtempSync(join(tmpdir(), 'spark-bench-'));
  try {
    const path = join(traceDir, 'spark', 'app-1');
    mkdirSync(dirname(path));
    writeLog(path);
    const run = (mode: string, of: string): unknown =>
      JSON.parse(
        execFileSync(process.execPath, [...process.execArgv, import.meta.filename, mode, of], { encoding: 'utf8' }),
      );
    const results = {
      logMb: statSync(path).size / 2 ** 20,
      read: run('--read', path),
      follow: run('--follow', traceDir),
    };
    process.stdout.write(`${JSON.stringify(results)}\n`);
  } finally {
    rmSync(traceDir, { recursive: true });
  }
}

const [mode, path = ''] = process.argv.slice(2);
if (mode === '--read') process.stdout.write(JSON.stringify(readLog(path)));
else if (mode === '--follow') process.stdout.write(JSON.stringify(followLog(path)));
else measure();
