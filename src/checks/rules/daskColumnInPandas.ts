import type { Expression } from '../../snippet/syntax/ast.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import { methodOf, nodesOf } from '../calls.ts';
import type { Finding, Rule } from '../check.ts';
import { mentions, quoted } from '../lazy.ts';

/** RIP305: a column of one library assigned to a frame of the other. */
export const daskColumnInPandas: Rule = {
  code: 'RIP305',
  title: 'A Dask column in a pandas frame, and the reverse',
  severity: 'warning',
  check(file) {
    if (!mentions(file, 'dask') || !mentions(file, 'pandas')) return [];
    const found: Finding[] = [];
    for (const { frame, value } of storesOf(file)) {
      const finding = ofStore(file, frame, value);
      if (finding) found.push(finding);
    }
    return found;
  },
};

interface Store {
  frame: Expression;
  value: Expression;
}

/** `frame['x'] = value` and `frame.assign(x=value)`. */
function storesOf(file: SourceFile): Store[] {
  const assigned = nodesOf(file, 'Assign').flatMap(({ targets, value }) =>
    targets.flatMap(target => (target.kind === 'Subscript' ? [{ frame: target.value, value }] : [])),
  );
  const added = nodesOf(file, 'Call').flatMap(call => {
    const called = methodOf(call);
    return called?.method === 'assign' ? call.keywords.map(({ value }) => ({ frame: called.owner, value })) : [];
  });
  return [...assigned, ...added];
}

function ofStore(file: SourceFile, frame: Expression, value: Expression): Finding | null {
  const into = file.typeOf(frame);
  const type = file.typeOf(value);
  const { start, end } = value;
  const code = quoted(file, value);
  if (into === 'dask.dataframe.DataFrame' && type === 'pandas.Series') {
    return {
      start,
      end,
      severity: 'information',
      message: `The pandas column ${code} goes into the graph of ${quoted(file, frame)} and is matched by index: where Dask doesn't know the divisions, such as after read_csv, it shuffles the whole frame for that. Merge by a key, or make the column in Dask.`,
    };
  }
  if (into !== 'pandas.DataFrame') return null;
  const message =
    type === 'dask.dataframe.Scalar'
      ? `pandas stores the Dask expression ${code} itself in every row, not its value. Compute it first: \`.compute()\`.`
      : type === 'dask.dataframe.Series' || type === 'dask.dataframe.DataFrame'
        ? `pandas computes the Dask value ${code} here and stores it by position: the index is ignored, so values can end up in the wrong rows. \`.compute()\` gives a pandas column that is matched by index.`
        : null;
  if (message === null) return null;
  const wrap = value.kind === 'BinOp' || value.kind === 'Compare' || value.kind === 'UnaryOp';
  const newText = wrap ? `(${file.textOf(value)}).compute()` : `${file.textOf(value)}.compute()`;
  return { start, end, message, fixes: [{ title: 'Add .compute()', edits: [{ start, end, newText }] }] };
}
