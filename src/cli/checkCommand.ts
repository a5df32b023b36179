import { readFileSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { messageOf, userError } from '../base/errors.ts';
import { failed, ok, type Result } from '../base/result.ts';
import { allRules } from '../checks/allRules.ts';
import type { Diagnostic } from '../checks/check.ts';
import { diagnose } from '../checks/diagnose.ts';
import { loadParser } from '../server/loadParser.ts';
import { type LspDiagnostic, toLsp } from '../server/lspDiagnostics.ts';
import { fenceParts } from '../server/markdownParts.ts';
import { type Contents, Source } from '../server/source.ts';
import { cellFile, readNotebook } from '../snippet/notebook.ts';
import type { PythonParser } from '../snippet/syntax/parser.ts';
import type { Console } from './console.ts';
import { exitCodes } from './exitCode.ts';

/** Something to check, and how each of its documents is named. */
interface Target {
  file: string;
  contents: Contents;
  /** The 1-based number of the code cell that a document is; null for files. */
  cellOf(uri: string): number | null;
}

interface Found {
  file: string;
  cell: number | null;
  severity: Diagnostic['severity'];
  lsp: LspDiagnostic;
}

/** `check`: what the language server would say of files, as text or as the protocol's JSON. */
export async function checkCommand(
  { files, format }: { files: readonly string[]; format: 'text' | 'json' },
  distDir: string,
  console: Console,
): Promise<number> {
  const targets: Target[] = [];
  for (const file of files) {
    const target = readTarget(file);
    if (!target.ok) return console.problem(target.error, exitCodes.usage);
    targets.push(target.value);
  }
  const parser = await loadParser({
    runtime: join(distDir, 'web-tree-sitter.wasm'),
    python: join(distDir, 'tree-sitter-python.wasm'),
  });
  const found = targets.flatMap(target => check(target, parser, console));
  if (format === 'json') console.stdout(`${JSON.stringify(toJson(found, targets.length), null, 2)}\n`);
  else console.stdout(found.map(line).join(''));
  if (format === 'text') console.stderr(`${summary(found, targets.length)}\n`);
  return found.some(({ severity }) => severity === 'warning' || severity === 'error') ? exitCodes.failed : exitCodes.ok;
}

function readTarget(file: string): Result<Target> {
  const path = resolve(file);
  const uri = pathToFileURL(path).href;
  try {
    if (!statSync(path).isFile()) return failed(userError('usage', `${file} is not a file.`));
    const text = new TextDecoder().decode(readFileSync(path));
    if (/\.ipynb$/i.test(file)) return notebookTarget(file, uri, text);
    const isMarkdown = /\.(?:md|markdown)$/i.test(file);
    const document = TextDocument.create(uri, isMarkdown ? 'markdown' : 'python', 1, text);
    const contents: Contents = isMarkdown
      ? { kind: 'cells', cells: fenceParts(document) }
      : { kind: 'script', document };
    return ok({ file, contents, cellOf: () => null });
  } catch (error) {
    return failed(userError('usage', `${file} can't be read: ${messageOf(error)}`));
  }
}

/** Each code cell is a document; those of other languages count, and are not looked at. */
function notebookTarget(file: string, uri: string, text: string): Result<Target> {
  const notebook = readNotebook(text);
  if (!notebook.ok) return failed(userError('usage', `${file}: ${notebook.error.message}`));
  const numbers = new Map<string, number>();
  const cells = notebook.value.map(({ source, isPython }, index) => {
    const document = TextDocument.create(`${uri}#cell-${index + 1}`, 'python', 1, isPython ? source : '');
    numbers.set(document.uri, index + 1);
    return [{ document, from: 0, length: document.getText().length }];
  });
  return ok({ file, contents: { kind: 'cells', cells }, cellOf: own => numbers.get(own) ?? null });
}

function check({ file, contents, cellOf }: Target, parser: PythonParser, console: Console): Found[] {
  const source = new Source(file, parser, () => contents);
  try {
    const { file: parsed, layout } = source.current();
    const onFault = (code: string, error: unknown) =>
      console.stderr(`run-in-parallel: the rule ${code} failed in ${file} and is left out: ${messageOf(error)}\n`);
    return diagnose(parsed, allRules, {}, onFault).flatMap(diagnostic => {
      const lsp = toLsp(diagnostic, layout);
      const { severity } = diagnostic;
      return lsp ? [{ file, cell: cellOf(lsp.uri), severity, lsp: lsp.diagnostic }] : [];
    });
  } finally {
    source.dispose();
  }
}

/** The protocol's Diagnostic[]; where it isn't clear what they are in, each says so in `data`. */
function toJson(found: readonly Found[], files: number): LspDiagnostic[] {
  return found.map(({ file, cell, lsp }) => {
    if (files === 1 && cell === null) return lsp;
    return { ...lsp, data: cell === null ? { file } : { file, cell } };
  });
}

function line({ file, cell, severity, lsp }: Found): string {
  const { line, character } = lsp.range.start;
  const name = cell === null ? file : cellFile(file, cell);
  return `${name}:${line + 1}:${character + 1}: ${lsp.code} ${severity}: ${lsp.message}\n`;
}

/** `2 warnings, 1 hint in 3 files`. */
function summary(found: readonly Found[], files: number): string {
  const counts = (['error', 'warning', 'information', 'hint'] as const).flatMap(severity => {
    const number = found.filter(each => each.severity === severity).length;
    return number === 0 ? [] : [`${number} ${severity}${number === 1 || severity === 'information' ? '' : 's'}`];
  });
  const where = files === 1 ? '1 file' : `${files} files`;
  return counts.length === 0 ? `Nothing found in ${where}` : `${counts.join(', ')} in ${where}`;
}
