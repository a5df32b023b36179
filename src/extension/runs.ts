import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { messageOf, type UserError, userError } from '../base/errors.ts';
import { failed, ok, type Result } from '../base/result.ts';
import { defaultPoolSize, type RunHandle, RunPool } from '../pool/runPool.ts';
import type { StopReason } from '../protocol/hostWorker.ts';
import { lacksPackage } from '../run/missingPackages.ts';
import type { Interpreter, RunRequest } from '../run/request.ts';
import type { ChosenPlace, ClusterRuns } from './clusterRuns.ts';
import { findInterpreter } from './interpreter.ts';
import type { Job } from './jobs.ts';
import { runInOrder } from './orderedRuns.ts';
import { RunRecord } from './runRecord.ts';
import type { RunStore } from './runStore.ts';
import { readSettings, type Settings } from './settings.ts';

/** Hears of runs. */
export interface RunsListener {
  /** Something can be seen that could not before. */
  changed(runId: string): void;
  ended(record: RunRecord, job: Job): void;
}

/** Jobs of which some wait for others. */
export interface OrderedJobs {
  jobs: Job[];
  /** How sentences call each: `cell 3`. */
  names: string[];
  /** For each job, the places of earlier ones that must have succeeded before it starts. */
  waitsFor: number[][];
}

/** What the runs of one command share. */
interface Surroundings {
  interpreter: Interpreter;
  settings: Settings;
  place: ChosenPlace;
}

export interface RunsParts {
  distDir: string;
  store: RunStore;
  listener: RunsListener;
  clusterRuns: ClusterRuns;
  log: vscode.LogOutputChannel;
}

/** Starts runs in the pool and keeps count of them. The pool is made when it is first needed: activation stays cheap. */
export class Runs implements vscode.Disposable {
  private pool: Promise<RunPool> | null = null;
  private lastRunNumber = 0;
  private readonly distDir: string;
  private readonly store: RunStore;
  private readonly listener: RunsListener;
  private readonly log: vscode.LogOutputChannel;
  private readonly clusterRuns: ClusterRuns;
  private readonly jobs = new WeakMap<RunRecord, Job>();

  constructor(parts: RunsParts) {
    this.distDir = parts.distDir;
    this.store = parts.store;
    this.listener = parts.listener;
    this.clusterRuns = parts.clusterRuns;
    this.log = parts.log;
  }

  /** The Python that runs what belongs to a file or a notebook. */
  interpreterFor(resource: vscode.Uri): Promise<Result<Interpreter>> {
    return findInterpreter(resource, readSettings(resource).pythonPath, this.log);
  }

  /** Hands the jobs to the pool, all at once; their runs are in the store when this resolves. */
  async start(jobs: Job[], resource: vscode.Uri): Promise<Result<RunRecord[]>> {
    return this.startEach(jobs, resource, runs => {
      for (const { record, launch } of runs) void record.follow(launch());
    });
  }

  /** As `start`, but a job may wait for others; their runs are in the store all the same. */
  async startInOrder({ jobs, names, waitsFor }: OrderedJobs, resource: vscode.Uri): Promise<Result<RunRecord[]>> {
    return this.startEach(jobs, resource, runs => {
      const ordered = runs.map(({ record, launch }, index) => ({
        name: names[index] ?? record.title,
        record,
        start: launch,
      }));
      runInOrder(ordered, waitsFor);
    });
  }

  /** What a run was made of; null for a trace that was opened from a file. */
  jobOf(record: RunRecord): Job | null {
    return this.jobs.get(record) ?? null;
  }

  /**
   * The same snippet once more, with the text it had.
   *
   * @param firstRows of which of its lazy frames the first rows are computed now (RunRequest.firstRows), beside those that were before
   */
  async again(record: RunRecord, firstRows: readonly number[] = []): Promise<Result<RunRecord[]>> {
    const job = this.jobOf(record);
    if (record.request === null || job === null) return ok([]);
    const { poolSize } = readSettings(vscode.Uri.file(record.file));
    const pool = await this.openPool(poolSize);
    if (!pool.ok) return pool;
    const { request: before } = record;
    const computed = [...new Set([...before.firstRows, ...firstRows])];
    const interpreter = await this.interpreterAgain(record, before.interpreter);
    if (!interpreter.ok) return interpreter;
    const request = { ...before, interpreter: interpreter.value, runId: this.nextRunId(), firstRows: computed };
    // It keeps its cluster, unless that is what went wrong: then the choice of now counts.
    const place = record.outcome?.userError?.code.startsWith('cluster')
      ? await this.clusterRuns.place(vscode.Uri.file(record.file))
      : { clusters: request.clusters, secrets: request.clusterSecrets, problems: {} };
    request.clusters = place.clusters;
    request.clusterSecrets = place.secrets;
    const again = this.recordFor(request, job);
    this.store.addBatch([again]);
    void again.follow(this.launch(request, again, place, pool.value));
    return ok([again]);
  }

