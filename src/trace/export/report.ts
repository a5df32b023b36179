import { formatDuration } from '../../base/time.ts';
import { type ThreadState, threadStates } from '../model.ts';
import { stateText } from '../words.ts';
import { type EngineWork, engineWork } from './engineLines.ts';
import { isRealPid } from './pids.ts';
import type { ProcessSummary, RunSummary, TaskSummary, ThreadSummary } from './summary.ts';

export interface ReportStyle {
  /** ANSI colours. */
  color: boolean;
  /** Columns; 80 to 120 are used. */
  width: number;
}

/** One letter, one short name and one colour for each state: told apart without colour too. */
const marks: Record<ThreadState, { letter: string; short: string; color: number }> = {
  running: { letter: '█', short: 'running', color: 32 },
  runnable: { letter: '▒', short: 'CPU wait', color: 33 },
  gilWait: { letter: 'G', short: 'GIL wait', color: 31 },
  lockWait: { letter: 'L', short: 'lock wait', color: 35 },
  ioWait: { letter: 'I', short: 'I/O wait', color: 36 },
  sleeping: { letter: 's', short: 'sleeping', color: 34 },
  idle: { letter: '·', short: 'idle', color: 90 },
  unknown: { letter: '?', short: 'unknown', color: 90 },
};
const maxThreads = 24;
const maxTaskNames = 8;
const maxNamed = 3;

/**
 * A run for a terminal: its headline, what each thread did as bars, its tasks, its remarks.
 *
 *   Work-1  1.02 s  ██████████████GGGGGGGGGGGGGG  running 51 %, GIL wait 49 %
 */
export function textReport(run: RunSummary, title: string, style: ReportStyle): string {
  const width = Math.min(120, Math.max(80, style.width));
  const paint = (text: string, ...codes: number[]) => (style.color ? `\x1b[${codes.join(';')}m${text}\x1b[0m` : text);
  const time = run.wallMs > 0 ? ` in ${formatDuration(run.wallMs * 1e6)}` : '';
  const lines = [paint(`${title}: ${outcome(run)}${time}`, 1)];
  const [best, ...others] = run.insights;
  if (best) {
    lines.push('', ...wrap(best.title, width).map(line => paint(line, 1, 33)), ...wrap(best.advice, width));
    for (const insight of others) lines.push(...wrap(`Also: ${insight.title}`, width));
  }
  lines.push(...threadLines(run, width, paint), ...taskLines(run.tasks, width));
  const remarks = [...processNotes(run.processes), ...run.quality.warnings, run.quality.stateNote];
  const shown = [...new Set(remarks.filter(remark => remark !== ''))];
  if (shown.length > 0) lines.push('', ...shown.flatMap(remark => wrap(`Note: ${remark}`, width)));
  return `${lines.join('\n')}\n`;
}

function outcome(run: RunSummary): string {
  switch (run.status) {
    case 'ok':
      return 'succeeded';
    case 'failed':
      return run.exitCode === null ? 'failed' : `failed with exit code ${run.exitCode}`;
    case 'timeout':
      return 'stopped at its time limit';
    case 'cancelled':
      return 'cancelled';
    case 'killed':
      return 'was killed';
  }
}

type Paint = (text: string, ...codes: number[]) => string;

function threadLines(run: RunSummary, width: number, paint: Paint): string[] {
  if (run.threads.length === 0) return [];
  const shown = new Set([...run.threads].sort((a, b) => importance(b) - importance(a)).slice(0, maxThreads));
  const names = Math.min(24, Math.max(...[...shown].map(thread => thread.name.length)));
  const bar = Math.max(16, Math.floor((width - names - 14) * 0.35));
  const lines: string[] = [];
  const engines = engineWork(run);
  for (const process of run.processes) {
    const own = run.threads.filter(thread => thread.pid === process.pid && shown.has(thread));
    if (own.length === 0) continue;
    lines.push('', clip(processTitle(process), width));
    for (const thread of own) {
      const work = engines.get(thread);
      lines.push(work ? engineLine(thread, work, { names, bar, width }) : threadLine(thread, names, bar, width, paint));
    }
  }
  const hidden = run.threads.length - shown.size;
  if (hidden > 0) lines.push(`  … and ${hidden} more ${hidden === 1 ? 'thread' : 'threads'}`);
  const watched = [...shown].filter(thread => !engines.has(thread));
  const used = threadStates.filter(state => watched.some(thread => shares(thread).some(([one]) => one === state)));
  const legend = used.map(state => `${marks[state].letter} ${inSentence(state)}`);
  if (legend.length > 0) lines.push('', ...wrap(legend, width - 2, '   ').map(line => `  ${line}`));
  return lines;
}

