import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import * as vscode from 'vscode';
import { messageOf, type UserError, userError } from '../base/errors.ts';
import { failed, ok, type Result } from '../base/result.ts';
import { defaultPoolSize, RunPool } from '../pool/runPool.ts';
import type { StopReason } from '../protocol/hostWorker.ts';
import type { RunRequest } from '../run/request.ts';
import type { Snippet } from '../snippet/snippet.ts';
import { findInterpreter } from './interpreter.ts';
import { RunRecord } from './runRecord.ts';
import type { RunStore } from './runStore.ts';
import { readSettings } from './settings.ts';

/** Starts runs in the pool and keeps count of them. The pool is made when it is first needed: activation stays cheap. */
export class Runs implements vscode.Disposable {
  private pool: Promise<RunPool> | null = null;
  private lastRunNumber = 0;
  private readonly distDir: string;
  private readonly store: RunStore;
  private readonly changed: (runId: string) => void;
  private readonly log: vscode.LogOutputChannel;

  constructor(distDir: string, store: RunStore, changed: (runId: string) => void, log: vscode.LogOutputChannel) {
    this.distDir = distDir;
    this.store = store;
    this.changed = changed;
    this.log = log;
  }

  /** Hands the snippets to the pool, all at once; they are in the store when this resolves. */
  async start(snippets: Snippet[], resource: vscode.Uri): Promise<Result<RunRecord[]>> {
    const settings = readSettings(resource);
    const interpreter = await findInterpreter(resource, settings.pythonPath, this.log);
    if (!interpreter.ok) return interpreter;
    const requests = snippets.map(
      (snippet): RunRequest => ({
        runId: this.nextRunId(),
        snippet,
        interpreter: interpreter.value,
        cwd: workingDirectory(resource, settings.workingDirectory),
        argv: [],
        env: {},
        limits: settings.limits,
        display: 'rich',
      }),
    );
    this.log.info(`Python: ${interpreter.value.command} (from ${interpreter.value.source})`);
    return this.submit(requests, settings.poolSize);
  }

  /** The same snippet once more, with the text it had. */
  async again(record: RunRecord): Promise<Result<RunRecord[]>> {
    if (record.request === null) return ok([]);
    const settings = readSettings(vscode.Uri.file(record.file));
    return this.submit([{ ...record.request, runId: this.nextRunId() }], settings.poolSize);
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

  private async submit(requests: RunRequest[], poolSize: number | null): Promise<Result<RunRecord[]>> {
    const pool = await this.openPool(poolSize ?? defaultPoolSize());
    if (!pool.ok) return pool;
    const records = requests.map(request => {
      const unit = request.snippet.units[0];
      const line = request.snippet.selection?.[0]?.startLine ?? 1;
      const init = { runId: request.runId, title: request.snippet.title, file: unit?.file ?? '', line };
      return new RunRecord(init, request, () => this.changed(request.runId));
    });
    this.store.addBatch(records);
    requests.forEach((request, index) => {
      const record = records[index];
      if (record) void record.follow(pool.value.run(request, record));
    });
    return ok(records);
  }

  private async openPool(size: number): Promise<Result<RunPool>> {
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

/** The name under which a document's code is known: its path, or its name when it was never saved. */
export function documentFile(document: vscode.TextDocument): { file: string; name: string } {
  if (document.uri.scheme === 'file') return { file: document.uri.fsPath, name: basename(document.uri.fsPath) };
  return { file: document.uri.path, name: basename(document.uri.path) };
}
