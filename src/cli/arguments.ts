import type { ClusterSecrets, Clusters } from '../run/clusters.ts';
import { clusterOptions, parseClusterOptions } from './clusterArguments.ts';

/** What the command line asks for. */
export type Command =
  | { kind: 'help' }
  | { kind: 'version' }
  | RunCommand
  | { kind: 'show'; file: string; format: 'text' | 'json' }
  | { kind: 'convert'; file: string; format: ConvertFormat; output: string }
  | { kind: 'check'; files: string[]; format: 'text' | 'json' }
  | { kind: 'program'; target: string; cells: number[]; python: string | null; format: 'text' | 'json' };

/** What a saved trace can be turned into; `riptrace` is our own format. */
const convertFormats = ['text', 'json', 'chrome', 'riptrace'] as const;
export type ConvertFormat = (typeof convertFormats)[number];

export interface RunCommand {
  kind: 'run';
  targets: string[];
  /** 1-based numbers of code cells. */
  cells: number[];
  python: string | null;
  timeoutMs: number | null;
  cwd: string | null;
  format: 'text' | 'json' | 'chrome';
  /** Where the formatted result goes; null = stdout. */
  output: string | null;
  /** Where the trace itself goes. */
  traceOutput: string | null;
  clusters: Clusters;
  clusterSecrets: ClusterSecrets;
  argv: string[];
}

export type Parsed = { ok: true; command: Command } | { ok: false; problem: string };

const traceEnding = '.riptrace';
/** Promised by the design, not there yet: said plainly instead of "unknown option". */
const laterOptions = ['--workers', '--repeat', '--compare'];
const runOptions = ['--cell', '--python', '--timeout', '--cwd', '--format', '--output'];
const laterFormats = ['perfetto', 'firefox', 'html'];
const commands = 'run, show, convert, program and check';

class Usage extends Error {}

/** Reads the arguments after `run-in-parallel`; a mistake is a sentence. */
export function parseArguments(argv: readonly string[]): Parsed {
  try {
    return { ok: true, command: parse(argv) };
  } catch (error) {
    if (error instanceof Usage) return { ok: false, problem: error.message };
    throw error;
  }
}

function parse(argv: readonly string[]): Command {
  const split = argv.indexOf('--');
  const own = split < 0 ? argv : argv.slice(0, split);
  if (own.includes('--help') || own.includes('-h') || own[0] === 'help') return { kind: 'help' };
  if (own.includes('--version')) return { kind: 'version' };
  const [name, ...rest] = own;
  switch (name) {
    case 'run':
      return parseRun(rest, split < 0 ? [] : argv.slice(split + 1));
    case 'show':
      return parseShow(rest);
    case 'convert':
      return parseConvert(rest);
    case 'program':
      return parseProgram(rest);
    case 'check':
      return parseCheck(rest);
    case undefined:
      throw new Usage('Say what to do: run, show, convert, program or check.');
    default:
      throw new Usage(`There is no command "${name}". There are ${commands}.`);
  }
}

function parseRun(args: readonly string[], argv: readonly string[]): RunCommand {
  const found = read(args, [...runOptions, ...clusterOptions]);
  if (found.others.length === 0) throw new Usage('Say what to run: FILE.py, FILE.py:10-24, FILE.ipynb or FILE.md.');
  const outputs = found.all('--output');
  const traces = outputs.filter(output => output.endsWith(traceEnding));
  const files = outputs.filter(output => !output.endsWith(traceEnding));
  if (traces.length > 1 || files.length > 1) {
    throw new Usage(`Give --output once for the result, and once with a FILE${traceEnding} for the trace itself.`);
  }
  const format = formatOf(found.last('--format'), ['text', 'json', 'chrome']);
  const cells = found.all('--cell').map(cellNumber);
  const runs = found.others.length * Math.max(1, cells.length);
  if (runs > 1 && (traces.length > 0 || format === 'chrome')) {
    throw new Usage('A trace holds one run: give one TARGET, or use --format text or json for several.');
  }
  const where = parseClusterOptions(found);
  if (!where.ok) throw new Usage(where.problem);
  return {
    kind: 'run',
    targets: found.others,
    cells,
    python: found.last('--python'),
    timeoutMs: timeout(found.last('--timeout')),
    cwd: found.last('--cwd'),
    format,
    output: files[0] ?? null,
    traceOutput: traces[0] ?? null,
    clusters: where.clusters,
    clusterSecrets: where.secrets,
    argv: [...argv],
  };
}