/** Threads of Python come first, then those that did most. */
function importance(thread: ThreadSummary): number {
  const { idle, unknown, ...active } = thread.statesMs;
  const activeMs = Object.values(active).reduce((sum, ms) => sum + ms, 0);
  return (thread.kind === 'python' ? 1e12 : 0) + activeMs + (idle + unknown) / 1e3;
}

function processTitle(process: ProcessSummary): string {
  const python = process.python ? `, Python ${process.python}` : '';
  const exit = process.exit ? `, ${process.exit}` : '';
  const isPlain = process.startMethod === 'main' || process.startMethod === 'unknown';
  const how = isPlain ? '' : `, ${process.startMethod}`;
  const id = isRealPid(process.pid) ? process.pid : (process.host ?? 'here');
  return `${process.name} (${id}${how}${python}${exit})`;
}

function threadLine(thread: ThreadSummary, names: number, bar: number, width: number, paint: Paint): string {
  const parts = shares(thread);
  const life = Object.values(thread.statesMs).reduce((sum, ms) => sum + ms, 0);
  const cells = apportion(
    parts.map(([, share]) => share),
    bar,
  );
  const drawn = parts
    .map(([state], i) => paint(marks[state].letter.repeat(cells[i] ?? 0), marks[state].color))
    .join('');
  const head = `  ${clip(thread.name, names).padEnd(names)} ${formatDuration(life * 1e6).padStart(8)}  `;
  const empty = ' '.repeat(Math.max(0, bar - cells.reduce((sum, n) => sum + n, 0)));
  const words = parts
    .slice()
    .sort((a, b) => b[1] - a[1])
    .map(([state, share]) => `${marks[state].short} ${percentOf(share)}`);
  const room = width - head.length - bar - 2;
  const [told = ''] = wrap(words, room, ', ');
  return `${head}${drawn}${empty}  ${clip(told, room)}`;
}

function engineLine(
  thread: ThreadSummary,
  { busyShare, what }: EngineWork,
  { names, bar, width }: { names: number; bar: number; width: number },
): string {
  const lifeMs = (thread.endMs ?? 0) - (thread.startMs ?? 0);
  const head = `  ${clip(thread.name, names).padEnd(names)} ${formatDuration(lifeMs * 1e6).padStart(8)}  `;
  const drawn = '█'.repeat(Math.round(busyShare * bar)).padEnd(bar);
  return clip(`${head}${drawn}  busy ${percentOf(busyShare)}, ${what}`, width);
}

/** States with a visible share, in their order. */
function shares(thread: ThreadSummary): [ThreadState, number][] {
  const life = Object.values(thread.statesMs).reduce((sum, ms) => sum + ms, 0);
  if (life <= 0) return [];
  return threadStates
    .map((state): [ThreadState, number] => [state, thread.statesMs[state] / life])
    .filter(([, share]) => share >= 0.005);
}

/** Whole cells for shares of a bar: what rounding leaves goes to the largest remainders. */
function apportion(parts: number[], cells: number): number[] {
  const exact = parts.map(share => share * cells);
  const whole = exact.map(Math.floor);
  const total = Math.min(cells, Math.round(exact.reduce((sum, cell) => sum + cell, 0)));
  const order = [...exact.keys()].sort((a, b) => remainder(exact[b]) - remainder(exact[a]));
  let left = total - whole.reduce((sum, cell) => sum + cell, 0);
  for (const i of order) {
    if (left-- <= 0) break;
    whole[i] = (whole[i] ?? 0) + 1;
  }
  return whole;
}

