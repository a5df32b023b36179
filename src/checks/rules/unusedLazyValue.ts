import type { Assign, Expression, ExpressionStatement } from '../../snippet/syntax/ast.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import { ancestors, blockOf, enclosing } from '../../snippet/syntax/walk.ts';
import { nodesOf, usesOf } from '../calls.ts';
import type { Finding, Rule } from '../check.ts';
import { builtLazily, computing, type Engine, mentions, quoted } from '../lazy.ts';

const howToRun: Record<Engine, string> = {
  Dask: 'Call `.compute()` on it and use the result',
  polars: 'Call `.collect()` on it and use the result',
  Spark: 'Call an action on it (`.show()`, `.count()`, `.write`…)',
};

/** RIP301: work that is planned and never done. */
export const unusedLazyValue: Rule = {
  code: 'RIP301',
  title: 'Lazy work that never runs',
  severity: 'warning',
  check(file) {
    if (!mentions(file, 'dask', 'polars', 'pyspark')) return [];
    const dropped = nodesOf(file, 'ExpressionStatement').flatMap(statement => ofStatement(file, statement) ?? []);
    return [...dropped, ...nodesOf(file, 'Assign').flatMap(assign => unusedName(file, assign) ?? [])];
  },
};

function ofStatement(file: SourceFile, statement: ExpressionStatement): Finding | null {
  const { value } = statement;
  const engine = builtLazily(file, value);
  if (engine === null || mayTestForErrors(file, statement)) return null;
  const { start, end } = value;
  const code = quoted(file, value);
  if (!isShown(file, statement)) {
    const message = `${engine} only plans ${code}, it never runs: the result is dropped. ${howToRun[engine]}, or remove it.`;
    return { start, end, message, ...(isInTest(statement) && { severity: 'information' }) };
  }
  if (file.text.includes('eagerEval')) return null;
  const method = computing[engine];
  return {
    start,
    end,
    severity: 'information',
    message: `${code} is a plan: the cell shows its form, not its rows. Add \`.${method}()\` to run it.`,
    fixes: canTakeMethod(value)
      ? [{ title: `Add .${method}()`, edits: [{ start: end, end, newText: `.${method}()` }] }]
      : [],
  };
}

/** A test may only want to see that planning works. */
function isInTest(statement: ExpressionStatement): boolean {
  return enclosing(statement, 'FunctionDef')?.name.id.startsWith('test') ?? false;
}

function canTakeMethod(value: Expression): boolean {
  return value.kind === 'Call' || value.kind === 'Subscript';
}

/** Whether a notebook shows the value: the last expression of a cell, without `;`. */
function isShown(file: SourceFile, statement: ExpressionStatement): boolean {
  if (file.kind !== 'cells' || statement.parent?.kind !== 'Module') return false;
  const cell = file.cellAt(statement.start);
  const block = blockOf(statement);
  const next = block[block.indexOf(statement) + 1];
  return (!next || next.start >= cell.end) && !/^[ \t]*;/.test(file.text.slice(statement.end, cell.end));
}

/** In `try` and in `with raises(…)`, planning alone can be the point: unknown columns fail at once. */
function mayTestForErrors(file: SourceFile, statement: ExpressionStatement): boolean {
  for (const around of ancestors(statement)) {
    if (around.kind === 'FunctionDef') return false;
    if (around.kind === 'Try' && around.body.some(each => each.start <= statement.start && statement.end <= each.end))
      return true;
    if (around.kind === 'With' && around.items.some(({ context }) => !isPlain(file, context))) return true;
  }
  return false;
}

function isPlain(file: SourceFile, context: Expression): boolean {
  if (context.kind !== 'Call') return false;
  return file.typeOf(context) !== null || file.qualifiedName(context.func) === 'dask.config.set';
}

/** A name in a function that gets a lazy value and is never read. */
function unusedName(file: SourceFile, node: Assign): Finding | null {
  const [target, ...more] = node.targets;
  if (target?.kind !== 'Name' || more.length > 0 || target.id.startsWith('_')) return null;
  const engine = builtLazily(file, node.value);
  const [home] = engine ? file.bindingsOf(target) : [];
  if (engine === null || home?.scope.node.kind !== 'FunctionDef' || usesOf(file, target).length > 0) return null;
  return {
    start: target.start,
    end: target.end,
    severity: 'information',
    message: `${engine} only plans what \`${target.id}\` stands for, and nothing reads it: it never runs. ${howToRun[engine]}, or remove it.`,
  };
}
