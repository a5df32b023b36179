import type { SourceFile } from '../snippet/syntax/sourceFile.ts';

// `# rip: ignore` for every rule, `# rip: ignore[RIP101, RIP202]` for these.
const onLine = /#\s*rip:\s*ignore(?:\[([^\]]*)\])?(?![\w-])/i;
const onFile = /^\s*#\s*rip:\s*ignore-file(?:\[([^\]]*)\])?/i;

/** What the comments of a file silence. */
export class Ignores {
  private readonly file: SourceFile;
  private readonly wholeFile: Codes;

  constructor(file: SourceFile) {
    this.file = file;
    this.wholeFile = codesOfFile(file.text);
  }

  /** Whether a rule is silenced for what starts at the offset: on its line, on a comment line directly above, or for the file. */
  covers(code: string, offset: number): boolean {
    if (holds(this.wholeFile, code)) return true;
    const line = this.file.lineOf(offset);
    if (holds(codesIn(onLine.exec(this.textOfLine(line))), code)) return true;
    const above = line > 0 ? this.textOfLine(line - 1) : '';
    return /^\s*#/.test(above) && holds(codesIn(onLine.exec(above)), code);
  }

  private textOfLine(line: number): string {
    const start = this.file.lineStart(line);
    const end = this.file.text.indexOf('\n', start);
    return this.file.text.slice(start, end < 0 ? undefined : end);
  }
}

type Codes = readonly string[] | 'all';

function holds(codes: Codes, code: string): boolean {
  return codes === 'all' || codes.includes(code.toUpperCase());
}

function codesIn(match: RegExpExecArray | null): Codes {
  if (!match) return [];
  if (match[1] === undefined) return 'all';
  return match[1].split(',').map(code => code.trim().toUpperCase());
}

/** Comments that speak for the whole file stand before its first code. */
function codesOfFile(text: string): Codes {
  const codes: string[] = [];
  for (const [line] of text.matchAll(/.*(?:\r\n|\r|\n|$)/g)) {
    if (line.trim() !== '' && !line.trimStart().startsWith('#')) break;
    if (line === '') break;
    const found = codesIn(onFile.exec(line));
    if (found === 'all') return 'all';
    codes.push(...found);
  }
  return codes;
}
