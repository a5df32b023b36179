import { Edit, type Language, Parser, type Tree } from 'web-tree-sitter';
import type { Module, Statement } from './ast.ts';
import { buildModule } from './build.ts';
import { type Reuse, TreeReader } from './rawTree.ts';

/** Parses Python. Made once the grammar is loaded (that needs files, so not here); one parser serves many texts. */
export class PythonParser {
  private readonly parser: Parser;
  private readonly reader: TreeReader;

  constructor(language: Language) {
    this.parser = new Parser();
    this.parser.setLanguage(language);
    this.reader = new TreeReader(language);
  }

  /** Never fails: what can't be read becomes UnknownStatement or UnknownExpression. */
  open(text: string): ParsedText {
    return new ParsedText(this.parser, this.reader, text);
  }
}

/**
 * A text that is being edited, with its module. Parsing is put off until the module is asked for, and then goes only over what has
 * changed; unchanged statements of the module and of its classes are taken over (and moved), so a module is valid until the next edit.
 */
export class ParsedText {
  private readonly parser: Parser;
  private readonly reader: TreeReader;
  private source: string;
  private tree: Tree | null = null;
  private current: Module | null = null;
  private known = new Map<string, Statement[]>();

  constructor(parser: Parser, reader: TreeReader, text: string) {
    this.parser = parser;
    this.reader = reader;
    this.source = text;
  }

  get text(): string {
    return this.source;
  }

  /** Replaces start…oldEnd (UTF-16 offsets). */
  edit(start: number, oldEnd: number, newText: string): void {
    const before = this.source;
    this.source = before.slice(0, start) + newText + before.slice(oldEnd);
    const newEnd = start + newText.length;
    this.tree?.edit(
      new Edit({
        startIndex: start,
        oldEndIndex: oldEnd,
        newEndIndex: newEnd,
        startPosition: pointAt(before, start),
        oldEndPosition: pointAt(before, oldEnd),
        newEndPosition: pointAt(this.source, newEnd),
      }),
    );
    this.current = null;
  }

  get module(): Module {
    this.current ??= this.parse();
    return this.current;
  }

  /** Frees the memory that the garbage collector can't see. */
  dispose(): void {
    this.tree?.delete();
    this.tree = null;
  }

  private parse(): Module {
    const old = this.tree;
    this.tree = this.parser.parse(this.source, old);
    old?.delete();
    if (!this.tree) return { kind: 'Module', start: 0, end: this.source.length, parent: null, body: [] };
    const reuse: Reuse = text => this.known.get(text)?.pop() ?? null;
    const cursor = this.tree.walk();
    const module = buildModule(this.reader.read(cursor, this.source, reuse), this.source);
    cursor.delete();
    this.known = this.remember(module);
    return module;
  }

  /** Statements by their text; broken ones can mean something else in other surroundings. */
  private remember(module: Module): Map<string, Statement[]> {
    const known = new Map<string, Statement[]>();
    const add = (statement: Statement) => {
      if (!statement.broken) {
        const text = this.source.slice(statement.start, statement.end);
        const same = known.get(text);
        if (same) same.push(statement);
        else known.set(text, [statement]);
      }
      if (statement.kind === 'ClassDef') statement.body.forEach(add);
    };
    module.body.forEach(add);
    return known;
  }
}

/** Where an offset lies, as tree-sitter counts it: rows from 0, columns in UTF-16 units. */
function pointAt(text: string, offset: number): { row: number; column: number } {
  let row = 0;
  let start = 0;
  for (let at = text.indexOf('\n'); at >= 0 && at < offset; at = text.indexOf('\n', at + 1)) {
    row++;
    start = at + 1;
  }
  return { row, column: offset - start };
}
