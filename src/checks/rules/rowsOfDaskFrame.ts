import type { Attribute, Call, Expression, Node } from '../../snippet/syntax/ast.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import { nodesOf } from '../calls.ts';
import type { Finding, Rule } from '../check.ts';
import { madeBy, mentions, quoted } from '../lazy.ts';

const framed = new Set(['dask.dataframe.DataFrame', 'dask.dataframe.Series']);
/** What keeps the number of rows, or has it in its files. */
const keepsRows = new Set([
  'assign',
  'astype',
  'rename',
  'fillna',
  'repartition',
  'persist',
  'drop',
  'copy',
  'isna',
  'round',
  'abs',
]);
const knowsRows = /^dask\.dataframe\.(from_pandas|from_dict|read_parquet|from_array)$/;

/** RIP304: how many rows a Dask frame has is not known before it is computed. */
export const rowsOfDaskFrame: Rule = {
  code: 'RIP304',
  title: 'The number of rows of a Dask frame',
  severity: 'information',
  check(file) {
    if (!mentions(file, 'dask')) return [];
    return [
      ...nodesOf(file, 'Call').flatMap(call => ofLen(file, call) ?? []),
      ...nodesOf(file, 'Attribute').flatMap(attribute => ofShape(file, attribute) ?? []),
    ];
  },
};

function ofLen(file: SourceFile, call: Call): Finding | null {
  const [frame, ...more] = call.args;
  if (!frame || more.length > 0 || file.qualifiedName(call.func) !== 'builtins.len') return null;
  if (!framed.has(file.typeOf(frame) ?? '')) return null;
  const { start, end } = call;
  const code = quoted(file, frame);
  if (mayKnowRows(file, frame)) return null;
  return {
    start,
    end,
    message: `\`len\` of the Dask value ${code} computes it: all partitions are read to count the rows. If other results of it are needed too, get them together: \`dask.compute(….shape[0], …)\`.`,
  };
}

function mayKnowRows(file: SourceFile, frame: Expression): boolean {
  const { steps, source } = madeBy(file, frame);
  const made = source.kind === 'Call' ? file.qualifiedName(source.func) : null;
  return made === null || (knowsRows.test(made) && steps.every(step => keepsRows.has(step)));
}

function ofShape(file: SourceFile, shape: Attribute): Finding | null {
  if (shape.attr !== 'shape') return null;
  const type = file.typeOf(shape.value) ?? '';
  if (!framed.has(type)) return null;
  const frame = file.textOf(shape.value);
  const code = quoted(file, shape.value);
  const first = rowsOf(shape);
  const used: Expression = first ?? shape;
  const { start, end } = used;
  const fixes = first ? [{ title: 'Use len()', edits: [{ start, end, newText: `len(${frame})` }] }] : [];
  if (first && needsNumber(file, first)) {
    return {
      start,
      end,
      severity: 'warning',
      message: `\`shape[0]\` of the Dask value ${code} is an expression, not a number: this raises a TypeError. \`len(${frame})\` computes the number.`,
      fixes,
    };
  }
  if (shape.parent?.kind === 'Subscript' && !first) return null;
  if (!isShown(file, used)) return null;
  return {
    start,
    end,
    message: `The number of rows of the Dask value ${code} isn't known before it is computed: an expression is shown in its place. \`len(${frame})\` computes it.`,
    fixes:
      first || type !== 'dask.dataframe.DataFrame'
        ? fixes
        : [{ title: 'Compute the shape', edits: [{ start, end, newText: `(len(${frame}), len(${frame}.columns))` }] }],
  };
}

/** `frame.shape[0]` around `frame.shape`. */
function rowsOf(shape: Attribute): Expression | null {
  const { parent } = shape;
  if (parent?.kind !== 'Subscript' || parent.value !== shape) return null;
  const [index] = parent.indices;
  return index?.kind === 'Constant' && index.text === '0' ? parent : null;
}

/** Where only a number will do. */
function needsNumber(file: SourceFile, rows: Expression): boolean {
  const { parent } = rows;
  if (parent?.kind === 'Call' && parent.args.includes(rows)) {
    return /^builtins\.(int|float|range)$/.test(file.qualifiedName(parent.func) ?? '');
  }
  return parent?.kind === 'Compare' && isTested(parent);
}

function isTested(condition: Expression): boolean {
  const { parent } = condition;
  if (parent?.kind === 'BoolOp' || (parent?.kind === 'UnaryOp' && parent.operator === 'not')) return isTested(parent);
  return (
    (parent?.kind === 'If' || parent?.kind === 'While' || parent?.kind === 'Assert' || parent?.kind === 'IfExp') &&
    parent.test === condition
  );
}

/** Printed, formatted, or the value that a notebook's cell shows. */
function isShown(file: SourceFile, value: Node): boolean {
  const { parent } = value;
  if (parent?.kind === 'FString') return true;
  if (parent?.kind === 'Call') return /^builtins\.(print|str|repr)$/.test(file.qualifiedName(parent.func) ?? '');
  return parent?.kind === 'ExpressionStatement' && file.kind === 'cells';
}
