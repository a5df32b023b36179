import type { Call, Expression, Lambda } from '../../snippet/syntax/ast.ts';
import { only } from '../../snippet/syntax/scopes.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import { argument, methodOf, nodesOf } from '../calls.ts';
import type { Finding, Fix, Rule } from '../check.ts';
import { mentions } from '../lazy.ts';

const frames = new Set(['pandas.DataFrame', 'dask.dataframe.DataFrame']);
/** Of a row, these are no columns. */
const ofSeries = new Set(
  `T array at attrs axes dtype dtypes empty flags hasnans iat iloc index is_monotonic_decreasing is_monotonic_increasing is_unique loc name
  nbytes ndim shape size values str dt cat plot sparse list struct`.split(/\s+/),
);
const exact = new Set(['+', '-', '*', '/']);
const comparisons = new Set(['<', '<=', '>', '>=', '==', '!=']);

/** RIP307: a Python call per row for what whole columns can do. */
export const applyOverRows: Rule = {
  code: 'RIP307',
  title: 'apply over rows where columns can be calculated with',
  severity: 'information',
  check(file) {
    if (!mentions(file, 'pandas', 'dask')) return [];
    return nodesOf(file, 'Call').flatMap(call => ofCall(file, call) ?? []);
  },
};

function ofCall(file: SourceFile, call: Call): Finding | null {
  const called = methodOf(call);
  const [lambda] = call.args;
  if (called?.method !== 'apply' || lambda?.kind !== 'Lambda' || !isOverRows(call)) return null;
  if (!frames.has(file.typeOf(called.owner) ?? '')) return null;
  const formula = formulaOf(file, lambda);
  if (!formula || formula.columns.length === 0) return null;
  const frame = file.textOf(called.owner);
  const vector = formula.isExact && isSimple(called.owner) ? inColumns(file, lambda.body, formula, frame) : null;
  const instead =
    vector === null
      ? 'the same can be said for whole columns, conditions with `numpy.where`'
      : `\`${vector}\` does the same for whole columns`;
  return {
    start: called.owner.end,
    end: call.func.end,
    message: `\`${frame.length > 30 ? 'frame' : frame}.apply(…, axis=1)\` makes a Series of each row and calls Python for it; ${instead}, many times faster.`,
    fixes: vector === null ? [] : fixOf(call, formula, vector),
  };
}

function isOverRows(call: Call): boolean {
  const axis = argument(call, 1, 'axis');
  return axis?.kind === 'Constant' && (axis.text === '1' || axis.text === 'columns');
}

interface Column {
  start: number;
  end: number;
  name: string;
}

interface Formula {
  columns: Column[];
  /** Only operators that give for columns what they give for each row. */
  isExact: boolean;
}

/** The body of a lambda over a row as a formula of its columns; null when there is anything else in it. */
function formulaOf(file: SourceFile, lambda: Lambda): Formula | null {
  const [row, ...more] = lambda.parameters;
  if (!row || more.length > 0 || row.star !== '' || row.default) return null;
  const formula: Formula = { columns: [], isExact: true };
  const read = (node: Expression): boolean => {
    switch (node.kind) {
      case 'Attribute':
        if (node.value.kind !== 'Name' || node.value.id !== row.name.id || ofSeries.has(node.attr)) return false;
        formula.columns.push({ start: node.start, end: node.end, name: `'${node.attr}'` });
        return true;
      case 'Subscript': {
        const [key, ...others] = node.indices;
        if (node.value.kind !== 'Name' || node.value.id !== row.name.id || others.length > 0) return false;
        if (key?.kind !== 'Constant' || key.type !== 'string') return false;
        formula.columns.push({ start: node.start, end: node.end, name: file.textOf(key) });
        return true;
      }
      case 'Constant':
        return node.type === 'number' || node.type === 'string';
      case 'Name':
        return isNumber(file, node);
      case 'UnaryOp':
        if (node.operator === 'not') formula.isExact = false;
        return read(node.operand);
      case 'BinOp':
        if (!exact.has(node.operator)) formula.isExact = false;
        return read(node.left) && read(node.right);
      case 'Compare':
        if (node.operators.length > 1) formula.isExact = false;
        return node.operators.every(operator => comparisons.has(operator)) && node.operands.every(read);
      case 'BoolOp':
        formula.isExact = false;
        return read(node.left) && read(node.right);
      case 'IfExp':
        formula.isExact = false;
        return read(node.test) && read(node.body) && read(node.orelse);
      default:
        return false;
    }
  };
  return read(lambda.body) ? formula : null;
}

/** Whether a name stands for a number that is written down. */
function isNumber(file: SourceFile, name: Expression & { kind: 'Name' }): boolean {
  const value = only(file.bindingsOf(name))?.value;
  return value?.kind === 'Constant' && value.type === 'number';
}

function isSimple(expression: Expression): boolean {
  return expression.kind === 'Name' || (expression.kind === 'Attribute' && isSimple(expression.value));
}

/** The body with `frame['x']` for every `row.x` and `row['x']`. */
function inColumns(file: SourceFile, body: Expression, { columns }: Formula, frame: string): string {
  let text = '';
  let at = body.start;
  for (const column of [...columns].sort((a, b) => a.start - b.start)) {
    text += `${file.text.slice(at, column.start)}${frame}[${column.name}]`;
    at = column.end;
  }
  return text + file.text.slice(at, body.end);
}

function fixOf(call: Call, { columns }: Formula, vector: string): Fix[] {
  const { parent } = call;
  const isStored =
    (parent?.kind === 'Assign' && parent.value === call && parent.targets.every(({ kind }) => kind === 'Subscript')) ||
    parent?.kind === 'Keyword';
  // The result of one column would take over its name, and `meta` gives one.
  const isNameless = new Set(columns.map(({ name }) => name.slice(1, -1))).size > 1;
  const others = call.keywords.filter(({ name }) => name !== 'axis');
  const onlyMeta = others.every(({ name }) => name === 'meta');
  if (!onlyMeta || call.args.length > 2 || (!isStored && (!isNameless || others.length > 0))) return [];
  if (vector.includes('\n')) return [];
  const isWhole =
    isStored || parent?.kind === 'Assign' || parent?.kind === 'Return' || parent?.kind === 'ExpressionStatement';
  const newText = isWhole ? vector : `(${vector})`;
  return [{ title: 'Calculate with columns', edits: [{ start: call.start, end: call.end, newText }] }];
}
