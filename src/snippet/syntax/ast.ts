/**
 * A Python module as a tree of typed nodes, named as Python's own `ast` names them. Made from tree-sitter's tree (build.ts), which
 * survives half-typed code: what can't be understood is an `Unknown`, and the statement around it says so by `broken`.
 *
 * `start` and `end` are UTF-16 offsets into the text, end exclusive. A node's `parent` is null for the Module only.
 */
interface NodeBase {
  start: number;
  end: number;
  parent: Node | null;
}

export type Node = Module | Statement | Expression | Helper;
/** Nodes that are neither statement nor expression. */
export type Helper = Parameter | Keyword | Alias | WithItem | ExceptHandler | MatchCase | Comprehension;

export interface Module extends NodeBase {
  kind: 'Module';
  body: Statement[];
}

export type Statement =
  | FunctionDef
  | ClassDef
  | Return
  | Delete
  | Assign
  | AugAssign
  | AnnAssign
  | TypeAlias
  | For
  | While
  | If
  | With
  | Match
  | Raise
  | Try
  | Assert
  | Import
  | ImportFrom
  | Global
  | ExpressionStatement
  | Simple
  | UnknownStatement;

interface StatementBase extends NodeBase {
  /** Holds a syntax error, itself or within: rules are silent about it. */
  broken: boolean;
}

export interface FunctionDef extends StatementBase {
  kind: 'FunctionDef';
  isAsync: boolean;
  name: Name;
  parameters: Parameter[];
  returns: Expression | null;
  decorators: Expression[];
  body: Statement[];
}
export interface ClassDef extends StatementBase {
  kind: 'ClassDef';
  name: Name;
  bases: Expression[];
  keywords: Keyword[];
  decorators: Expression[];
  body: Statement[];
}
export interface Return extends StatementBase {
  kind: 'Return';
  value: Expression | null;
}
export interface Delete extends StatementBase {
  kind: 'Delete';
  targets: Expression[];
}
/** `a = b = value` has two targets. */
export interface Assign extends StatementBase {
  kind: 'Assign';
  targets: Expression[];
  value: Expression;
}
/** `target += value`; the operator is without `=`. */
export interface AugAssign extends StatementBase {
  kind: 'AugAssign';
  target: Expression;
  operator: string;
  value: Expression;
}
export interface AnnAssign extends StatementBase {
  kind: 'AnnAssign';
  target: Expression;
  annotation: Expression;
  value: Expression | null;
}
export interface TypeAlias extends StatementBase {
  kind: 'TypeAlias';
  name: Expression;
  value: Expression;
}
export interface For extends StatementBase {
  kind: 'For';
  isAsync: boolean;
  target: Expression;
  iter: Expression;
  body: Statement[];
  orelse: Statement[];
}
export interface While extends StatementBase {
  kind: 'While';
  test: Expression;
  body: Statement[];
  orelse: Statement[];
}
/** `elif` is an If in `orelse`, as in Python's ast. */
export interface If extends StatementBase {
  kind: 'If';
  test: Expression;
  body: Statement[];
  orelse: Statement[];
}
export interface With extends StatementBase {
  kind: 'With';
  isAsync: boolean;
  items: WithItem[];
  body: Statement[];
}
export interface Match extends StatementBase {
  kind: 'Match';
  subject: Expression;
  cases: MatchCase[];
}
export interface Raise extends StatementBase {
  kind: 'Raise';
  exception: Expression | null;
  cause: Expression | null;
}
export interface Try extends StatementBase {
  kind: 'Try';
  body: Statement[];
  handlers: ExceptHandler[];
  orelse: Statement[];
  finalbody: Statement[];
}
export interface Assert extends StatementBase {
  kind: 'Assert';
  test: Expression;
  message: Expression | null;
}
export interface Import extends StatementBase {
  kind: 'Import';
  names: Alias[];
}
/** `from ..package import name`: level 2, module `package`. `from m import *` has one Alias named `*`. */
export interface ImportFrom extends StatementBase {
  kind: 'ImportFrom';
  module: string;
  level: number;
  names: Alias[];
}
export interface Global extends StatementBase {
  kind: 'Global';
  nonlocal: boolean;
  names: string[];
}
export interface ExpressionStatement extends StatementBase {
  kind: 'ExpressionStatement';
  value: Expression;
}
export interface Simple extends StatementBase {
  kind: 'Simple';
  word: 'pass' | 'break' | 'continue';
}
/** What could not be read, and Python 2's print and exec statements. */
export interface UnknownStatement extends StatementBase {
  kind: 'UnknownStatement';
}

