import type { Call, Expression } from '../../snippet/syntax/ast.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import { argument, literalInteger, literalString, nodesOf } from '../calls.ts';
import type { Finding, Rule } from '../check.ts';
import { mentions } from '../lazy.ts';

const megabyte = 1_000_000;
/** A block smaller than this takes less time than handing it out; one larger than that doesn't fit beside its copies. */
const smallestBlock = megabyte;
const largestBlock = 4_000 * megabyte;
/** Dask needs some tenths of a millisecond for a task: seconds for so many. */
const mostPartitions = 20_000;

const units: Record<string, number> = {
  '': 1,
  b: 1,
  kb: 1e3,
  kib: 2 ** 10,
  mb: 1e6,
  mib: 2 ** 20,
  gb: 1e9,
  gib: 2 ** 30,
};

const readers = /^dask\.(dataframe\.(read_csv|read_table|read_fwf|read_json|read_parquet)|bag\.read_text)$/;
const makers = /^dask\.(dataframe\.from_pandas|bag\.(from_sequence|range))$/;

/** RIP311: partitions so small that handing them out is the work, or so large that there is nothing to hand out. */
export const extremePartitions: Rule = {
  code: 'RIP311',
  title: 'Partitions of an extreme size',
  severity: 'information',
  check(file) {
    if (!mentions(file, 'dask')) return [];
    return nodesOf(file, 'Call').flatMap(call => ofCall(file, call) ?? []);
  },
};

function ofCall(file: SourceFile, call: Call): Finding | null {
  const name = file.qualifiedName(call.func) ?? '';
  if (readers.test(name)) return ofBlocksize(argument(call, null, 'blocksize'));
  return makers.test(name) ? ofPartitions(argument(call, null, 'npartitions')) : null;
}

function ofBlocksize(given: Expression | null): Finding | null {
  const bytes = literalInteger(given) ?? bytesOf(literalString(given));
  if (given === null || bytes === null || bytes === 0) return null;
  const { start, end } = given;
  if (bytes < smallestBlock) {
    const message = `Each block of ${bytes.toLocaleString('en')} bytes becomes a task, and Dask needs longer to hand one out than to read it. Take blocks of some 100 MB.`;
    return { start, end, message };
  }
  if (bytes > largestBlock) {
    const message = `Each block becomes one frame of more than ${Math.floor(bytes / 1e9)} GB in memory, one for each worker at the same time. Take blocks of some 100 MB.`;
    return { start, end, message };
  }
  return null;
}

function ofPartitions(given: Expression | null): Finding | null {
  const count = literalInteger(given);
  if (given === null || count === null) return null;
  const { start, end } = given;
  if (count === 1) {
    const message =
      'With one partition Dask has one task at a time, for one CPU. Take at least as many as there are CPUs.';
    return { start, end, message, severity: 'hint' };
  }
  if (count <= mostPartitions) return null;
  const message = `${count.toLocaleString('en')} partitions are as many tasks for each step, and Dask needs seconds to hand them out. Take some for each CPU.`;
  return { start, end, message };
}

/** `64MB` in bytes; null when it isn't such a text. */
function bytesOf(text: string | null): number | null {
  const [, digits, unit = ''] =
    /^['"]\s*(\d+(?:\.\d+)?)\s*([a-z]*)\s*['"]$/i.exec(text ?? '') ??
    /^(\d+(?:\.\d+)?)\s*([a-z]*)$/i.exec(text ?? '') ??
    [];
  const factor = units[unit.toLowerCase()];
  return digits === undefined || factor === undefined ? null : Number(digits) * factor;
}
