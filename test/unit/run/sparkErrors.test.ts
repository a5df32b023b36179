import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sparkAdvice, sparkRootCause } from '../../../src/run/sparkErrors.ts';

const library = '/venv/lib/python3.9/site-packages/pyspark/python/lib/pyspark.zip/pyspark';
const inWorker = `Traceback (most recent call last):
  File "${library}/worker.py", line 1247, in main
    process()
  File "people.py", line 7, in ratio
    return share(row)
  File "people.py", line 11, in share
    return 1 // (row - 5)
           ~~^^~~~~~~~~~~
ZeroDivisionError: integer division or modulo by zero
`;
const stack =
  '\tat org.apache.spark.api.python.BasePythonRunner.handle(PythonRunner.scala:572)\n\tat java.base/java.lang.Thread.run(Thread.java:840)\n';
const failedStage = (thrown: string) =>
  `An error occurred while calling z:org.apache.spark.api.python.PythonRDD.collectAndServe.
: org.apache.spark.SparkException: Job aborted due to stage failure: Task 1 in stage 0.0 failed 4 times, most recent failure: Lost task 1.3 in stage 0.0 (TID 7) (10.0.0.7 executor 2): ${thrown}
${stack}
Driver stacktrace:
${stack}Caused by: ${thrown}
${stack}\t... 1 more
`;

test("a function that failed in a Python worker: its exception, at the program's own line", () => {
  const cause = {
    type: 'ZeroDivisionError',
    message: 'integer division or modulo by zero',
    place: { file: 'people.py', line: 11 },
  };
  const spark4 = `An exception was thrown from the Python worker:\n${inWorker.trimEnd()}`;
  const spark3 = `\n  An exception was thrown from the Python worker. Please see the stack trace below.\n${inWorker}`;
  for (const message of [spark4, spark3])
    assert.deepEqual(sparkRootCause({ type: 'pyspark.errors.exceptions.captured.PythonException', message }), cause);
  const message = failedStage(`org.apache.spark.api.python.PythonException: ${inWorker}`);
  assert.deepEqual(sparkRootCause({ type: 'py4j.protocol.Py4JJavaError', message }), cause);
});

test('what an exception says in several lines stays whole; one without a text has none', () => {
  const raised = (last: string) =>
    sparkRootCause({
      type: 'pyspark.errors.exceptions.captured.PythonException',
      message: `An exception was thrown from the Python worker:\nTraceback (most recent call last):\n  File "${library}/worker.py", line 9, in main\n${last}`,
    });
  assert.deepEqual(raised('mine.Odd: one\ntwo\n\n\tat org.apache'), {
    ...{ type: 'mine.Odd', message: 'one\ntwo', place: null },
  });
  assert.deepEqual(raised('StopIteration'), { type: 'StopIteration', message: '', place: null });
});

test('a failure of the JVM: what the task threw, else the last cause, without the stack', () => {
  const of = (message: string) => sparkRootCause({ type: 'py4j.protocol.Py4JJavaError', message });
  assert.deepEqual(of(failedStage('java.lang.OutOfMemoryError: Java heap space')), {
    ...{ type: 'java.lang.OutOfMemoryError', message: 'Java heap space', place: null },
  });
  const written = `An error occurred while calling o62.csv.\n: org.apache.spark.SparkException: Job aborted.\n${stack}Caused by: java.io.IOException: Mkdirs failed to create file:/x\n${stack}`;
  assert.deepEqual(of(written), {
    ...{ type: 'java.io.IOException', message: 'Mkdirs failed to create file:/x', place: null },
  });
  const plain = `An error occurred while calling o1.load.\n: java.lang.ClassNotFoundException: delta\n${stack}`;
  assert.equal(of(plain)?.type, 'java.lang.ClassNotFoundException');
});

test("Spark's own errors: their first line, without plan and state", () => {
  const of = (message: string) =>
    sparkRootCause({ type: 'pyspark.errors.exceptions.captured.AnalysisException', message });
  const told = of(
    "[UNRESOLVED_COLUMN] A column `idd` cannot be resolved. SQLSTATE: 42703;\n'Project ['idd]\n+- Range (0, 10)\n",
  );
  assert.deepEqual(told, {
    ...{ type: 'AnalysisException', message: '[UNRESOLVED_COLUMN] A column `idd` cannot be resolved.', place: null },
  });
  assert.equal(
    of("\n[PARSE_SYNTAX_ERROR] Syntax error at or near 'selec'. SQLSTATE: 42601 (line 1, pos 0)\n\n== SQL ==\n")
      ?.message,
    "[PARSE_SYNTAX_ERROR] Syntax error at or near 'selec'. (line 1, pos 0)",
  );
});

test("other exceptions are not Spark's", () => {
  assert.equal(sparkRootCause({ type: 'ValueError', message: inWorker }), null);
  assert.equal(sparkRootCause({ type: 'pysparkling.Error', message: 'x' }), null);
});

const advised: [type: string, message: string, advice: RegExp][] = [
  [
    'PySparkRuntimeError',
    '[PYTHON_VERSION_MISMATCH] Python in worker has different version: 3.11 than that in driver: 3.13, PySpark cannot',
    /^Spark's workers run Python 3\.11, this program 3\.13: name a Python 3\.13 .* PYSPARK_PYTHON/,
  ],
  [
    'RuntimeError',
    'Python in worker has different version 3.11 than that in driver 3.9, PySpark cannot run with different minor versions.',
    /^Spark's workers run Python 3\.11, this program 3\.9: name a Python 3\.9 /,
  ],
  [
    'org.apache.spark.SparkException',
    "\nError from python worker:\n  /usr/bin/python3: Error while finding module specification for 'pyspark.daemon' (ModuleNotFoundError: No module named 'pyspark')",
    /^\/usr\/bin\/python3, which Spark's workers run, has no PySpark: install it there, or name another/,
  ],
  [
    'java.io.IOException',
    'Cannot run program "python3.13": error=2, No such file',
    /find no python3\.13: name a Python/,
  ],
  ['ModuleNotFoundError', "No module named 'scipy'", /^The Python of Spark's workers has no scipy: install it there/],
  ['java.lang.OutOfMemoryError', 'Java heap space', /spark\.driver\.memory/],
  ['org.apache.spark.SparkException', 'Python worker exited unexpectedly (crashed)', /faulthandler/],
  ['ZeroDivisionError', 'division by zero', /^$/],
];
for (const [type, message, advice] of advised) {
  test(`advice on ${type}: ${message.trim().slice(0, 50)}`, () => {
    assert.match(sparkAdvice({ type, message }), advice);
  });
}
