import { rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunOutcome } from '../protocol/hostWorker.ts';

/** As many ended runs keep their folder while we live. */
const keptRuns = 50;

/** The runs' folders: the newest ones stay, and those of which only the log has the whole output. */
export class RunFolders {
  private readonly root: string;
  private readonly history: { folder: string; isNeeded: boolean }[] = [];

  constructor(root: string) {
    this.root = root;
  }

  folderOf(runId: string): string {
    return join(this.root, runId);
  }

  ended(runId: string, outcome: RunOutcome): void {
    this.history.push({ folder: this.folderOf(runId), isNeeded: outcome.output.truncated });
    if (this.history.length > keptRuns) void remove(this.history.shift()?.folder);
  }

  /** At the end only logs stay that someone was referred to, by a line that stands for what is missing. */
  async tidyUp(): Promise<void> {
    await Promise.all(this.history.filter(run => !run.isNeeded).map(run => remove(run.folder)));
    await rmdir(this.root).catch(() => undefined);
  }
}

/** A folder that can't be removed is left to the system's own cleaning. */
async function remove(folder: string | undefined): Promise<void> {
  if (folder !== undefined) await rm(folder, { recursive: true, force: true }).catch(() => undefined);
}
