import type { Call, Expression, FunctionDef, Name, Parameter } from '../../snippet/syntax/ast.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import { argument, hasUnpacking, methodOf, nodesOf, usesOf } from '../calls.ts';
import type { Finding, Fix, Rule, TextEdit } from '../check.ts';
import { addImport } from '../edits.ts';
import { mentions } from '../lazy.ts';

const functions = 'pyspark.sql.functions';

/** RIP324: a Python function per row for what Spark can do itself. */
export const pythonUdf: Rule = {
  code: 'RIP324',
  title: 'A Python UDF where Spark has a function',
  severity: 'information',
  check(file) {
    if (!mentions(file, 'pyspark') || !mentions(file, 'udf')) return [];
    return [
      ...nodesOf(file, 'Call').flatMap(call => ofCall(file, call) ?? []),
      ...nodesOf(file, 'FunctionDef').flatMap(definition => ofDecorated(file, definition) ?? []),
    ];
  },
};

/** `udf(lambda s: s.upper())`. */
function ofCall(file: SourceFile, call: Call): Finding | null {
  const [body] = call.args;
  if (!body || file.qualifiedName(call.func) !== `${functions}.udf` || hasUnpacking(call)) return null;
  const result = argument(call, 1, 'returnType');
  const builtin =
    body.kind === 'Lambda' ? builtinOf(file, body.parameters, body.body, result) : builtinNamed(file, body);
  if (!builtin) return null;
  const fix = builtin.exactFor?.(file, result) ? fixOf(file, call, builtin.name) : null;
  return { start: call.func.start, end: call.func.end, message: messageOf(builtin), fixes: fix ? [fix] : [] };
}

/** `@udf` or `@udf(StringType())` over a function that only returns an expression. */
function ofDecorated(file: SourceFile, { decorators, parameters, body, name }: FunctionDef): Finding | null {
  const [decorator, ...others] = decorators;
  if (!decorator || others.length > 0) return null;
  const isCall = decorator.kind === 'Call';
  if (file.qualifiedName(isCall ? decorator.func : decorator) !== `${functions}.udf`) return null;
  const statements = body.filter(each => !(each.kind === 'ExpressionStatement' && each.value.kind === 'Constant'));
  const [only, ...more] = statements;
  if (only?.kind !== 'Return' || !only.value || more.length > 0) return null;
  const builtin = builtinOf(file, parameters, only.value, isCall ? argument(decorator, 0, 'returnType') : null);
  return builtin ? { start: name.start, end: name.end, message: messageOf(builtin) } : null;
}

function messageOf({ name, said }: Builtin): string {
  const instead = said ?? `\`functions.${name}\``;
  return `Spark sends every row to a Python process for this function; ${instead} does it in Spark itself, where it can be optimised.`;
}

/** What Spark has for the body of a function. */
interface Builtin {
  name: string;
  /** Where it isn't a function of that name. */
  said?: string;
  /** Whether it gives the same for every value, where the UDF gives that type; not at all when missing. */
  exactFor?: (file: SourceFile, result: Expression | null) => boolean;
}

const byMethod: Record<string, Builtin> = {
  upper: { name: 'upper', exactFor: isString },
  lower: { name: 'lower', exactFor: isString },
  strip: { name: 'trim' },
  lstrip: { name: 'ltrim' },
  rstrip: { name: 'rtrim' },
  title: { name: 'initcap' },
};
const length: Builtin = { name: 'length', said: '`functions.length` (`functions.size` of an array)' };

function builtinNamed(file: SourceFile, body: Expression): Builtin | null {
  const name = file.qualifiedName(body);
  if (name === 'builtins.len') return length;
  if (name === 'builtins.abs') return { name: 'abs' };
  const method = /^builtins\.str\.(\w+)$/.exec(name ?? '')?.[1];
  return method === undefined ? null : (byMethod[method] ?? null);
}

function builtinOf(
  file: SourceFile,
  parameters: readonly Parameter[],
  body: Expression,
  result: Expression | null,
): Builtin | null {
  if (parameters.length === 0 || parameters.some(({ star, default: value }) => star !== '' || value)) return null;
  const names = parameters.map(({ name }) => name.id);
  if (isArithmetic(body, names)) {
    // `+` of texts is no `+` of columns, so only where the result is a number.
    return isNumber(file, result) ? { name: '', said: 'the same arithmetic on columns' } : null;
  }
  const [only, ...more] = names;
  return only === undefined || more.length > 0 ? null : ofOneValue(file, withoutGuard(body, only), only);
}

