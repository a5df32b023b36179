import type { Expression, Module, Name, Node } from './ast.ts';
import type { Magic } from './magics.ts';
import type { Binding, Scope } from './scopes.ts';

/**
 * One Python text as rules see it: a file, or the cells of a notebook one after another (then names of earlier cells are known in
 * later ones, as in a kernel). Offsets are UTF-16 units.
 */
export interface SourceFile {
  /** `cells`: there is a kernel behind it, so guards for spawned processes, `await` at top level and the like differ. */
  kind: 'script' | 'cells';
  text: string;
  module: Module;
  /** IPython's lines; in `module` they are comments. */
  magics: Magic[];
  /** What a name is in scope; the module's own scope for Module. */
  scopeOf(node: Node): Scope;
  /** Everything that binds this name where it is used; empty for builtins and unknown names. */
  bindingsOf(name: Name): Binding[];
  /**
   * The full name of what an expression stands for through imports, in its canonical spelling: `cf.ThreadPoolExecutor` after
   * `import concurrent.futures as cf` is `concurrent.futures.ThreadPoolExecutor`; `open` is `builtins.open`. Null when it is not certain:
   * a name that may also be bound otherwise, a local variable, an attribute of a value.
   */
  qualifiedName(expression: Expression): string | null;
  /**
   * The class of a value, by its full name: `concurrent.futures.ThreadPoolExecutor` for `pool` in `with ThreadPoolExecutor() as pool`,
   * `dask.dataframe.DataFrame` for what read_csv gives and what its lazy methods give. Null when it is not certain.
   */
  typeOf(expression: Expression): string | null;
  /** 0-based. */
  lineOf(offset: number): number;
  lineStart(line: number): number;
  /** The white space at the start of the line that holds the offset. */
  indentOf(offset: number): string;
  /** `\n` or `\r\n`, as the text has it. */
  eol: string;
  textOf(node: Node): string;
}
