// Spark on loopback as processes of the test: a standalone master with its workers, or a Connect server.
import { type ChildProcessByStdio, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Readable } from 'node:stream';
import type { TestContext } from 'node:test';
import { sparkJars } from '../../../scripts/lib/sparkPackages.mjs';

export interface ConnectServer {
  /** `sc://127.0.0.1:PORT` */
  address: string;
  uiPort: number;
  stop: () => Promise<void>;
}

type Daemon = ChildProcessByStdio<null, null, Readable>;

/**
 * Starts a master and that many workers of `cores` cores each, of the Spark that this Python has; resolves with the master's address
 * (`spark://127.0.0.1:PORT`) when all have registered. They end with the test.
 */
export async function startCluster(
  t: TestContext,
  { python, workers, cores }: { python: string; workers: number; cores: number },
): Promise<string> {
  const { work, begin: beginClass } = prepare(t, python);
  const begin = (kind: 'master.Master' | 'worker.Worker', host: string, args: string[]) =>
    beginClass(`org.apache.spark.deploy.${kind}`, ['--host', host, '--webui-port', '0', ...args]);
  const master = begin('master.Master', '127.0.0.1', ['--port', '0']);
  const [url = ''] = await heard(master, /spark:\/\/127\.0\.0\.1:\d+/g, 1);
  const registered = heard(master, /Registering worker/g, workers);
  for (let i = 0; i < workers; i++) {
    // Each a host of its own: Spark starts a slow task again on another one only.
    begin('worker.Worker', `127.0.0.${i + 1}`, ['-c', String(cores), '-m', '1G', '-d', join(work, `worker-${i}`), url]);
  }
  await registered;
  return url;
}

/** Why this Python's Spark can't be tried with a Connect server; null when it can. */
export function connectObstacle(python: string): string | null {
  if (spawnSync(python, ['-c', 'import pyspark.sql.connect.proto, grpc, grpc_status']).status !== 0)
    return `${python} has no grpcio, which Spark Connect needs`;
  return connectJars(homeOf(python)) === null ? 'the Connect server of this Spark could not be fetched' : null;
}

/** What must be on the class path for it beside Spark's own jars: it is one of these since Spark 4. */
function connectJars(home: string): string[] | null {
  if (readdirSync(join(home, 'jars')).some(name => name.startsWith('spark-connect_'))) return [];
  const jars = sparkJars('connectOld');
  return jars.length > 0 ? jars : null;
}

/**
 * Starts a Spark Connect server of the Spark that this Python has, with two cores of its own and a UI; resolves when it listens.
 * It ends with the test, or by `stop`.
 */
export async function startConnect(t: TestContext, python: string): Promise<ConnectServer> {
  const { home, begin } = prepare(t, python);
  const settings = ['grpc.binding.address=127.0.0.1', 'grpc.binding.port=0'].map(each => `spark.connect.${each}`);
  const jars = connectJars(home) ?? [];
  if (jars.length > 0) settings.push(`spark.driver.extraClassPath=${jars.join(delimiter)}`);
  const confs = [...settings, 'spark.ui.port=0'].flatMap(each => ['--conf', each]);
  const place = ['--class', 'org.apache.spark.sql.connect.service.SparkConnectServer', '--master', 'local[2]'];
  const server = begin('org.apache.spark.deploy.SparkSubmit', [...place, ...confs, 'spark-internal']);
  const [ui = '', said = ''] = await heard(
    server,
    /'SparkUI' on port \d+|Spark Connect server started at: \S+:\d+/g,
    2,
  );
  const address = `sc://127.0.0.1:${said.split(':').at(-1)}`;
  return { address, uiPort: Number(ui.split(' ').at(-1)), stop: () => end(server) };
}

/** What starts daemons of this Python's Spark, in a folder of their own; they end with the test, and the folder goes. */
function prepare(t: TestContext, python: string) {
  const home = homeOf(python);
  const work = mkdtempSync(join(tmpdir(), 'spark-cluster-'));
  const started: Daemon[] = [];
  t.after(async () => {
    await Promise.all(started.map(end));
    rmSync(work, { recursive: true, force: true });
  });
  const env = { ...process.env, SPARK_HOME: home, PYSPARK_PYTHON: python, SPARK_LOCAL_IP: '127.0.0.1' };
  const begin = (name: string, args: string[]): Daemon => {
    const stdio: ['ignore', 'ignore', 'pipe'] = ['ignore', 'ignore', 'pipe'];
    const daemon = spawn(join(home, 'bin', 'spark-class'), [name, ...args], { cwd: work, env, stdio });
    started.push(daemon);
    return daemon;
  };
  return { home, work, begin };
}

/** The folder of this Python's Spark. */
export function homeOf(python: string): string {
  const script = 'import os, pyspark; print(os.path.dirname(pyspark.__file__))';
  return execFileSync(python, ['-c', script], { encoding: 'utf8' }).trim();
}

/** What a daemon says that matches, once it has done so that often. Fails with all that it said when it ends before. */
function heard(daemon: Daemon, pattern: RegExp, count: number): Promise<string[]> {
  return new Promise((resolve, reject) => {
    let said = '';
    daemon.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      const matches = [...said.matchAll(pattern)].map(match => match[0]);
      if (matches.length >= count) resolve(matches);
    });
    daemon.once('error', reject);
    daemon.once('exit', code => reject(new Error(`A daemon of Spark ended with ${code}:\n${said}`)));
  });
}

/** Politely first: a worker then ends its executors. */
async function end(daemon: Daemon): Promise<void> {
  if (daemon.exitCode !== null || daemon.signalCode !== null) return;
  const ended = once(daemon, 'exit');
  daemon.kill('SIGTERM');
  const impatience = setTimeout(() => daemon.kill('SIGKILL'), 15_000);
  await ended;
  clearTimeout(impatience);
}
