import { type ChildProcess, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { OutputChunk } from '../protocol/hostWorker.ts';
import type { ProcessExit } from '../run/runState.ts';
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
  onOutput(stream: OutputChunk['stream'], bytes: Buffer): void;
  /** Both streams were closed by everyone who had them. */
  onOutputEnded(): void;
  onExit(exit: ProcessExit): void;
}

/** Starts the interpreter in a session of its own: its group gets our signals, and no terminal's. Its stdin is empty. */
export function startInterpreter(start: InterpreterStart, events: InterpreterEvents): InterpreterProcess {
  const child = spawn(start.command, start.args, {
    cwd: start.cwd,
    env: start.env,
    detached: process.platform !== 'win32',
    windowsHide: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  child.once('error', error => {
    if (child.pid === undefined) events.onSpawnFailed(error);
  });
  const { pid } = child;
  if (pid !== undefined) {
    child.once('spawn', () => events.onSpawned(pid));
    child.once('exit', (code, signal) => events.onExit({ code, signal }));
    follow(child, events);
  }
  return new InterpreterProcess(child);
}

export class InterpreterProcess {
  readonly pid: number | null;
  private readonly child: ChildProcess;

  constructor(child: ChildProcess) {
    this.child = child;
    this.pid = child.pid ?? null;
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
    this.child.stdout?.destroy();
    this.child.stderr?.destroy();
  }
}

function follow(child: ChildProcess, events: InterpreterEvents): void {
  let open = 2;
  const read = (name: OutputChunk['stream'], stream: Readable | null) => {
    stream?.on('data', (bytes: Buffer) => events.onOutput(name, bytes));
    // A stream that fails closes as well; what it gave until then has been taken.
    stream?.on('error', () => undefined);
    stream?.once('close', () => {
      open--;
      if (open === 0) events.onOutputEnded();
    });
  };
  read('stdout', child.stdout);
  read('stderr', child.stderr);
}

/** Variables by which VS Code and Electron talk to their own children: a program that starts such a one must not inherit them. */
const hostVariable = /^(ELECTRON_.*|VSCODE_(?!PORTABLE|SHELL_LOGIN|ENV_).*)$/;

/** What the interpreter finds in its environment: what we inherited, what the request adds, and what makes output and cleaning up work. */
export function interpreterEnvironment(
  inherited: NodeJS.ProcessEnv,
  request: { runId: string; env: Record<string, string> },
  platform: NodeJS.Platform,
): NodeJS.ProcessEnv {
  const kept = Object.fromEntries(Object.entries(inherited).filter(([name]) => !hostVariable.test(name)));
  return {
    ...kept,
    ...request.env,
    PYTHONUNBUFFERED: '1',
    ...(platform === 'win32' ? { PYTHONIOENCODING: 'utf-8' } : {}),
    [runMarkerVariable]: request.runId,
  };
}
