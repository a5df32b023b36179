import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { TestContext } from 'node:test';
import { build } from 'esbuild';
import { type RunHandle, type RunListener, RunPool } from '../../../src/pool/runPool.ts';
import type { Changed, OutputChunk, RunOutcome } from '../../../src/protocol/hostWorker.ts';
import { type ClusterSecrets, type Clusters, noClusters, noSecrets } from '../../../src/run/clusters.ts';
import { defaultLimits, type RunLimits, type RunPhase, type RunRequest } from '../../../src/run/request.ts';
import { decodeTrace } from '../../../src/trace/file.ts';
import type { Trace } from '../../../src/trace/model.ts';
import { progressWords } from '../../../src/trace/progress.ts';

export const root = join(import.meta.dirname, '../../..');

/** Every Python to test with, oldest first; `npm test` has looked for them. */
export const pythons = process.env.RUN_IN_PARALLEL_PYTHONS?.split(delimiter) ?? ['python3'];
export const newestPython = pythons.at(-1) ?? 'python3';

let bundles: Promise<string> | null = null;

/** A dist folder of the sources as they are now, with what a RunPool needs; made once per test process. */
export function distDir(): Promise<string> {
  bundles ??= bundle();
  return bundles;
}

async function bundle(): Promise<string> {
  const outdir = mkdtempSync(join(tmpdir(), 'rip-dist-'));
  process.once('exit', () => rmSync(outdir, { recursive: true, force: true }));
  await build({
    absWorkingDir: root,
    bundle: true,
    outdir,
    platform: 'node',
    target: 'node20',
    format: 'cjs',
    logLevel: 'warning',
    external: ['@napi-rs/nice'],
    entryPoints: {
      poolThread: 'src/worker/poolThread.ts',
      guard: 'src/worker/guard.ts',
      host: 'test/process/run/host.ts',
      worker: 'node_modules/piscina/dist/worker.js',
    },
  });
  cpSync(join(root, 'src/python'), join(outdir, 'python'), { recursive: true });
  return outdir;
}

/** A pool in folders of its own. After the test every run of it must be gone, down to the last process. */
export async function openPool(t: TestContext, options: { size?: number; distDir?: string; runsDir?: string } = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'rip-runs-'));
  const pool = new RunPool({
    distDir: options.distDir ?? (await distDir()),
    runsDir: options.runsDir ?? folder,
    size: options.size ?? 2,
  });
  const runs: Started[] = [];
  t.after(async () => {
    await pool.dispose();
    for (const { handle } of runs) assert.deepEqual(processesOf(handle.runId), []);
    rmSync(folder, { recursive: true, force: true });
  });
  const start = (program: Program) => {
    const started = new Started(pool, program);
    runs.push(started);
    return started;
  };
  return { pool, start, folder };
}

export interface Program {
  source: string | null;
  file?: string;
  python?: string;
  argv?: string[];
  cwd?: string;
  limits?: Partial<RunLimits>;
  runId?: string;
  clusters?: Clusters;
  /** Added to the environment. */
  env?: Record<string, string>;
  clusterSecrets?: ClusterSecrets;
  /** As a cell of a notebook, whose value is shown. */
  cell?: boolean;
  /** As in RunRequest. */
  firstRows?: number[];
}

let lastRun = 0;

export function requestFor(program: Program): RunRequest {
  return {
    runId: program.runId ?? `test-${process.pid}-${Date.now().toString(36)}-${++lastRun}`,
    snippet: {
      title: 'program.py',
      units: [
        { file: program.file ?? join(tmpdir(), 'program.py'), source: program.source, cell: program.cell ?? false },
      ],
      selection: null,
      display: program.cell ?? false,
    },
    interpreter: { command: program.python ?? newestPython, args: [], source: 'the test' },
    cwd: program.cwd ?? tmpdir(),
    argv: program.argv ?? [],
    env: program.env ?? {},
    limits: { ...defaultLimits, samplingHz: 100, ...program.limits },
    clusters: program.clusters ?? noClusters,
    clusterSecrets: program.clusterSecrets ?? noSecrets,
    display: 'rich',
    firstRows: program.firstRows ?? [],
  };
}

/** A run with all that its listener has heard. */
export class Started implements RunListener {
  readonly handle: RunHandle;
  readonly phases: string[] = [];
  readonly heard = { stdout: '', stderr: '' };
  readonly chunks: OutputChunk[] = [];
  changes = 0;
  /** What was told of an engine's progress, each new sentence once. */
  readonly progress: string[] = [];
  private checks = new Set<() => void>();

  constructor(pool: RunPool, program: Program) {
    this.handle = pool.run(requestFor(program), this);
  }

  onPhase(phase: RunPhase, queuePosition: number | null): void {
    this.phases.push(queuePosition === null ? phase : `${phase} ${queuePosition}`);
    this.check();
  }

  onOutput(chunks: OutputChunk[]): void {
    for (const chunk of chunks) {
      if (chunk.stream !== 'display') this.heard[chunk.stream] += chunk.text;
      this.chunks.push(chunk);
    }
    this.check();
  }

  onChanged({ progress }: Changed): void {
    this.changes++;
    const words = progress === null ? '' : progressWords(progress);
    if (words !== this.progress.at(-1)) this.progress.push(words);
    this.check();
  }

  /** Resolves when the condition is true of what was heard; rejects when the run ends without that. */
  until(condition: () => boolean, what: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const check = () => {
        if (!condition()) return;
        this.checks.delete(check);
        resolve();
      };
      this.checks.add(check);
      check();
      void this.handle.outcome.then(outcome => {
        if (this.checks.delete(check)) reject(new Error(`The run ended before ${what}: ${JSON.stringify(outcome)}`));
      });
    });
  }

  untilHeard(text: string): Promise<void> {
    return this.until(() => this.heard.stdout.includes(text), `it said ${text}`);
  }

  /** The outcome, after the certainty that nothing of the run is left when it's told. */
  async end(): Promise<RunOutcome> {
    const outcome = await this.handle.outcome;
    assert.deepEqual(processesOf(this.handle.runId), [], 'processes are left when the outcome is told');
    return outcome;
  }

  private check(): void {
    for (const check of this.checks) check();
  }
}

/** The outcome's trace, which must be there and open. */
export function traceOf(outcome: RunOutcome): Trace {
  assert.ok(outcome.trace, `there is no trace: ${JSON.stringify(outcome.userError)}`);
  const trace = decodeTrace(outcome.trace);
  assert.ok(trace.ok);
  assert.equal(trace.value.meta.ended, true);
  return trace.value;
}

/** Living processes with the run's marker in their environment: found without any code of the product. */
export function processesOf(runId: string): string[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .flatMap(pid => {
      try {
        if (!readFileSync(`/proc/${pid}/environ`, 'latin1').includes(`RUN_IN_PARALLEL_RUN=${runId}\0`)) return [];
        return [`${pid} ${readFileSync(`/proc/${pid}/cmdline`, 'latin1').replaceAll('\0', ' ')}`];
      } catch {
        return [];
      }
    });
}

/** Waits until the condition is true, or fails at the deadline. */
export async function eventually(condition: () => boolean, what: string, deadlineMs = 10_000): Promise<void> {
  for (const deadline = performance.now() + deadlineMs; !condition(); ) {
    if (performance.now() > deadline) assert.fail(`It never came true that ${what}`);
    await new Promise(resolve => setTimeout(resolve, 20));
  }
}
