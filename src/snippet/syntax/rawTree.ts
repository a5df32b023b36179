import type { Language, TreeCursor } from 'web-tree-sitter';
import type { Statement } from './ast.ts';

/** tree-sitter's node as plain data: reading it once through WASM and then working on objects is ten times faster than asking it. */
export interface RawNode {
  type: string;
  /** Name under which the parent knows it; '' for none. */
  field: string;
  named: boolean;
  start: number;
  end: number;
  children: RawNode[];
  /** Holds a syntax error, itself or within. */
  broken: boolean;
  /** The statement of an earlier tree with the same text: it is taken over as it is. */
  reused: Statement | null;
}

/** Finds the statement that an earlier tree had for this text; null = none (any more). */
export type Reuse = (text: string) => Statement | null;

const skipped = new Set(['comment', 'line_continuation']);
/** Lists of statements that are looked into one by one for reuse; deeper ones are read with the statement around them. */
const reusableParents = new Set(['module', 'class_definition/block']);

/** Deeper than any code that people write; what lies below is not read, so that nobody who walks the tree runs out of stack. */
const maxDepth = 1000;

/** Reads trees of one language. */
export class TreeReader {
  private readonly types: string[] = [];
  private readonly named: boolean[] = [];
  private readonly fields: string[] = [];

  constructor(language: Language) {
    for (let id = 0; id < language.nodeTypeCount; id++) {
      this.types[id] = language.nodeTypeForId(id) ?? '';
      this.named[id] = language.nodeTypeIsNamed(id);
    }
    for (let id = 0; id <= language.fieldCount; id++) this.fields[id] = language.fieldNameForId(id) ?? '';
  }

  /** The node at the cursor with all below it; comments are left out. */
  read(cursor: TreeCursor, text: string, reuse: Reuse): RawNode {
    return this.node(cursor, text, reuse, '', '', 0) ?? emptyModule();
  }

  private node(
    cursor: TreeCursor,
    text: string,
    reuse: Reuse,
    parent: string,
    above: string,
    depth: number,
  ): RawNode | null {
    const id = cursor.nodeTypeId;
    const type = this.types[id] ?? 'ERROR';
    if (skipped.has(type)) return null;
    const named = this.named[id] ?? true;
    const start = cursor.startIndex;
    const end = cursor.endIndex;
    const field = this.fields[cursor.currentFieldId] ?? '';
    const path = parent === 'class_definition' ? `${parent}/${type}` : type;
    if (named && reusableParents.has(above) && end > start) {
      const reused = reuse(text.slice(start, end));
      if (reused) return { type, field, named, start, end, children: [], broken: false, reused };
    }
    if (depth === maxDepth)
      return { type: 'ERROR', field, named, start, end, children: [], broken: true, reused: null };
    let broken = type === 'ERROR' || (start === end && cursor.nodeIsMissing);
    const children: RawNode[] = [];
    if (cursor.gotoFirstChild()) {
      do {
        const child = this.node(cursor, text, reuse, type, path, depth + 1);
        if (!child) continue;
        children.push(child);
        broken ||= child.broken;
      } while (cursor.gotoNextSibling());
      cursor.gotoParent();
    }
    return { type, field, named, start, end, children, broken, reused: null };
  }
}

function emptyModule(): RawNode {
  return { type: 'module', field: '', named: true, start: 0, end: 0, children: [], broken: false, reused: null };
}