function remainder(cell: number | undefined): number {
  return (cell ?? 0) - Math.floor(cell ?? 0);
}

function percentOf(share: number): string {
  return `${Math.round(share * 100)} %`;
}

/**
 *   Tasks          count  queued (median / longest)  ran (median / longest)
 *   fetch              13  210 ms / 840 ms            101 ms / 320 ms
 */
function taskLines(tasks: TaskSummary[], width: number): string[] {
  if (tasks.length === 0) return [];
  const groups = new Map<string, TaskSummary[]>();
  for (const task of tasks) groups.set(task.name, [...(groups.get(task.name) ?? []), task]);
  const shown = [...groups].sort((a, b) => b[1].length - a[1].length).slice(0, maxTaskNames);
  const names = Math.min(30, Math.max(5, ...shown.map(([name]) => name.length)));
  const lines = [
    '',
    `  ${'Tasks'.padEnd(names)}  ${'count'.padStart(6)}  ${'queued: median / max'.padEnd(22)}  ran: median / max`,
  ];
  for (const [name, own] of shown) {
    const queued = spread(own.map(task => difference(task.submitMs, task.startMs)));
    const ran = spread(own.map(task => difference(task.startMs, task.endMs)));
    const bad = unusual(own);
    const row = `  ${clip(name, names).padEnd(names)}  ${String(own.length).padStart(6)}  ${queued.padEnd(22)}  ${ran}${bad}`;
    lines.push(clip(row, width));
  }
  if (groups.size > shown.length) lines.push(`  … and ${groups.size - shown.length} more functions`);
  return lines;
}

function unusual(tasks: TaskSummary[]): string {
  const counts = ['failed', 'cancelled', 'lost', 'pending', 'running'].flatMap(status => {
    const count = tasks.filter(task => task.status === status).length;
    return count > 0 ? `${count} ${status}` : [];
  });
  return counts.length > 0 ? `  (${counts.join(', ')})` : '';
}

function difference(from: number | null, to: number | null): number | null {
  return from === null || to === null ? null : Math.max(0, to - from);
}

function spread(values: (number | null)[]): string {
  const known = values.filter(value => value !== null).sort((a, b) => a - b);
  const middle = known[(known.length - 1) >> 1];
  const longest = known.at(-1);
  if (middle === undefined || longest === undefined) return '–';
  return `${formatDuration(middle * 1e6)} / ${formatDuration(longest * 1e6)}`;
}

/** What is to be said of processes; the same of several is said once. */
function processNotes(processes: ProcessSummary[]): string[] {
  const byNote = new Map<string, ProcessSummary[]>();
  for (const process of processes) byNote.set(process.note, [...(byNote.get(process.note) ?? []), process]);
  byNote.delete('');
  return [...byNote].map(([note, own]) => {
    const named = own.slice(0, maxNamed).map(({ name, pid }) => (isRealPid(pid) ? `${name} (${pid})` : name));
    const more = own.length > named.length ? ` and ${own.length - named.length} more` : '';
    return `${named.join(', ')}${more}: ${note}`;
  });
}

function clip(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

/** Lines of at most this width; breaks between words, or between the parts given. */
function wrap(text: string | string[], width: number, between = ' '): string[] {
  const lines: string[] = [];
  let line = '';
  for (const part of typeof text === 'string' ? text.split(' ') : text) {
    if (line !== '' && line.length + between.length + part.length > width) {
      lines.push(line);
      line = part;
    } else line = line === '' ? part : `${line}${between}${part}`;
  }
  return [...lines, line];
}

/** `waiting for I/O`: only the first letter is made small. */
function inSentence(state: ThreadState): string {
  const { label } = stateText[state];
  return label.charAt(0).toLowerCase() + label.slice(1);
}
