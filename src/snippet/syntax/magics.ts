/** A line of IPython's own in a cell, found by text alone. */
export interface Magic {
  /** `%%time`, `%matplotlib`, `!ls`, `x?`. */
  kind: 'cell' | 'line' | 'shell' | 'help';
  /** `time`, `timeit`, `pip`…; '' for shell and help. */
  name: string;
  /** Of the line. */
  start: number;
  end: number;
}

// A `%` or `!` at the start of a line is IPython's unless the line goes on from the one before, in brackets or a string.
const magicLine = /^[ \t]*(?:(%%?)(\w+)|(!)|(\?{1,2})?[A-Za-z_][\w.]*(\?{1,2})?[ \t]*$)/;
const timers = /^([ \t]*%(?:time|timeit|prun|memit|lprun)\b(?:[ \t]+-[a-zA-Z](?:[ \t]*\d+)?)*[ \t]*)(?=\S)/;

/**
 * A cell's text as Python of the same length: lines that only IPython understands become comments, timers in front of a statement blanks.
 * A cell of another language (`%%bash`) becomes comments altogether.
 */
export function maskMagics(text: string): { text: string; magics: Magic[] } {
  const magics: Magic[] = [];
  const lines: string[] = [];
  let offset = 0;
  let state = plain;
  let otherLanguage = false;
  for (const line of text.split('\n')) {
    const found: Magic | null =
      state.open === '' && state.depth === 0 && !state.continued ? magicOf(line, offset) : null;
    let masked = line;
    if (otherLanguage) masked = comment(line);
    else if (found) {
      magics.push(found);
      const timer = timers.exec(line);
      masked =
        found.kind === 'line' && timer ? ' '.repeat(timer[0].length) + line.slice(timer[0].length) : comment(line);
      if (found.kind === 'cell' && !pythonCells.has(found.name)) otherLanguage = true;
    }
    state = after(state, masked);
    lines.push(masked);
    offset += line.length + 1;
  }
  return { text: lines.join('\n'), magics };
}

const pythonCells = new Set([
  'time',
  'timeit',
  'capture',
  'prun',
  'memit',
  'snakeviz',
  'pyinstrument',
  'lprun',
  'python',
  'python3',
  'pypy',
]);

function magicOf(line: string, offset: number): Magic | null {
  const match = magicLine.exec(line);
  if (!match) return null;
  const place = { start: offset, end: offset + line.length };
  const [, percent, name = '', shell, helpBefore, helpAfter] = match;
  if (percent) return { kind: percent === '%%' ? 'cell' : 'line', name, ...place };
  if (shell) return { kind: 'shell', name: '', ...place };
  return helpBefore || helpAfter ? { kind: 'help', name: '', ...place } : null;
}

/** The line as a comment of the same length, carriage return kept. */
function comment(line: string): string {
  const end = line.endsWith('\r') ? '\r' : '';
  const length = line.length - end.length;
  return length === 0 ? line : `#${line.slice(1, length)}${end}`;
}

/** What a line leaves open for the next: a string by its quotes, brackets, a backslash at the end. */
interface OpenState {
  open: string;
  depth: number;
  continued: boolean;
}

const plain: OpenState = { open: '', depth: 0, continued: false };

function after(state: OpenState, line: string): OpenState {
  let { open, depth } = state;
  for (let i = 0; i < line.length; i++) {
    const character = line[i] ?? '';
    if (character === '\\') i++;
    else if (open !== '') {
      if (line.startsWith(open, i)) {
        i += open.length - 1;
        open = '';
      }
    } else if (character === '#') break;
    else if (character === '"' || character === "'") {
      open = line.startsWith(character.repeat(3), i) ? character.repeat(3) : character;
      i += open.length - 1;
    } else if ('([{'.includes(character)) depth++;
    else if (')]}'.includes(character)) depth = Math.max(0, depth - 1);
  }
  // A string in single quotes ends with its line.
  return { open: open.length === 3 ? open : '', depth, continued: line.trimEnd().endsWith('\\') && open.length !== 3 };
}
