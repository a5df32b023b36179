import { closeSync, openSync, readSync } from 'node:fs';
import { StringDecoder } from 'node:string_decoder';

/** One for all files: what was read is text before the next read. Files are looked at many times a second, mostly in vain. */
const block = Buffer.allocUnsafe(1 << 18);

/** A text file that another process appends to: gives its whole lines as they come. What can't be read now is tried again later. */
export class LineFile {
  private readonly path: string;
  private readonly decoder = new StringDecoder('utf8');
  private fd: number | null = null;
  private offset = 0;
  private rest = '';

  constructor(path: string) {
    this.path = path;
  }

  /** The next whole lines, of one block; null when there is nothing more now. A line that is still being written waits. */
  read(): string[] | null {
    let length = 0;
    try {
      this.fd ??= openSync(this.path, 'r');
      length = readSync(this.fd, block, 0, block.length, this.offset);
    } catch {
      return null;
    }
    if (length === 0) return null;
    this.offset += length;
    const lines = (this.rest + this.decoder.write(block.subarray(0, length))).split('\n');
    this.rest = lines.pop() ?? '';
    return lines;
  }

  /** The last line, when its end was never written; '' when all is read. */
  unfinished(): string {
    return this.rest;
  }

  close(): void {
    if (this.fd !== null) closeSync(this.fd);
    this.fd = null;
  }
}
