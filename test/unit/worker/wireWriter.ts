import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  chunkSize,
  type RecordKind,
  recordKinds,
  recordMark,
  recordOffsets,
  recordSize,
} from '../../../src/protocol/tracerWire.ts';

export interface RecordFields {
  t0?: number;
  t1?: number;
  obj?: bigint;
  site?: number;
  aux?: number;
  aux2?: number;
  flags?: number;
}

/** Writes what a tracer would: a few chunks of one process, in one segment. Times are ns on the tracer's clock. */
export class WireWriter {
  readonly bytes = Buffer.alloc(8 * chunkSize);
  private readonly path: string;
  private readonly pid: number;
  private readonly ends = new Map<number, number>();
  private readonly strings = new Map<string, number>();
  private readonly t0: number;
  private chunks = 0;

  constructor(folder: string, pid: number, t0: number) {
    this.pid = pid;
    this.t0 = t0;
    this.path = join(folder, `${pid}.${t0}.0.ev`);
  }

  /** The offset of a fresh chunk. */
  chunk(tid: number, t0: number): number {
    const chunk = this.chunks++ * chunkSize;
    this.ends.set(chunk, chunk);
    this.put(chunk, 'chunk', { t0, obj: BigInt(tid), aux: this.pid });
    return chunk;
  }

  /** Appends a record; returns its position. */
  put(chunk: number, kind: RecordKind, fields: RecordFields): number {
    const at = this.ends.get(chunk) ?? chunk;
    this.ends.set(chunk, at + recordSize);
    this.bytes.writeUInt16LE(recordKinds.indexOf(kind), at + recordOffsets.kind);
    this.patch(at, fields);
    this.bytes[at + recordOffsets.mark] = recordMark;
    return at;
  }

  patch(at: number, fields: RecordFields): void {
    const { t0, t1, obj, site, aux, aux2, flags } = fields;
    if (t0 !== undefined) this.bytes.writeBigUInt64LE(BigInt(t0), at + recordOffsets.t0);
    if (t1 !== undefined) this.bytes.writeBigUInt64LE(BigInt(t1), at + recordOffsets.t1);
    if (obj !== undefined) this.bytes.writeBigUInt64LE(obj, at + recordOffsets.obj);
    if (site !== undefined) this.bytes.writeUInt32LE(site, at + recordOffsets.site);
    if (aux !== undefined) this.bytes.writeUInt32LE(aux, at + recordOffsets.aux);
    if (aux2 !== undefined) this.bytes.writeUInt32LE(aux2, at + recordOffsets.aux2);
    if (flags !== undefined) this.bytes[at + recordOffsets.flags] = flags;
  }

  /** The id of a string, told once, in the given chunk. */
  string(chunk: number, text: string): number {
    const known = this.strings.get(text);
    if (known !== undefined) return known;
    const id = this.strings.size + 1;
    this.strings.set(text, id);
    const length = Buffer.byteLength(text);
    const slots = Math.ceil(length / recordSize);
    const at = this.put(chunk, 'string', { t0: this.t0, obj: BigInt(id), aux: length, aux2: slots });
    this.bytes.write(text, at + recordSize);
    this.ends.set(chunk, at + recordSize * (slots + 1));
    return id;
  }

  /** Makes all of it visible to readers. */
  flush(): void {
    writeFileSync(this.path, this.bytes);
  }
}