function parseShow(args: readonly string[]): Command {
  const found = read(args, ['--format']);
  const [file, ...more] = found.others;
  if (file === undefined || more.length > 0) throw new Usage('Give the one trace to show: run-in-parallel show TRACE');
  return { kind: 'show', file, format: formatOf(found.last('--format'), ['text', 'json']) };
}

function parseConvert(args: readonly string[]): Command {
  const found = read(args, ['--format', '--output']);
  const [file, ...more] = found.others;
  const output = found.last('--output');
  const format = found.last('--format') ?? (output?.endsWith(traceEnding) ? 'riptrace' : null);
  if (file === undefined || more.length > 0 || format === null || output === null) {
    throw new Usage('Say what to convert, and into what: run-in-parallel convert TRACE --format F --output FILE');
  }
  return { kind: 'convert', file, format: formatOf(format, convertFormats), output };
}

function parseProgram(args: readonly string[]): Command {
  const found = read(args, ['--cell', '--python', '--format']);
  const [target, ...more] = found.others;
  if (target === undefined || more.length > 0) {
    throw new Usage('Give the one target whose program to print: run-in-parallel program TARGET');
  }
  const cells = found.all('--cell').map(cellNumber);
  const format = formatOf(found.last('--format'), ['text', 'json']);
  return { kind: 'program', target, cells, python: found.last('--python'), format };
}

function parseCheck(args: readonly string[]): Command {
  const found = read(args, ['--format']);
  if (found.others.length === 0) throw new Usage('Say what to check: FILE.py, FILE.ipynb or FILE.md.');
  return { kind: 'check', files: found.others, format: formatOf(found.last('--format'), ['text', 'json']) };
}

interface Found {
  others: string[];
  all(option: string): string[];
  /** The last one counts, as is usual. */
  last(option: string): string | null;
}

/** Splits `--option value` and `--option=value` from the rest. */
function read(args: readonly string[], options: readonly string[]): Found {
  const values = new Map<string, string[]>();
  const others: string[] = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i] ?? '';
    if (!arg.startsWith('-')) {
      others.push(arg);
      continue;
    }
    const [name = '', inline] = splitOnce(arg);
    if (laterOptions.includes(name)) throw new Usage(`${name} is not there yet. There are ${list(options)}.`);
    if (!options.includes(name)) throw new Usage(`There is no option ${name} here. There are ${list(options)}.`);
    const value = inline ?? args[++i];
    if (value === undefined) throw new Usage(`${name} needs a value.`);
    values.set(name, [...(values.get(name) ?? []), value]);
  }
  return {
    others,
    all: option => values.get(option) ?? [],
    last: option => values.get(option)?.at(-1) ?? null,
  };
}

function splitOnce(arg: string): [string, string | undefined] {
  const equals = arg.indexOf('=');
  return equals < 0 ? [arg, undefined] : [arg.slice(0, equals), arg.slice(equals + 1)];
}

function formatOf<F extends string>(value: string | null, formats: readonly F[]): F | 'text' {
  if (value === null) return 'text';
  const format = formats.find(one => one === value);
  if (format) return format;
  const is = laterFormats.includes(value) ? `The format ${value} is not there yet` : `There is no format ${value} here`;
  throw new Usage(`${is}. There are ${list(formats)}.`);
}

function cellNumber(value: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new Usage(`--cell needs the number of a code cell from 1 on, not ${value}.`);
  return number;
}

function timeout(value: string | null): number | null {
  if (value === null) return null;
  const seconds = Number(value);
  if (!(seconds > 0) || !Number.isFinite(seconds))
    throw new Usage(`--timeout needs a number of seconds, not ${value}.`);
  return seconds * 1000;
}

function list(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
