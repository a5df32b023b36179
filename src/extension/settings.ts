import * as vscode from 'vscode';
import { defaultLimits, type RunLimits } from '../run/request.ts';

/** The product's settings, read when they are needed: a change holds from the next run on. */
export interface Settings {
  /** null = not set. */
  pythonPath: string | null;
  /** null = chosen from the number of CPUs. */
  poolSize: number | null;
  workingDirectory: 'workspace' | 'file';
  limits: RunLimits;
}

export function readSettings(resource: vscode.Uri | undefined): Settings {
  const config = vscode.workspace.getConfiguration('runInParallel', resource);
  const number = (name: string, fallback: number): number => {
    const value: unknown = config.get(name);
    return typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : fallback;
  };
  const pythonPath: unknown = config.get('pythonPath');
  const timeoutSeconds = number('timeout', 0);
  const poolSize = Math.trunc(number('poolSize', 0));
  return {
    pythonPath: typeof pythonPath === 'string' && pythonPath.trim() !== '' ? pythonPath.trim() : null,
    poolSize: poolSize > 0 ? poolSize : null,
    workingDirectory: config.get('workingDirectory') === 'file' ? 'file' : 'workspace',
    limits: {
      timeoutMs: timeoutSeconds > 0 ? timeoutSeconds * 1000 : null,
      maxProcesses: Math.max(1, Math.trunc(number('maxProcesses', defaultLimits.maxProcesses))),
      outputBytesInMemory: Math.max(64 * 1024, number('outputInMemory', 4) * 1024 * 1024),
      samplingHz: Math.min(1000, number('samplingRate', defaultLimits.samplingHz)),
    },
  };
}

/** Opens the settings editor at one of our settings; in a remote window its machine settings are on a page of their own. */
export async function openSetting(name: string): Promise<void> {
  const page = vscode.env.remoteName === undefined ? 'openSettings' : 'openRemoteSettings';
  await vscode.commands.executeCommand(`workbench.action.${page}`, { query: `@id:runInParallel.${name}` });
}
