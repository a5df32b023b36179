/**
 * What an exception of PySpark comes down to. It is PySpark's own, and carries in its message what failed elsewhere: the traceback of a
 * Python worker, or some hundred lines of Java's.
 *
 *   PythonException: An exception was thrown from the Python worker:      Py4JJavaError: An error occurred while calling o62.csv.
 *   Traceback (most recent call last):                                    : org.apache.spark.SparkException: Job aborted … Lost task 1.0 in
 *     File "people.py", line 9, in ratio              ◀ place             stage 0.0 (TID 1) (10.0.0.7 executor 2): java.io.IOException: Mkdirs
 *   ZeroDivisionError: division by zero               ◀ type, message     	at org.apache.hadoop.fs.…                      ▲ type, message
 */
export interface RootCause {
  type: string;
  message: string;
  /** In the program's own text, of a function that ran in a Python worker; null when there is none. */
  place: { file: string; line: number } | null;
}

/** null: the exception isn't one of PySpark's. */
export function sparkRootCause({ type, message }: { type: string; message: string }): RootCause | null {
  if (!/^(?:pyspark|py4j)\./.test(type)) return null;
  return inWorker(message) ?? inJvm(message) ?? ofSpark(type, message);
}

const traceback = 'Traceback (most recent call last):\n';
const installed = /site-packages|dist-packages|pyspark\.zip|py4j-|[\\/]lib[\\/]python\d|^</;

function inWorker(message: string): RootCause | null {
  const begin = message.lastIndexOf(traceback);
  if (begin < 0) return null;
  const lines = message.slice(begin + traceback.length).split('\n');
  const end = lines.findIndex(line => /^\w/.test(line));
  const [, type, first = ''] = /^([\w.]+)(?:: (.*))?$/.exec(lines[end] ?? '') ?? [];
  if (type === undefined) return null;
  const rest = lines.slice(end + 1);
  const ended = rest.findIndex(isBesideMessage);
  const more = ended < 0 ? rest : rest.slice(0, ended);
  const frames = lines.slice(0, end).flatMap(line => {
    const [, file, number] = /^ {2}File "(.+)", line (\d+)/.exec(line) ?? [];
    return file === undefined || installed.test(file) ? [] : [{ file, line: Number(number) }];
  });
  return { type: shortType(type), message: tidy([first, ...more].join('\n')), place: frames.at(-1) ?? null };
}

/** After the words of an exception, its text goes on with Java's. */
const isBesideMessage = (line: string) => line.trim() === '' || line.startsWith('\t');

function inJvm(message: string): RootCause | null {
  const [, thrown] = /^An error occurred while calling .*\n: ([\s\S]+)/.exec(message) ?? [];
  if (thrown === undefined) return null;
  const [head = ''] = thrown.split('\n\tat ', 1);
  const inTask = /most recent failure: Lost task .*?\(TID \d+\) \([^)]*\): ([\s\S]+)/.exec(head)?.[1];
  const causes = [...thrown.matchAll(/^Caused by: (.+)$/gm)].map(([, text = '']) => text);
  const [, type, text] = /^([\w.$]+)(?:: ([\s\S]*))?$/.exec(inTask ?? causes.at(-1) ?? head) ?? [];
  return { type: type ?? '', message: tidy(text ?? inTask ?? head), place: null };
}

function ofSpark(type: string, message: string): RootCause {
  return { type: shortType(type), message: tidy(message.trim().split('\n', 1)[0] ?? ''), place: null };
}

/** PySpark's classes stand in modules that say nothing more. */
const shortType = (type: string) => (type.startsWith('pyspark.') ? type.slice(type.lastIndexOf('.') + 1) : type);

const tidy = (text: string) =>
  text
    .replace(/\n+Driver stacktrace:[\s\S]*/, '')
    .replace(/\s*\bSQLSTATE: \w+/, '')
    .replace(/;\s*$/, '')
    .trim();

const nameThem = 'PYSPARK_PYTHON, or by spark.pyspark.python in runInParallel.spark.conf';

/** What to do about it; '' where its own words are enough. */
export function sparkAdvice({ type, message }: Pick<RootCause, 'type' | 'message'>): string {
  const versions = /Python in worker has different version:? ([\d.]*\d) than that in driver:? ([\d.]*\d)/.exec(message);
  if (versions)
    return `Spark's workers run Python ${versions[1]}, this program ${versions[2]}: name a Python ${versions[2]} that is on each of their machines, by ${nameThem}.`;
  const bare = /Error from python worker:\s*(\S+): [\s\S]*No module named '?pyspark/.exec(message);
  if (bare)
    return `${bare[1]}, which Spark's workers run, has no PySpark: install it there, or name another Python by ${nameThem}.`;
  const absent = /Cannot run program "([^"]+)"/.exec(message);
  if (absent)
    return `Spark's workers find no ${absent[1]}: name a Python that is on each of their machines, by ${nameThem}.`;
  const module = type === 'ModuleNotFoundError' ? /^No module named '([^']+)'/.exec(message) : null;
  if (module)
    return `The Python of Spark's workers has no ${module[1]}: install it there, on each machine of a cluster.`;
  if (type === 'java.lang.OutOfMemoryError')
    return 'Give the JVM more by spark.driver.memory or spark.executor.memory, which count from when Spark starts, or collect less at once.';
  if (message.startsWith('Python worker exited unexpectedly'))
    return 'Memory that ran out or a crash in native code is the usual cause; with spark.python.worker.faulthandler.enabled set to true, Spark shows the Python line of a crash.';
  return '';
}