  /** A run keeps its interpreter, unless that lacked a package: then the choice of now counts. */
  private async interpreterAgain(record: RunRecord, before: Interpreter): Promise<Result<Interpreter>> {
    const error = record.outcome?.programError ?? null;
    return error !== null && lacksPackage(error) ? this.interpreterFor(vscode.Uri.file(record.file)) : ok(before);
  }

  /** Stops every run that has not ended. */
  stopAll(reason: StopReason): void {
    for (const record of this.store.active()) record.stop(reason);
  }

  async close(): Promise<void> {
    const pool = this.pool;
    this.pool = null;
    if (pool !== null) await (await pool).dispose();
  }

  dispose(): void {
    void this.close();
  }

  private async startEach(
    jobs: Job[],
    resource: vscode.Uri,
    start: (runs: { record: RunRecord; launch: () => RunHandle }[]) => void,
  ): Promise<Result<RunRecord[]>> {
    const interpreter = await this.interpreterFor(resource);
    if (!interpreter.ok) return interpreter;
    const settings = readSettings(resource);
    const pool = await this.openPool(settings.poolSize);
    if (!pool.ok) return pool;
    this.log.info(`Python: ${interpreter.value.command} (from ${interpreter.value.source})`);
    const place = await this.clusterRuns.place(resource);
    const runs = jobs.map(job => {
      const request = this.requestFor(job, resource, { interpreter: interpreter.value, settings, place });
      const record = this.recordFor(request, job);
      return { record, launch: () => this.launch(request, record, place, pool.value) };
    });
    const records = runs.map(({ record }) => record);
    this.store.addBatch(records);
    start(runs);
    return ok(records);
  }

  private launch(request: RunRequest, record: RunRecord, place: ChosenPlace, pool: RunPool): RunHandle {
    return this.clusterRuns.launch(request, record, place.problems, () => pool.run(request, record));
  }

  private requestFor(job: Job, resource: vscode.Uri, { interpreter, settings, place }: Surroundings): RunRequest {
    return {
      runId: this.nextRunId(),
      snippet: job.snippet,
      interpreter,
      cwd: workingDirectory(resource, settings.workingDirectory),
      argv: [],
      env: {},
      limits: settings.limits,
      clusters: place.clusters,
      clusterSecrets: place.secrets,
      display: 'rich',
      firstRows: [],
    };
  }

  private recordFor(request: RunRequest, job: Job): RunRecord {
    const [range] = job.snippet.selection ?? [];
    const file = job.snippet.units[range?.unit ?? 0]?.file ?? '';
    const init = { runId: request.runId, title: job.snippet.title, file, line: range?.startLine ?? 1 };
    const record = new RunRecord(init, request, () => this.listener.changed(request.runId));
    this.jobs.set(record, job);
    void record.done.then(() => this.listener.ended(record, job));
    return record;
  }

  private async openPool(poolSize: number | null): Promise<Result<RunPool>> {
    const size = poolSize ?? defaultPoolSize();
    this.pool ??= mkdtemp(join(tmpdir(), 'run-in-parallel-')).then(
      runsDir => new RunPool({ distDir: this.distDir, runsDir, size }),
    );
    try {
      const pool = await this.pool;
      pool.resize(size);
      return ok(pool);
    } catch (error) {
      this.pool = null;
      return failed(poolError(error));
    }
  }

  private nextRunId(): string {
    return `${process.pid}-${Date.now().toString(36)}-${++this.lastRunNumber}`;
  }
}

function poolError(error: unknown): UserError {
  return userError(
    'tempFolder',
    `The temp folder ${tmpdir()} can't be written to: ${messageOf(error)}`,
    'Free some space or set TMPDIR to a folder that can be written to, then start VS Code again.',
  );
}

/** Where the program runs: the workspace folder, as the Python extension does it, or the file's own folder. */
function workingDirectory(resource: vscode.Uri, setting: 'workspace' | 'file'): string {
  const workspace = vscode.workspace.getWorkspaceFolder(resource) ?? vscode.workspace.workspaceFolders?.[0];
  if (resource.scheme !== 'file') return workspace?.uri.fsPath ?? tmpdir();
  if (setting === 'file' || !workspace) return dirname(resource.fsPath);
  return workspace.uri.fsPath;
}