export type Expression =
  | Name
  | Constant
  | FString
  | Attribute
  | Subscript
  | Slice
  | Call
  | BinOp
  | UnaryOp
  | BoolOp
  | Compare
  | Lambda
  | IfExp
  | NamedExpr
  | Sequence
  | Dict
  | Comp
  | Starred
  | Await
  | Yield
  | UnknownExpression;

export interface Name extends NodeBase {
  kind: 'Name';
  id: string;
}
/** `text` is the source of a number; of a string the value as far as it can be told without escapes. */
export interface Constant extends NodeBase {
  kind: 'Constant';
  type: 'string' | 'bytes' | 'number' | 'True' | 'False' | 'None' | 'Ellipsis';
  text: string;
}
export interface FString extends NodeBase {
  kind: 'FString';
  values: Expression[];
}
export interface Attribute extends NodeBase {
  kind: 'Attribute';
  value: Expression;
  /** Where the name after the dot stands. */
  attr: string;
  attrStart: number;
}
export interface Subscript extends NodeBase {
  kind: 'Subscript';
  value: Expression;
  indices: Expression[];
}
export interface Slice extends NodeBase {
  kind: 'Slice';
  parts: Expression[];
}
export interface Call extends NodeBase {
  kind: 'Call';
  func: Expression;
  args: Expression[];
  keywords: Keyword[];
}
export interface BinOp extends NodeBase {
  kind: 'BinOp';
  left: Expression;
  operator: string;
  right: Expression;
}
export interface UnaryOp extends NodeBase {
  kind: 'UnaryOp';
  operator: 'not' | '-' | '+' | '~';
  operand: Expression;
}
export interface BoolOp extends NodeBase {
  kind: 'BoolOp';
  operator: 'and' | 'or';
  left: Expression;
  right: Expression;
}
/** `a < b <= c`: operands a, b, c; operators `<`, `<=`. `not in` and `is not` are one operator. */
export interface Compare extends NodeBase {
  kind: 'Compare';
  operands: Expression[];
  operators: string[];
}
export interface Lambda extends NodeBase {
  kind: 'Lambda';
  parameters: Parameter[];
  body: Expression;
}
export interface IfExp extends NodeBase {
  kind: 'IfExp';
  body: Expression;
  test: Expression;
  orelse: Expression;
}
export interface NamedExpr extends NodeBase {
  kind: 'NamedExpr';
  target: Name;
  value: Expression;
}
/** A list, tuple or set display; also the bare tuple `a, b`. */
export interface Sequence extends NodeBase {
  kind: 'Sequence';
  type: 'list' | 'tuple' | 'set';
  elements: Expression[];
}
/** A `**other` in it has key null. */
export interface Dict extends NodeBase {
  kind: 'Dict';
  items: { key: Expression | null; value: Expression }[];
}
/** A comprehension; `value` only in dict comprehensions. */
export interface Comp extends NodeBase {
  kind: 'Comp';
  type: 'list' | 'set' | 'dict' | 'generator';
  element: Expression;
  value: Expression | null;
  generators: Comprehension[];
}
export interface Starred extends NodeBase {
  kind: 'Starred';
  double: boolean;
  value: Expression;
}
export interface Await extends NodeBase {
  kind: 'Await';
  value: Expression;
}
export interface Yield extends NodeBase {
  kind: 'Yield';
  isFrom: boolean;
  value: Expression | null;
}
export interface UnknownExpression extends NodeBase {
  kind: 'UnknownExpression';
}

export interface Parameter extends NodeBase {
  kind: 'Parameter';
  name: Name;
  annotation: Expression | null;
  default: Expression | null;
  /** `*args` and `**kwargs`. */
  star: '' | '*' | '**';
}
/** `name=value`; name null for `**value`. */
export interface Keyword extends NodeBase {
  kind: 'Keyword';
  name: string | null;
  value: Expression;
}
/** `import a.b as c`: name `a.b`, as `c`. */
export interface Alias extends NodeBase {
  kind: 'Alias';
  name: string;
  as: string | null;
}
export interface WithItem extends NodeBase {
  kind: 'WithItem';
  context: Expression;
  target: Expression | null;
}
export interface ExceptHandler extends NodeBase {
  kind: 'ExceptHandler';
  type: Expression | null;
  name: Name | null;
  body: Statement[];
}
/** `pattern` holds the names that the pattern binds. */
export interface MatchCase extends NodeBase {
  kind: 'MatchCase';
  binds: Name[];
  guard: Expression | null;
  body: Statement[];
}
export interface Comprehension extends NodeBase {
  kind: 'Comprehension';
  isAsync: boolean;
  target: Expression;
  iter: Expression;
  ifs: Expression[];
}

export function isStatement(node: Node): node is Statement {
  return 'broken' in node;
}
