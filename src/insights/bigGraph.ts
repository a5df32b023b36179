import { formatBytes } from '../base/bytes.ts';
import type { Trace } from '../trace/model.ts';
import type { Insight } from './insight.ts';
import { at } from './measures.ts';

/** From here on Dask itself warns of a large graph. */
const minBytes = 10_000_000;

/** RIP125: data travels to the Dask scheduler inside the graph. */
export function bigGraph(trace: Trace): Insight | null {
  const sent = trace.facts
    .filter(({ engine, name }) => engine === 'dask' && name === 'graph sent')
    .map(fact => ({ ...fact, bytes: typeof fact.values.bytes === 'number' ? fact.values.bytes : 0 }))
    .filter(({ bytes }) => bytes >= minBytes)
    .sort((a, b) => b.bytes - a.bytes);
  const [largest] = sent;
  if (!largest) return null;
  const again = sent.length > 1 ? `, and ${sent.length - 1} more like it` : '';
  return {
    code: 'RIP125',
    severity: 'problem',
    title: `A graph of ${formatBytes(largest.bytes)} was sent to the Dask scheduler${at(largest)}${again}: it holds data, not only tasks.`,
    advice:
      'Let the workers load the data (dask.dataframe.read_csv, da.from_zarr…), or send it once with client.scatter and use the future that it returns.',
    file: largest.file,
    line: largest.line,
    weight: Math.min(0.7, 0.25 + largest.bytes / 1e9),
    evidence: { bytes: largest.bytes, graphs: sent.length },
    highlight: null,
  };
}
