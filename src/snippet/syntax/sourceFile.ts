import type { Attribute, Call, Expression, Module, Name, Node, Statement } from './ast.ts';
import { builtinNames, canonical } from './knownNames.ts';
import type { Magic } from './magics.ts';
import { type Binding, type Scope, Scopes } from './scopes.ts';
import { Types } from './types.ts';
import { ancestors, blockOf, holds, statementOf, visitAll } from './walk.ts';

/**
 * One Python text as rules see it: a file, or the cells of a notebook one after another (then names of earlier cells are known in
 * later ones, as in a kernel). Offsets are UTF-16 units. What is asked is worked out on first use.
 */
export class SourceFile {
  /** `cells`: there is a kernel behind it, so guards for spawned processes, `await` at top level and the like differ. */
  readonly kind: 'script' | 'cells';
  readonly text: string;
  readonly module: Module;
  /** IPython's lines; in `module` they are comments. */
  readonly magics: readonly Magic[];
  /** Where each cell begins, ascending, the first at 0; a script counts as one. */
  readonly cellStarts: readonly number[];
  /** `\n` or `\r\n`, as the text has it. */
  readonly eol: string;
  private lines: number[] | null = null;
  private names: Scopes | null = null;
  private allCalls: Call[] | null = null;
  private readonly fullNames = new Map<Attribute | Name, string | null>();
  private readonly types = new Types(this);

  /**
   * @param init.text the one that `module` was made from: magics masked
   * @param init.cellStarts when not given, what begins with `# %%` or a cell magic is a cell
   */
  constructor(init: {
    kind: 'script' | 'cells';
    text: string;
    module: Module;
    magics?: readonly Magic[];
    cellStarts?: readonly number[];
  }) {
    this.kind = init.kind;
    this.text = init.text;
    this.module = init.module;
    this.magics = init.magics ?? [];
    this.cellStarts = init.kind === 'script' ? [0] : (init.cellStarts ?? visibleCells(init.text, this.magics));
    this.eol = init.text.includes('\r\n') ? '\r\n' : '\n';
  }

  get scopes(): Scopes {
    this.names ??= new Scopes(this.module);
    return this.names;
  }

  /** Every call in the order of the text; none from broken statements at module level. */
  get calls(): readonly Call[] {
    if (this.allCalls === null) {
      const found: Call[] = [];
      for (const statement of this.module.body) {
        if (statement.broken) continue;
        visitAll(statement, node => {
          if (node.kind === 'Call') found.push(node);
        });
      }
      this.allCalls = found;
    }
    return this.allCalls;
  }

  /** The scope in which a node's names are looked up; for a function or class the one around it. */
  scopeOf(node: Node): Scope {
    return this.scopes.scopeOf(node);
  }

  /** Everything that binds this name where it is used; empty for builtins and unknown names. */
  bindingsOf(name: Name): Binding[] {
    return this.scopes.lookUp(name.id, this.scopeOf(name));
  }

  /**
   * Of the bindings of a name those that may have given it its value where it is read: the last one before it when nothing can come
   * in between (a straight piece of code), otherwise all.
   */
  reachingBindings(name: Name): Binding[] {
    const bindings = this.bindingsOf(name);
    if (bindings.length < 2) return bindings;
    const scope = this.scopeOf(name);
    const before = bindings.filter(binding => binding.node.start < name.start && !isValueOf(binding, name));
    const last = before.at(-1);
    if (!last || bindings.some(binding => binding.scope !== scope)) return bindings;
    return dominates(last.node, name, bindings) ? [last] : bindings;
  }

  /**
   * The full name of what an expression stands for through imports, in its canonical spelling: `cf.ThreadPoolExecutor` after
   * `import concurrent.futures as cf` is `concurrent.futures.ThreadPoolExecutor`; `open` is `builtins.open`. Null when it is not certain:
   * a name that may also be bound otherwise, a local variable, an attribute of a value.
   */
  qualifiedName(expression: Expression): string | null {
    if (expression.kind !== 'Attribute' && expression.kind !== 'Name') return null;
    const known = this.fullNames.get(expression);
    if (known !== undefined) return known;
    const name = expression.kind === 'Attribute' ? this.nameOfAttribute(expression) : this.fullNameOf(expression);
    this.fullNames.set(expression, name);
    return name;
  }

