import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const DEADLINE_MS = 60_000;

export interface Finished {
  /** null: ended by a signal */
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Program {
  /** Also the id of the process group that the program and all its children are in. */
  readonly pid: number;
  readonly finished: Promise<Finished>;
  /** What has been printed so far. */
  stdout(): string;
}

/** Starts an interpreter as the leader of a process group, its output unbuffered. It is killed after a minute. */
export function start(python: string, args: readonly string[], env: Record<string, string> = {}): Program {
  const child = spawn(python, ['-u', ...args], {
    detached: true,
    env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { pid } = child;
  if (pid === undefined) throw new Error(`${python} could not be started`);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const timer = setTimeout(() => process.kill(-pid, 'SIGKILL'), DEADLINE_MS);
  const closed = once(child, 'close');
  const finished = once(child, 'exit').then(async () => {
    clearTimeout(timer);
    // A process that outlives the program would hold the pipes open: what counts is what has arrived by now.
    await Promise.race([closed, delay(1000, undefined, { ref: false })]);
    child.stdout.destroy();
    child.stderr.destroy();
    return { exitCode: child.exitCode, stdout, stderr };
  });
  return { pid, finished, stdout: () => stdout };
}

/** The living processes of a group (Linux: read from /proc). Zombies that nobody has reaped yet don't count. */
export function processesOfGroup(group: number): number[] {
  return readdirSync('/proc')
    .filter(name => /^\d+$/.test(name))
    .map(Number)
    .filter(pid => {
      try {
        // "pid (comm) state ppid pgrp …"; comm may hold spaces and brackets
        const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
        const [state, , pgrp] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return state !== 'Z' && state !== 'X' && Number(pgrp) === group;
      } catch {
        return false; // it has ended meanwhile
      }
    });
}

/** Fails if a process of the program is still there after a deadline, and ends it. */
export async function leavesNoProcess(program: Program): Promise<void> {
  try {
    await until('no process of the program is left', () => processesOfGroup(program.pid).length === 0);
  } catch (error) {
    process.kill(-program.pid, 'SIGKILL');
    throw error;
  }
}

/** Resolves as soon as the condition holds; after a deadline it fails with what was waited for. */
export async function until(what: string, condition: () => boolean): Promise<void> {
  const end = performance.now() + DEADLINE_MS;
  while (!condition()) {
    if (performance.now() > end) throw new Error(`Waited in vain: ${what}`);
    await delay(10);
  }
}
