import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { build } from 'esbuild';
import { copyGrammar, nodeBundle } from '../../../scripts/lib/bundles.mjs';
import type { RunSummary } from '../../../src/trace/export/summary.ts';

export const root = join(import.meta.dirname, '../../..');

/** Every Python to test with, oldest first; `npm test` has looked for them. */
export const pythons = process.env.RUN_IN_PARALLEL_PYTHONS?.split(delimiter) ?? ['python3'];
export const newestPython = pythons.at(-1) ?? 'python3';

let bundles: Promise<string> | null = null;
const folder = mkdtempSync(join(tmpdir(), 'rip-cli-'));
process.once('exit', () => rmSync(folder, { recursive: true, force: true }));

/** The product as it is packaged, of the sources as they are now; returns the path of its cli.js. */
function product(): Promise<string> {
  bundles ??= bundle();
  return bundles;
}

async function bundle(): Promise<string> {
  const outdir = join(folder, 'dist');
  await build({
    ...nodeBundle,
    outdir,
    entryPoints: {
      cli: 'src/cli/cli.ts',
      poolThread: 'src/worker/poolThread.ts',
      guard: 'src/worker/guard.ts',
      worker: 'node_modules/piscina/dist/worker.js',
    },
  });
  copyGrammar(outdir);
  cpSync(join(root, 'src/python'), join(outdir, 'python'), { recursive: true });
  cpSync(join(root, 'package.json'), join(folder, 'package.json'));
  return join(outdir, 'cli.js');
}

export interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the command line; `onStdout` hears what it says so far, and may send it a signal. */
export async function cli(
  args: string[],
  options: {
    cwd?: string;
    env?: NodeJS.ProcessEnv;
    /** For measurements that other work on the machine would spoil. */
    precedes?: boolean;
    onStdout?: (soFar: string, kill: (signal: NodeJS.Signals) => void) => void;
  } = {},
): Promise<Ended> {
  const path = await product();
  const whole = [...(options.precedes && mayPrecede ? withPrecedence : []), process.execPath, path, ...args];
  const child = spawn(whole[0] ?? '', whole.slice(1), {
    cwd: options.cwd ?? folder,
    env: { ...process.env, ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
    options.onStdout?.(stdout, signal => child.kill(signal));
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  return { code, stdout, stderr };
}

/** Before a command line: other work on the machine gives way to it, where we may ask for that (Linux, root). */
const withPrecedence = ['chrt', '--fifo', '1'];
const mayPrecede = spawnSync('chrt', ['--fifo', '1', 'true']).status === 0;

/** A program in a file of its own folder, so that programs don't see one another. */
export function program(name: string, source: string): string {
  const own = mkdtempSync(join(folder, 'program-'));
  mkdirSync(own, { recursive: true });
  const path = join(own, name);
  writeFileSync(path, source);
  return path;
}

/** Runs a program and gives its summary. */
export async function summaryOf(source: string, python = newestPython, precedes = false): Promise<RunSummary> {
  const args = ['run', program('work.py', source), '--python', python, '--format', 'json'];
  const ended = await cli(args, { precedes });
  const runs: { schema: number; runs: RunSummary[] } = JSON.parse(ended.stdout);
  const [run] = runs.runs;
  if (!run || runs.schema !== 1) throw new Error(`No run in ${ended.stdout}${ended.stderr}`);
  if (run.status !== 'ok') throw new Error(`The program ${run.status}: ${run.output.stderr}`);
  return run;
}