  private nameOfAttribute(attribute: Attribute): string | null {
    const owner = this.qualifiedName(attribute.value);
    return owner === null ? null : canonical(`${owner}.${attribute.attr}`);
  }

  private fullNameOf(name: Name): string | null {
    const bindings = this.bindingsOf(name);
    if (bindings.length === 0) return builtinNames.has(name.id) ? `builtins.${name.id}` : null;
    const [first] = bindings;
    const imported = first?.imported ?? null;
    return imported !== null && bindings.every(binding => binding.imported === imported) ? canonical(imported) : null;
  }

  /**
   * The class of a value, by its full name: `concurrent.futures.ThreadPoolExecutor` for `pool` in `with ThreadPoolExecutor() as pool`,
   * `dask.dataframe.DataFrame` for what read_csv gives and what its lazy methods give. Null when it is not certain.
   */
  typeOf(expression: Expression): string | null {
    return this.types.typeOf(expression);
  }

  /** 0-based. */
  lineOf(offset: number): number {
    const starts = this.lineStarts;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  }

  /** Offset of a 0-based line's first character; behind the last line, the end of the text. */
  lineStart(line: number): number {
    return this.lineStarts[line] ?? this.text.length;
  }

  /** The cell that holds an offset; of a script, the whole text. */
  cellAt(offset: number): { start: number; end: number } {
    const index = Math.max(
      0,
      this.cellStarts.findLastIndex(start => start <= offset),
    );
    return { start: this.cellStarts[index] ?? 0, end: this.cellStarts[index + 1] ?? this.text.length };
  }

  /** The white space at the start of the line that holds the offset. */
  indentOf(offset: number): string {
    const start = this.lineStart(this.lineOf(offset));
    return /^[ \t]*/.exec(this.text.slice(start, start + 200))?.[0] ?? '';
  }

  textOf(node: { start: number; end: number }): string {
    return this.text.slice(node.start, node.end);
  }

  private get lineStarts(): number[] {
    if (this.lines === null) {
      this.lines = [0];
      for (let at = this.text.indexOf('\n'); at >= 0; at = this.text.indexOf('\n', at + 1)) this.lines.push(at + 1);
    }
    return this.lines;
  }
}

/**
 * Whether a binding has certainly happened, and is the last, when a name further down is read: its block holds the name too, and no
 * loop around both can bring another binding round.
 */
function dominates(binding: Node, name: Name, all: readonly Binding[]): boolean {
  const statement = statementOf(binding);
  if (statement === null) return false;
  if (!bindsWithin(statement, binding, name)) return false;
  // A loop around the name that lies between the two may bind it anew further down.
  for (const around of ancestors(name)) {
    if (around === statement.parent) break;
    if (isLoop(around) && all.some(other => holds(around, other.node))) return false;
  }
  return true;
}

/** `x = x + 1`: the x on the right is read before that on the left is bound. */
function isValueOf(binding: Binding, name: Name): boolean {
  const { parent } = binding.node;
  return parent !== null && (parent.kind === 'Assign' || parent.kind === 'AnnAssign' || parent.kind === 'AugAssign')
    ? holds(parent, name)
    : false;
}

/** A `with`, `for` or function binds for its body; any other statement for the rest of its block. */
function bindsWithin(statement: Statement, binding: Node, name: Name): boolean {
  if (holds(statement, name))
    return statement.kind === 'With' || statement.kind === 'For' || binding.kind === 'Parameter';
  if (statement.kind === 'For' || statement.kind === 'Try' || statement.kind === 'While' || statement.kind === 'If')
    return false;
  return blockOf(statement).some(each => holds(each, name));
}

function isLoop(node: Node): node is Extract<Statement, { kind: 'For' | 'While' }> {
  return node.kind === 'For' || node.kind === 'While';
}

function visibleCells(text: string, magics: readonly Magic[]): number[] {
  const markers = [...text.matchAll(/^# ?%%.*$/gm)].map(match => match.index);
  const starts = [0, ...markers, ...magics.filter(({ kind }) => kind === 'cell').map(({ start }) => start)];
  // A magic may follow its marker at once.
  const isEmpty = (from: number, to: number) =>
    text
      .slice(from, to)
      .replace(/^# ?%%.*$/gm, '')
      .trim() === '';
  const sorted = [...new Set(starts)].sort((a, b) => a - b);
  return sorted.filter((start, index) => index === 0 || !isEmpty(sorted[index - 1] ?? 0, start));
}
