import type { Ns } from '../../base/time.ts';
import { closeQuietly, openOrNull, readOpen, readText } from './procFiles.ts';
import type { TraceSink } from './threadIndex.ts';

/** Reads how much memory a process holds (resident), as a counter of the trace. */
export class MemoryReader {
  private readonly fd: number | null;
  private lastBytes = -1;

  constructor(pid: number) {
    this.fd = openOrNull(`/proc/${pid}/statm`);
  }

  /** Adds a point when it has changed since the last one. Told of a process that is gone it does nothing. */
  sample(builder: TraceSink, process: number, nowNs: Ns): void {
    if (this.fd === null) return;
    const bytes = residentPages(this.fd) * pageSize();
    if (bytes === this.lastBytes || bytes === 0) return;
    this.lastBytes = bytes;
    builder.told.addPoint(builder.told.counter({ process, name: 'memory', unit: 'bytes' }), nowNs, bytes);
  }

  close(): void {
    if (this.fd !== null) closeQuietly(this.fd);
  }
}

/** `size resident shared …`, in pages; 0 when the process is gone. */
function residentPages(fd: number): number {
  try {
    return Number(readText(readOpen(fd)).split(' ')[1] ?? 0) || 0;
  } catch {
    return 0;
  }
}

let knownPageSize = 0;

/** Bytes of a page: found by what Node says of this process in bytes and Linux in pages (4096 nearly everywhere, up to 64 KiB on arm64). */
function pageSize(): number {
  if (knownPageSize === 0) {
    const fd = openOrNull('/proc/self/statm');
    const pages = fd === null ? 0 : residentPages(fd);
    if (fd !== null) closeQuietly(fd);
    const bytes = pages > 0 ? process.memoryUsage.rss() / pages : 4096;
    knownPageSize = 2 ** Math.round(Math.log2(bytes));
  }
  return knownPageSize;
}
