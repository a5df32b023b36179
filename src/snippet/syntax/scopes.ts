import type { Expression, Node } from './ast.ts';

/** A name's home: module, function (lambdas and comprehensions too) or class. */
export interface Scope {
  kind: 'module' | 'function' | 'class';
  node: Node;
  parent: Scope | null;
  bindings: Map<string, Binding[]>;
}

/** One place where a name gets a value. */
export interface Binding {
  kind: 'import' | 'function' | 'class' | 'parameter' | 'assign' | 'augmented' | 'for' | 'with' | 'except' | 'match' | 'delete';
  name: string;
  scope: Scope;
  /** The Name, Alias, FunctionDef, ClassDef or Parameter that binds. */
  node: Node;
  /** `assign`: the value when the whole of it goes to the name (not in `a, b = …`). `for`: the iterable. `with`: the context. */
  value: Expression | null;
  /** `import`: the full name, such as `concurrent.futures.ThreadPoolExecutor`. */
  imported: string | null;
}

