import { basename } from 'node:path';

/** A thread of a JVM that used less than this isn't shown: a JVM has some hundred threads, and most never do anything. */
export const noteworthyCpuNs = 5e6;

/** What a process runs. */
export interface Running {
  readonly command: readonly string[];
  readonly executable: string;
}

export function isJvm({ executable }: Running): boolean {
  return /^javaw?(\.exe)?$/.test(basename(executable));
}

/** A JVM that was started by PySpark's launcher: it ends by itself once its Python has ended, and takes its time for it. */
export function isSparkDriver(command: readonly string[]): boolean {
  return command.includes('org.apache.spark.deploy.SparkSubmit');
}

/** The processes in which an executor runs Python functions, and the one that forks them: they end once their executor has. */
export function isSparkPython(command: readonly string[]): boolean {
  return command.includes('pyspark.daemon') || command.includes('pyspark.worker');
}

const launchers = new Set(['spark-submit', 'spark-class', 'find-spark-home', 'load-spark-env.sh', 'pyspark']);
const shells = new Set(['bash', 'sh', 'dash']);
/** Programs that Spark's scripts and Hadoop's library call for a moment. */
const tools = new Set([
  'ps',
  'rm',
  'chmod',
  'getconf',
  'ls',
  'id',
  'uname',
  'readlink',
  'dirname',
  'setsid',
  'df',
  'tr',
  ...shells,
]);

/**
 * Whether a process is only a step on the way to the JVM, or a tool that it calls for a moment: nobody asked for it.
 * `parent`: null when it isn't watched.
 */
export function isHelperOfSpark(process: Running, parent: Running | null): boolean {
  const { command, executable } = process;
  const program = basename(command[0] ?? executable);
  if (basename(executable) === 'jspawnhelper' || command.includes('org.apache.spark.launcher.Main')) return true;
  if (shells.has(program) && command.some(word => launchers.has(basename(word)))) return true;
  if (parent === null || !(isJvm(parent) || isLauncher(parent))) return false;
  // A child that has not become its program yet looks like its parent; one that was gone before anyone looked has no name.
  const isCopy = executable === parent.executable && command.join('\0') === parent.command.join('\0');
  return isCopy || program === '' || tools.has(program);
}

function isLauncher({ command }: Running): boolean {
  return command.some(word => launchers.has(basename(word)));
}

const taskThread = 'Executor task launch worker';

/** Linux keeps 15 characters of a thread's name: those that Spark's users know, in full. */
const longNames: readonly string[] = [
  taskThread,
  'C1 CompilerThread',
  'C2 CompilerThread',
  'dag-scheduler-event-loop',
  'task-result-getter',
  'spark-listener-group',
  'broadcast-exchange',
  'shuffle-exchange',
  'shuffle-client',
  'shuffle-server',
  'executor-heartbeater',
  'heartbeat-receiver-event-loop',
  'dispatcher-event-loop',
  'dispatcher-BlockManagerMaster',
  'block-manager-storage-async-thread-pool',
  'files-client-',
  'map-output-dispatcher',
  'stdout writer for python',
  'element-tracking-store-worker',
  'ResultQueryStageExecution',
];
const kernelNameLength = 15;

/** What Spark 4 calls a thread of its pool between two tasks: "Executor task idle worker". */
const idleTaskThread = 'Executor task i';

/** The full name of a JVM's thread, where it is a well-known one. A thread that runs tasks has one name, whenever it's looked at. */
export function jvmThreadName(name: string): string {
  if (name.length < kernelNameLength) return name;
  if (name === idleTaskThread) return taskThread;
  return longNames.find(long => long.startsWith(name)) ?? name;
}

/** Threads that run tasks of Spark are shown even if they did little. */
export function runsSparkTasks(name: string): boolean {
  return name.startsWith('Executor task ');
}
