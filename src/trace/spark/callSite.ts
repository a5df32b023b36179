/** A place in the user's program that caused work, and what it is called there. */
export interface Action {
  /** `collect`, `count`, or what the program called it. */
  name: string;
  /** null: not known. */
  file: string | null;
  line: number | null;
}

/** What the JVM calls an action, where Python calls it something else. */
const pythonNames: Record<string, string> = {
  showString: 'show',
  collectToPython: 'collect',
  collectAsArrowToPython: 'toPandas',
  getRowsToPython: 'show',
  foreachPartition: 'foreach',
  runJob: 'job',
};

/**
 * Reads `collect at /home/me/job.py:14`. PySpark tells the Python line for RDDs, collect and toPandas; for other actions of a frame there is
 * only a place in the JVM (`count at NativeMethodAccessorImpl.java:0`), of which the name is kept. Null for words that are no call site, and for
 * places inside of Spark that name nothing of the user's.
 */
export function readCallSite(words: string): Action | null {
  const match = /^(.*) at ([^\n]+):(\d+)$/.exec(words);
  if (!match) return null;
  const [, name = '', file = '', line = '0'] = match;
  const isJvm = /\.(java|scala|kt)$/.test(file) || file.startsWith('<');
  if (!isJvm) return { name, file, line: Number(line) };
  if (!/^\w+$/.test(name)) return null;
  return { name: pythonNames[name] ?? name, file: null, line: null };
}

/** `collect at job.py:14`, or `count` where the line isn't known. */
export function actionText({ name, file, line }: Action): string {
  return file === null ? name : `${name} at ${file.split(/[/\\]/).at(-1)}:${line}`;
}

/** Reads the property by which our tracer tells of the call that causes a job: name, file, line and more, tab-separated. */
export function readOperation(words: string | null): Action | null {
  const [name = '', file = '', line = ''] = (words ?? '').split('\t');
  return name !== '' && file !== '' && Number(line) > 0 ? { name, file, line: Number(line) } : null;
}
