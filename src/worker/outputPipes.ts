import { execFile } from 'node:child_process';
import { closeSync, constants, openSync, unlinkSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A pipe: we read, the interpreter gets the file descriptor to write to. */
export interface OutputPipe {
  read: Socket;
  write: number;
}

export interface OutputPipes {
  stdout: OutputPipe;
  stderr: OutputPipe;
}

/**
 * Pipes like those of a shell. Node itself gives its children sockets, on which a program that opens /dev/stdout fails
 * (`echo … > /dev/stderr` in a shell script is enough). Null where the system has no named pipes: sockets must do then.
 */
export async function openOutputPipes(runDir: string): Promise<OutputPipes | null> {
  if (process.platform === 'win32') return null;
  const paths = ['stdout.pipe', 'stderr.pipe'].map(name => join(runDir, name));
  const opened: OutputPipe[] = [];
  try {
    await promisify(execFile)('mkfifo', ['-m', '600', ...paths]);
    for (const path of paths) opened.push(openPipe(path));
    const [stdout, stderr] = opened;
    return stdout && stderr ? { stdout, stderr } : null;
  } catch {
    for (const pipe of opened) {
      pipe.read.destroy();
      closeSync(pipe.write);
    }
    return null;
  }
}

/** Opens both ends and takes the name away: nobody else gets in. */
function openPipe(path: string): OutputPipe {
  // Without O_NONBLOCK the reader would wait for a writer, who is us.
  const readEnd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const write = openSync(path, constants.O_WRONLY);
    unlinkSync(path);
    return { read: new Socket({ fd: readEnd, readable: true, writable: false }), write };
  } catch (error) {
    closeSync(readEnd);
    throw error;
  }
}