function ofOneValue(file: SourceFile, body: Expression, parameter: string): Builtin | null {
  if (body.kind !== 'Call' || body.keywords.length > 0) return null;
  const called = methodOf(body);
  if (called && isName(called.owner, parameter))
    return body.args.length === 0 ? (byMethod[called.method] ?? null) : null;
  const [value, ...more] = body.args;
  return value && more.length === 0 && isName(value, parameter) && body.func.kind === 'Name'
    ? builtinNamed(file, body.func)
    : null;
}

/** `x` of `x if s is not None else None`: Spark's functions give null for null. */
function withoutGuard(body: Expression, parameter: string): Expression {
  if (body.kind !== 'IfExp' || body.test.kind !== 'Compare' || !isNone(body.orelse)) return body;
  const [left, right] = body.test.operands;
  const isGuard = body.test.operators.length === 1 && body.test.operators[0] === 'is not';
  return isGuard && left && right && isName(left, parameter) && isNone(right) ? body.body : body;
}

function isName(expression: Expression, id: string): boolean {
  return expression.kind === 'Name' && expression.id === id;
}

function isNone(expression: Expression): boolean {
  return expression.kind === 'Constant' && expression.type === 'None';
}

/** Sums, differences, products and quotients of parameters and numbers. */
function isArithmetic(body: Expression, parameters: readonly string[]): boolean {
  if (body.kind !== 'BinOp' || !['+', '-', '*', '/'].includes(body.operator)) return false;
  return [body.left, body.right].every(
    side =>
      (side.kind === 'Name' && parameters.includes(side.id)) ||
      (side.kind === 'Constant' && side.type === 'number') ||
      isArithmetic(side, parameters),
  );
}

/** The type that a UDF is declared to give: `StringType()`, `'string'`; '' when it isn't seen. */
function typeNamed(file: SourceFile, result: Expression | null): string {
  if (result === null) return 'string';
  if (result.kind === 'Constant' && result.type === 'string') return result.text.toLowerCase();
  const name = file.qualifiedName(result.kind === 'Call' ? result.func : result) ?? '';
  return /^pyspark\.sql\.types\.(\w+)Type$/.exec(name)?.[1]?.toLowerCase() ?? '';
}

function isString(file: SourceFile, result: Expression | null): boolean {
  return typeNamed(file, result) === 'string';
}

function isNumber(file: SourceFile, result: Expression | null): boolean {
  return /^(int|integer|long|bigint|short|smallint|float|double|decimal.*)$/.test(typeNamed(file, result));
}

/** `upper = udf(lambda s: s.upper())` becomes `upper = functions.upper`, where all calls of it give their column a name. */
function fixOf(file: SourceFile, call: Call, builtin: string): Fix | null {
  const { parent } = call;
  if (parent?.kind === 'Assign') {
    const [target, ...more] = parent.targets;
    if (target?.kind !== 'Name' || more.length > 0 || file.bindingsOf(target).length !== 1) return null;
    if (!usesOf(file, target).every(isNamedCall)) return null;
  } else if (!isNamedCall(call)) return null;
  const named = nameOf(file, call.func, builtin);
  if (!named) return null;
  return {
    title: `Use ${builtin}()`,
    edits: [...named.edits, { start: call.start, end: call.end, newText: named.name }],
  };
}

/** Whether a function is called with one column, and the result's name is given: without, the column would get another name. */
function isNamedCall(called: Name | Call): boolean {
  const { parent } = called;
  if (parent?.kind !== 'Call' || parent.func !== called || parent.args.length !== 1 || parent.keywords.length > 0)
    return false;
  const outer = parent.parent;
  if (outer?.kind === 'Attribute') return outer.attr === 'alias' || outer.attr === 'name';
  return outer?.kind === 'Call' && methodOf(outer)?.method === 'withColumn' && outer.args[1] === parent;
}

/** How the code names one of Spark's functions, beside the way it names `udf`. */
function nameOf(file: SourceFile, udf: Expression, builtin: string): { name: string; edits: TextEdit[] } | null {
  if (udf.kind === 'Attribute') return { name: `${file.textOf(udf.value)}.${builtin}`, edits: [] };
  const bindings = file.scopes.lookUp(builtin, file.scopeOf(udf));
  if (bindings.length === 0) return { name: builtin, edits: [addImport(file, `from ${functions} import ${builtin}`)] };
  return bindings.every(({ imported }) => imported === `${functions}.${builtin}`) ? { name: builtin, edits: [] } : null;
}
