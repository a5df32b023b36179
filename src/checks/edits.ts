import type { Name, Node, Statement } from '../snippet/syntax/ast.ts';
import type { SourceFile } from '../snippet/syntax/sourceFile.ts';
import { blockOf, blocksOf, statementOf, visitAll } from '../snippet/syntax/walk.ts';
import type { TextEdit } from './check.ts';

/** Inserts text at an offset. */
export function insert(at: number, newText: string): TextEdit {
  return { start: at, end: at, newText };
}

/** The same edits, those that insert at the same place made one in their order: no editor has to guess which comes first. */
export function joined(edits: readonly TextEdit[]): TextEdit[] {
  const all: TextEdit[] = [];
  for (const edit of edits) {
    const same = all.find(each => each.start === edit.start && each.end === edit.end && each.start === each.end);
    if (same) same.newText += edit.newText;
    else all.push({ ...edit });
  }
  return all;
}

/** Where the line that holds the offset ends, before its line break. */
export function lineEnd(file: SourceFile, offset: number): number {
  const at = file.text.indexOf('\n', offset);
  if (at < 0) return file.text.length;
  return file.text[at - 1] === '\r' && at > offset ? at - 1 : at;
}

/** One level of indentation as the file has it; four spaces where it has none. */
export function indentUnit(file: SourceFile): string {
  for (const statement of file.module.body) {
    const inner = blocksOf(statement)[0]?.[0];
    if (!inner || file.lineOf(inner.start) === file.lineOf(statement.start)) continue;
    const indent = file.indentOf(inner.start);
    if (indent !== '') return indent;
  }
  return '    ';
}

/** Adds an import statement after the file's imports: behind its docstring and `from __future__`, where there are none. */
export function addImport(file: SourceFile, statement: string): TextEdit {
  const { body } = file.module;
  const lastImport = body.findLastIndex((each, index) => isImport(each) && body.slice(0, index).every(isHeader));
  const docstring = body[0]?.kind === 'ExpressionStatement' && body[0].value.kind === 'Constant' ? body[0] : null;
  const before = lastImport >= 0 ? body[lastImport] : docstring;
  if (before && ownsLines(file, before, before)) return insert(lineEnd(file, before.end), `${file.eol}${statement}`);
  const first = body[0];
  return insert(first ? file.lineStart(file.lineOf(first.start)) : 0, `${statement}${file.eol}`);
}

function isImport(statement: Statement): boolean {
  return statement.kind === 'Import' || statement.kind === 'ImportFrom';
}

function isHeader(statement: Statement): boolean {
  return isImport(statement) || (statement.kind === 'ExpressionStatement' && statement.value.kind === 'Constant');
}

/** A name that nothing around a node has: the first of these that is free; null when all are taken. */
export function freeName(file: SourceFile, at: Node, ...candidates: string[]): string | null {
  const taken = new Set<string>();
  visitAll(file.scopeOf(at).node, node => {
    if (node.kind === 'Name') taken.add(node.id);
  });
  const scope = file.scopeOf(at);
  return candidates.find(name => !taken.has(name) && file.scopes.lookUp(name, scope).length === 0) ?? null;
}

/** Whether nothing but white space and a comment shares the lines of these statements. */
export function ownsLines(file: SourceFile, first: Statement, last: Statement): boolean {
  const before = file.text.slice(file.lineStart(file.lineOf(first.start)), first.start);
  const after = file.text.slice(last.end, lineEnd(file, last.end));
  return /^[ \t]*$/.test(before) && /^[ \t]*(#.*)?$/.test(after);
}

/**
 * Indents whole lines by one level more, from one statement of a block to another. Null where that would change more than the
 * layout: a string that goes over several lines, IPython's lines, code that shares a line with other code.
 */
export function indentLines(file: SourceFile, first: Statement, last: Statement): TextEdit[] | null {
  if (!ownsLines(file, first, last)) return null;
  if (file.magics.some(magic => magic.start < last.end && magic.end > first.start)) return null;
  const between = blockOf(first).filter(each => each.start >= first.start && each.end <= last.end);
  if (between.some(each => each.broken || holdsLongString(file, each))) return null;
  const unit = indentUnit(file);
  const edits: TextEdit[] = [];
  for (let line = file.lineOf(first.start); line <= file.lineOf(last.end); line++) {
    const start = file.lineStart(line);
    if (/\S/.test(file.text.slice(start, lineEnd(file, start)))) edits.push(insert(start, unit));
  }
  return edits;
}

function holdsLongString(file: SourceFile, statement: Statement): boolean {
  let found = false;
  visitAll(statement, node => {
    const isString = node.kind === 'FString' || (node.kind === 'Constant' && /^(string|bytes)$/.test(node.type));
    // A string in several pieces within parentheses may go over lines too; leaving it alone is the safe side.
    if (isString && file.textOf(node).includes('\n')) found = true;
  });
  return found;
}

/**
 * `name = value` and what follows it, up to `last` of the same block, becomes `with value as name:` around that.
 * Null where it can't be done without other changes, or nothing follows.
 */
export function wrapInWith(file: SourceFile, name: Name, last: Statement): TextEdit[] | null {
  const assign = statementOf(name);
  if (assign?.kind !== 'Assign' || assign.targets.length !== 1 || assign.targets[0] !== name) return null;
  const isPlain = /^\s*=\s*$/.test(file.text.slice(name.end, assign.value.start)) && assign.value.end === assign.end;
  const block = blockOf(assign);
  const next = block[block.indexOf(assign) + 1];
  if (!isPlain || !next || !block.includes(last) || last.start < next.start) return null;
  if (!ownsLines(file, assign, assign)) return null;
  const indented = indentLines(file, next, last);
  if (!indented) return null;
  return [
    { start: assign.start, end: assign.value.start, newText: 'with ' },
    insert(assign.value.end, ` as ${name.id}:`),
    ...indented,
  ];
}
