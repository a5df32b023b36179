import type { ProgramResult, ProgramStatement } from '../protocol/programWire.ts';

/**
 * A Program as Python to read: its notes, then its statements in the order they run, above each group of them where they are and why
 * they run.
 *
 *   # fetch.py:3 · defines urls (needed in line 12)
 *   urls = ['a', 'b']
 *
 * @param units how each is called here, and in errors
 */
export function programText(program: ProgramResult, units: readonly { name: string; file: string }[]): string {
  const name = (unit: number) => units[unit]?.name ?? '';
  const notes = program.notes.map(note => `# Note: ${oneLine(note)}\n`);
  if (program.error !== null) notes.push(`# ${errorLine(program, units)}\n`);
  const groups = grouped(program.statements).map(group => {
    const first = group[0]?.startLine ?? 0;
    const last = group.at(-1)?.endLine ?? first;
    const place = `${name(group[0]?.unit ?? 0)}:${first === last ? first : `${first}-${last}`}`;
    const reason = oneLine(reasonOf(group[0]));
    const code = group.map(({ source }) => source.replace(/\n*$/, '\n')).join('');
    return `# ${place}${reason === '' ? '' : ` · ${reason}`}\n${code}`;
  });
  return [...(notes.length > 0 ? [notes.join('')] : []), ...groups].join('\n');
}

/** `fetch.py:3: SyntaxError: invalid syntax`; '' without an error. */
function errorLine({ error }: ProgramResult, units: readonly { name: string; file: string }[]): string {
  if (error === null) return '';
  const { file, line, type, message } = error;
  const name = units.find(unit => unit.file === file)?.name ?? file ?? '';
  const place = name === '' ? '' : `${name}${line === null ? '' : `:${line}`}: `;
  return oneLine(`${place}${type}: ${message}`);
}

/** Statements that follow one another in their unit, for the same reason. */
function grouped(statements: readonly ProgramStatement[]): ProgramStatement[][] {
  const groups: ProgramStatement[][] = [];
  for (const statement of statements) {
    const group = groups.at(-1);
    const previous = group?.at(-1);
    const continues =
      previous !== undefined && previous.unit === statement.unit && reasonOf(previous) === reasonOf(statement);
    if (continues) group?.push(statement);
    else groups.push([statement]);
  }
  return groups;
}

function reasonOf(statement: ProgramStatement | undefined): string {
  if (statement === undefined) return '';
  return statement.selected ? 'selected' : statement.reason;
}

/** A reason that had a line break would be code from there on. */
function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

/**
 * The lines of a unit that do not run: 1-based, inclusive ranges. Blank lines at their ends and ranges without any text are left out.
 */
export function leftOutLines(
  source: string,
  statements: readonly Pick<ProgramStatement, 'startLine' | 'endLine'>[],
): { startLine: number; endLine: number }[] {
  const lines = source.split(/\r\n|\r|\n/);
  const runs = new Uint8Array(lines.length + 2);
  for (const { startLine, endLine } of statements) runs.fill(1, Math.max(0, startLine), Math.max(0, endLine + 1));
  const ranges: { startLine: number; endLine: number }[] = [];
  let open: { startLine: number; endLine: number } | null = null;
  for (const [index, line] of lines.entries()) {
    const number = index + 1;
    if (runs[number] === 1) open = null;
    else if (line.trim() === '') continue;
    else if (open !== null) open.endLine = number;
    else {
      open = { startLine: number, endLine: number };
      ranges.push(open);
    }
  }
  return ranges;
}
