import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { Language, Parser } from 'web-tree-sitter';
import type { Fix, Severity } from '../../../src/checks/check.ts';
import { maskMagics } from '../../../src/snippet/syntax/magics.ts';
import { PythonParser } from '../../../src/snippet/syntax/parser.ts';
import { SourceFile } from '../../../src/snippet/syntax/sourceFile.ts';

/**
 * Cases of a rule as text:
 *
 *   === fires: submit without its future                 (or `=== silent: …`; `=== fires [cells]: …` for a notebook)
 *   pool.submit(work, 1)
 *   ~~~~~~~~~~~~~~~~~~~~ warning: Nobody reads           ← marks the finding above it: severity and how its message begins
 *   --- fix: Collect the results                         ← the whole text after that fix; several fixes follow one another
 *   results = [pool.submit(work, 1)]
 *
 * A finding that goes on beyond its line is marked to the line's end and with `>`: `~~~~~>`.
 */
export interface Case {
  file: string;
  title: string;
  fires: boolean;
  kind: 'script' | 'cells';
  source: string;
  marks: Mark[];
  fixes: { title: string; text: string }[];
}

export interface Mark {
  line: number;
  startColumn: number;
  /** null: goes on beyond the line. */
  endColumn: number | null;
  severity: Severity;
  message: string;
}

const folder = join(import.meta.dirname, '../../fixtures/checks');
const markLine = /^(\s*)(~+)(>?)\s*(warning|information|hint): (.*)$/;

export function readCases(prefix: string): Case[] {
  return readdirSync(folder)
    .filter(name => name.startsWith(prefix))
    .flatMap(name => casesOf(name, readFileSync(join(folder, name), 'utf8')));
}

function casesOf(file: string, text: string): Case[] {
  return text
    .split(/^=== /m)
    .slice(1)
    .map(part => {
      const [head = '', ...lines] = part.split('\n');
      const [, word, kind, title = ''] = /^(fires|silent)( \[cells\])?: (.*)$/.exec(head) ?? [];
      if (!word) throw new Error(`${file}: can't read "=== ${head}"`);
      const [body = '', ...fixes] = lines.join('\n').split(/^--- fix: /m);
      const { source, marks } = readMarks(body);
      return {
        file,
        title,
        fires: word === 'fires',
        kind: kind ? 'cells' : 'script',
        source,
        marks,
        fixes: fixes.map(fix => ({
          title: fix.split('\n', 1)[0] ?? '',
          text: fix.slice(fix.indexOf('\n') + 1).trimEnd(),
        })),
      };
    });
}

function readMarks(body: string): { source: string; marks: Mark[] } {
  const lines: string[] = [];
  const marks: Mark[] = [];
  for (const line of body.trimEnd().split('\n')) {
    const [, before = '', tildes = '', beyond, severity, message = ''] = markLine.exec(line) ?? [];
    if (severity !== 'warning' && severity !== 'information' && severity !== 'hint') {
      lines.push(line);
      continue;
    }
    const startColumn = before.length;
    const endColumn = beyond ? null : startColumn + tildes.length;
    marks.push({ line: lines.length - 1, startColumn, endColumn, severity, message });
  }
  return { source: lines.join('\n'), marks };
}

let parser: PythonParser | null = null;

/** Loads the grammar once. */
export async function pythonParser(): Promise<PythonParser> {
  if (parser === null) {
    await Parser.init();
    const grammar = createRequire(import.meta.url).resolve('tree-sitter-python/tree-sitter-python.wasm');
    parser = new PythonParser(await Language.load(grammar));
  }
  return parser;
}

export async function sourceFile(text: string, kind: 'script' | 'cells' = 'script'): Promise<SourceFile> {
  const masked = kind === 'cells' ? maskMagics(text) : { text, magics: [] };
  const parsed = (await pythonParser()).open(masked.text);
  return new SourceFile({ kind, text: masked.text, module: parsed.module, magics: masked.magics });
}

export function applyFix(text: string, fix: Fix): string {
  const edits = [...fix.edits].sort((a, b) => b.start - a.start);
  return edits.reduce((all, { start, end, newText }) => all.slice(0, start) + newText + all.slice(end), text).trimEnd();
}
