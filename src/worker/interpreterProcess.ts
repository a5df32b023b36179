import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync } from 'node:fs';
import type { Readable } from 'node:stream';
import type { TextChunk } from '../protocol/hostWorker.ts';
import { passphraseVariable } from '../run/clusters.ts';
import type { ProcessExit } from '../run/runState.ts';
import type { OutputPipes } from './outputPipes.ts';
import { runMarkerVariable } from './processTree.ts';

export interface InterpreterStart {
  command: string;
  args: string[];
  cwd: string;
  env: NodeJS.ProcessEnv;
}

/** Called later, never from within startInterpreter. */
export interface InterpreterEvents {
  onSpawned(pid: number): void;
  /** Instead of onSpawned; nothing else follows. */
  onSpawnFailed(error: Error): void;
  onOutput(stream: TextChunk['stream'], bytes: Buffer): void;
  /** Both streams were closed by everyone who had them. */
  onOutputEnded(): void;
  onExit(exit: ProcessExit): void;
}

/**
 * Starts the interpreter in a session of its own: its group gets our signals, and no terminal's. Its stdin is empty.
 * Without pipes it writes to sockets. Throws what spawn() throws; then nothing is called later.
 */
export function startInterpreter(
  start: InterpreterStart,
  pipes: OutputPipes | null,
  events: InterpreterEvents,
): InterpreterProcess {
  try {
    const child = spawn(start.command, start.args, {
      cwd: start.cwd,
      env: start.env,
      detached: process.platform !== 'win32',
      windowsHide: true,
      stdio: ['ignore', pipes?.stdout.write ?? 'pipe', pipes?.stderr.write ?? 'pipe'],
    });
    const streams = { stdout: pipes?.stdout.read ?? child.stdout, stderr: pipes?.stderr.read ?? child.stderr };
    const { pid } = child;
    child.once('error', error => {
      if (pid === undefined) events.onSpawnFailed(error);
    });
    if (pid !== undefined) {
      child.once('spawn', () => events.onSpawned(pid));
      child.once('exit', (code, signal) => events.onExit({ code, signal }));
      follow(streams, events);
    }
    return new InterpreterProcess(child, streams);
  } finally {
    // The interpreter has its own copies now; with ours open the streams would never end.
    if (pipes) for (const pipe of [pipes.stdout, pipes.stderr]) closeSync(pipe.write);
  }
}

type Streams = Record<TextChunk['stream'], Readable | null>;

export class InterpreterProcess {
  /** Null when it could not be started. */
  readonly pid: number | null;
  private readonly streams: Streams;

  constructor(child: ChildProcess, streams: Streams) {
    this.pid = child.pid ?? null;
    this.streams = streams;
  }

  /** As Ctrl+C does in a terminal: the interpreter and its whole process group. False where that can't be done (Windows). */
  interrupt(): boolean {
    if (this.pid === null || process.platform === 'win32') return false;
    try {
      return process.kill(-this.pid, 'SIGINT');
    } catch {
      return false;
    }
  }

  /** Stops listening: whoever still holds the streams writes to nobody. */
  closeOutput(): void {
    this.streams.stdout?.destroy();
    this.streams.stderr?.destroy();
  }
}

function follow(streams: Streams, events: InterpreterEvents): void {
  let open = 2;
  for (const name of ['stdout', 'stderr'] as const) {
    const stream = streams[name];
    stream?.on('data', (bytes: Buffer) => events.onOutput(name, bytes));
    // A stream that fails closes as well; what it gave until then has been taken.
    stream?.on('error', () => undefined);
    stream?.once('close', () => {
      open--;
      if (open === 0) events.onOutputEnded();
    });
  }
}

/** Variables by which VS Code and Electron talk to their own children: a program that starts such a one must not inherit them. */
const hostVariable = /^(ELECTRON_.*|VSCODE_(?!PORTABLE|SHELL_LOGIN|ENV_).*)$/;

const isInherited = (name: string) => !hostVariable.test(name) && name !== passphraseVariable;

/** What the interpreter finds in its environment: what we inherited, what the request adds, and what makes output and cleaning up work. */
export function interpreterEnvironment(
  inherited: NodeJS.ProcessEnv,
  request: { runId: string; env: Record<string, string> },
  platform: NodeJS.Platform,
): NodeJS.ProcessEnv {
  const kept = Object.fromEntries(Object.entries(inherited).filter(([name]) => isInherited(name)));
  return {
    ...kept,
    ...request.env,
    PYTHONUNBUFFERED: '1',
    ...(platform === 'win32' ? { PYTHONIOENCODING: 'utf-8' } : {}),
    [runMarkerVariable]: request.runId,
  };
}
