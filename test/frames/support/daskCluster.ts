// A real Dask scheduler and its workers, as processes of the test on the loopback interface.
import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { promisify } from 'node:util';

const patienceMs = 90_000;

/** Options of a scheduler and its workers, on their command lines and in their environment. */
export interface ClusterOptions {
  python: string;
  workers?: number;
  threads?: number;
  protocol?: 'tcp' | 'tls';
  /** Of all its processes, and of what asks it. */
  environment?: Record<string, string>;
  schedulerArguments?: string[];
  workerArguments?: string[];
  withNanny?: boolean;
}

/** A process whose log is kept. */
class Logged {
  readonly child: ChildProcess;
  log = '';
  private readonly ended: Promise<void>;
  private check = () => {};

  constructor(python: string, args: string[], environment: Record<string, string>) {
    const env = { ...process.env, ...environment };
    this.child = spawn(python, args, { cwd: tmpdir(), env, stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.setEncoding('utf8').on('data', (text: string) => {
        this.log += text;
        this.check();
      });
    }
    this.ended = new Promise(resolve => this.child.once('close', () => resolve()));
  }

  /** Waits until its log fits. */
  async until(pattern: RegExp): Promise<void> {
    const found = new Promise<boolean>(resolve => {
      this.check = () => {
        if (pattern.test(this.log)) resolve(true);
      };
      this.check();
    });
    const gone = this.ended.then(() => false);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<boolean>(resolve => {
      timer = setTimeout(() => resolve(false), patienceMs);
    });
    const isFound = await Promise.race([found, gone, late]);
    clearTimeout(timer);
    assert.ok(isFound, `${this.child.spawnargs.join(' ')} never said ${pattern}:\n${this.log}`);
  }

  async end(signal: NodeJS.Signals): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) this.child.kill(signal);
    const timer = setTimeout(() => this.child.kill('SIGKILL'), 15_000);
    await this.ended;
    clearTimeout(timer);
  }
}

export class DaskCluster {
  readonly address: string;
  readonly options: ClusterOptions;
  private scheduler: Logged;
  private readonly workers: Logged[];

  private constructor(options: ClusterOptions, address: string, scheduler: Logged, workers: Logged[]) {
    this.options = options;
    this.address = address;
    this.scheduler = scheduler;
    this.workers = workers;
  }

  /** Starts one, and waits until all its workers are there. */
  static async start(options: ClusterOptions): Promise<DaskCluster> {
    const scheduler = await startScheduler(options, 0);
    const [, address] = /Scheduler at: *(\S+)/.exec(scheduler.log) ?? [];
    assert.ok(address, scheduler.log);
    const workers = Array.from({ length: options.workers ?? 2 }, (_, i) => startWorker(options, address, `w${i}`));
    const cluster = new DaskCluster(options, address, scheduler, workers);
    try {
      await Promise.all(workers.map(worker => worker.until(/Registered to: /)));
    } catch (error) {
      await cluster.stop();
      throw error;
    }
    return cluster;
  }

  async stop(): Promise<void> {
    await Promise.all(this.workers.map(worker => worker.end('SIGTERM')));
    await this.scheduler.end('SIGTERM');
  }

  /** One more, without waiting for it. */
  addWorker(name: string): void {
    this.workers.push(startWorker(this.options, this.address, name));
  }

  /** As when its machine fails. */
  async killScheduler(): Promise<void> {
    await this.scheduler.end('SIGKILL');
  }

  /** A new one in the place of the old one; its workers come back by themselves or not. */
  async startSchedulerAgain(): Promise<void> {
    this.scheduler = await startScheduler(this.options, Number(new URL(this.address.replace(/^\w+/, 'http')).port));
  }

  /** What a program of its own finds in the scheduler: `code` binds `found` with the help of `client` (a Client), and may await nothing. */
  async ask(code: string): Promise<unknown> {
    const program = `
import json
from distributed import Client
client = Client(${JSON.stringify(this.address)}, timeout=60)
${code}
print(json.dumps(found))
client.close()
`;
    const { stdout } = await promisify(execFile)(this.options.python, ['-c', program], {
      cwd: tmpdir(),
      env: { ...process.env, ...this.options.environment },
    });
    return JSON.parse(stdout.trim().split('\n').at(-1) ?? 'null');
  }

  /** All that a Client could leave behind in the scheduler. */
  state(): Promise<unknown> {
    return this.ask(`
def look(dask_scheduler):
    s = dask_scheduler
    broker = getattr(s, '_broker', None)
    topics = broker._topics if broker is not None else s.events
    return {
        'plugins': sorted(map(str, s.plugins)), 'handlers': sorted(s.handlers), 'tasks': len(s.tasks), 'workers': sorted(w.name for w in s.workers.values()),
        'clients': len(s.clients), 'extensions': sorted(s.extensions),
        'topics': sorted(str(topic) for topic in topics if topic not in ('all', 'scheduler', 'print', 'warn') and '://' not in str(topic) and not str(topic).startswith('Client-')),
    }
found = client.run_on_scheduler(look)`);
  }

  /** Makes the scheduler keep its task stream from now on. */
  async keepTaskStream(): Promise<void> {
    await this.ask('client.get_task_stream()\nfound = None');
  }

  /** Dask's own task stream: key → start and end of the computation, in s of the wall clock. */
  async taskStream(): Promise<Map<string, [start: number, stop: number]>> {
    const found = await this.ask(`
found = [[str(task['key']), phase['start'], phase['stop']] for task in client.get_task_stream() for phase in task['startstops'] if phase['action'] == 'compute']`);
    assert.ok(Array.isArray(found));
    return new Map(found.map(([key, start, stop]) => [String(key), [Number(start), Number(stop)]]));
  }
}

/** `port`: 0 for one that is free. */
async function startScheduler(options: ClusterOptions, port: number): Promise<Logged> {
  const args = [
    '-m',
    'distributed.cli.dask_scheduler',
    '--host',
    `${options.protocol ?? 'tcp'}://127.0.0.1`,
    '--port',
    `${port}`,
  ];
  const dashboard = ['--dashboard-address', '127.0.0.1:0'];
  const scheduler = new Logged(
    options.python,
    [...args, ...dashboard, ...(options.schedulerArguments ?? [])],
    options.environment ?? {},
  );
  await scheduler.until(/Scheduler at: *\S+\n/);
  return scheduler;
}

function startWorker(options: ClusterOptions, address: string, name: string): Logged {
  const nanny = options.withNanny ? [] : ['--no-nanny'];
  const args = [address, '--name', name, '--nthreads', `${options.threads ?? 2}`, '--no-dashboard', ...nanny];
  return new Logged(
    options.python,
    ['-m', 'distributed.cli.dask_worker', ...args, ...(options.workerArguments ?? [])],
    options.environment ?? {},
  );
}

/** A port that nobody listens at. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', () => resolve()));
  const address = server.address();
  await new Promise(resolve => server.close(resolve));
  assert.ok(typeof address === 'object' && address !== null);
  return address.port;
}
