import { closeSync, openSync, writeSync } from 'node:fs';
import { messageOf } from '../base/errors.ts';

/**
 * A stream's whole output in a file, byte for byte. A file that can't be written (any more) is given up, once, and the run goes on.
 * Writing is synchronous: a slow disk slows the program as a slow terminal would, and nothing queues up in memory.
 */
export class OutputLog {
  /** Null when the log could not be written to its end. */
  path: string | null;
  /** Why it was given up; the error's code (`ENOSPC`) leads when there is one. */
  failure: string | null = null;
  private file: number | null = null;

  constructor(path: string) {
    this.path = path;
    try {
      this.file = openSync(path, 'w', 0o600);
    } catch (error) {
      this.giveUp(error);
    }
  }

  write(bytes: Uint8Array): void {
    if (this.file === null) return;
    try {
      for (let done = 0; done < bytes.length; ) done += writeSync(this.file, bytes, done, bytes.length - done);
    } catch (error) {
      this.giveUp(error);
    }
  }

  close(): void {
    const file = this.file;
    this.file = null;
    if (file === null) return;
    try {
      closeSync(file);
    } catch (error) {
      this.giveUp(error);
    }
  }

  private giveUp(error: unknown): void {
    this.failure = messageOf(error);
    this.path = null;
    this.close();
  }
}
