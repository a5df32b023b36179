import { formatBytes } from '../base/bytes.ts';
import { rangeOf } from '../trace/engineOverview.ts';
import type { Trace } from '../trace/model.ts';
import { rowsWords } from '../trace/words.ts';

/** What partitions held, as it was measured. */
export interface PartitionSizes {
  /** A sentence with a blank before it; '' when nothing is known. */
  sentence: string;
  evidence: Record<string, number>;
}

/**
 * Of the frames that these tasks made: those of one name that hold most rows, as later steps leave less and less of them. What is made and used
 * within one task is not seen, so often nothing is known.
 */
export function partitionSizes({ tasks, strings }: Trace, ids: number[]): PartitionSizes {
  const layers = new Map<number, { rows: number[]; bytes: number[]; sum: number }>();
  for (const id of ids) {
    const rows = tasks.rows[id] ?? Number.NaN;
    const bytes = tasks.bytes[id] ?? Number.NaN;
    if (Number.isNaN(rows)) continue;
    const name = tasks.name[id] ?? 0;
    const layer = layers.get(name) ?? { rows: [], bytes: [], sum: 0 };
    layers.set(name, layer);
    layer.rows.push(rows);
    if (!Number.isNaN(bytes)) layer.bytes.push(bytes);
    layer.sum += rows;
  }
  const [largest] = [...layers].sort(([, a], [, b]) => b.sum - a.sum);
  const rows = largest ? rangeOf(largest[1].rows) : null;
  if (!largest || !rows) return { sentence: '', evidence: {} };
  const bytes = rangeOf(largest[1].bytes);
  const held = [rowsWords(rows.median), ...(bytes ? [formatBytes(bytes.median)] : [])].join(', ');
  const name = strings[largest[0]];
  return {
    sentence:
      largest[1].rows.length === 1
        ? ` The partition of ${name} held ${held} (Dask advises some 100 MB).`
        : ` Partitions of ${name} held ${held} each (median; Dask advises some 100 MB).`,
    evidence: { partitionRows: rows.median, ...(bytes ? { partitionBytes: bytes.median } : {}) },
  };
}
