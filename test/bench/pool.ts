// Runs of benches through a real pool, of the build in dist/.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type RunListener, RunPool } from '../../src/pool/runPool.ts';
import type { RunOutcome } from '../../src/protocol/hostWorker.ts';
import { noClusters, noSecrets } from '../../src/run/clusters.ts';
import { defaultLimits, type RunRequest } from '../../src/run/request.ts';

export const root = join(import.meta.dirname, '../..');

export class BenchPool {
  /** Of its own; it goes with the pool. */
  readonly folder = mkdtempSync(join(tmpdir(), 'run-in-parallel-bench-'));
  private readonly python: string;
  private readonly pool: RunPool;
  private lastRun = 0;

  constructor(python: string, distDir = join(root, 'dist')) {
    this.python = python;
    this.pool = new RunPool({ distDir, runsDir: join(this.folder, 'runs'), size: 2 });
  }

  /** @throws when the program doesn't succeed: its time would say nothing. */
  async run(source: string, onChanged: RunListener['onChanged'] = () => undefined): Promise<RunOutcome> {
    const listener = { onPhase: () => undefined, onOutput: () => undefined, onChanged };
    const outcome = await this.pool.run(this.request(source), listener).outcome;
    if (outcome.status !== 'ok') throw new Error(`The bench program ended ${outcome.status}: ${outcome.output.stderr}`);
    return outcome;
  }

  async dispose(): Promise<void> {
    await this.pool.dispose();
    rmSync(this.folder, { recursive: true, force: true });
  }

  private request(source: string): RunRequest {
    return {
      runId: `bench-${process.pid}-${++this.lastRun}`,
      snippet: {
        title: 'bench',
        units: [{ file: join(this.folder, 'bench.py'), source, cell: false }],
        selection: null,
        display: false,
      },
      interpreter: { command: this.python, args: [], source: 'bench' },
      cwd: this.folder,
      argv: [],
      env: {},
      limits: defaultLimits,
      display: 'rich',
      clusters: noClusters,
      clusterSecrets: noSecrets,
      firstRows: [],
    };
  }
}

export const median = (values: number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1] ?? Number.NaN;
