import type { OutputPage } from '../protocol/hostWebview.ts';
import type { OutputChunk } from '../protocol/hostWorker.ts';

/**
 * The output of a run as the panel pages through it: the newest part, up to a limit of characters (those of values count too). The log file has all of it.
 */
export class OutputBuffer {
  private chunks: OutputChunk[] = [];
  /** Number of the first chunk still here; chunks are numbered from 0 for the whole run. */
  private first = 0;
  private characters = 0;
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  add(chunks: readonly OutputChunk[]): void {
    for (const chunk of chunks) {
      this.chunks.push(chunk);
      this.characters += chunkSize(chunk);
    }
    let drop = 0;
    while (this.characters > this.limit && drop < this.chunks.length - 1) {
      const oldest = this.chunks[drop];
      if (oldest) this.characters -= chunkSize(oldest);
      drop++;
    }
    if (drop > 0) {
      this.chunks = this.chunks.slice(drop);
      this.first += drop;
    }
  }

  /** What came since chunk number `from` (0 = everything that is still here). */
  page(from: number, hasLog: boolean): OutputPage {
    const start = Math.max(0, Math.trunc(from) - this.first);
    return {
      chunks: this.chunks.slice(start),
      next: this.first + this.chunks.length,
      truncated: from < this.first,
      hasLog,
    };
  }
}

/** In characters. */
function chunkSize(chunk: OutputChunk): number {
  if (chunk.stream !== 'display') return chunk.text.length;
  return Object.values(chunk.data).reduce((sum, part) => sum + part.length, 0);
}
