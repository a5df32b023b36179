import { userError } from '../base/errors.ts';
import { asArray, asNumber, asObject, asString, parseObject } from '../base/parse.ts';
import { failed, ok, type Result } from '../base/result.ts';

export interface NotebookCell {
  source: string;
}

/** The code cells of a Jupyter notebook (nbformat 4; in 3 they lie in worksheets), in their order. */
export function readNotebook(text: string): Result<NotebookCell[]> {
  const notebook = parseObject(text);
  if (!notebook || asNumber(notebook.nbformat) === null) {
    return failed(userError('notANotebook', 'this is not a Jupyter notebook.'));
  }
  const sheets = asArray(notebook.worksheets).flatMap(sheet => asArray(asObject(sheet)?.cells));
  const cells = [...asArray(notebook.cells), ...sheets].map(asObject).filter(cell => cell?.cell_type === 'code');
  return ok(cells.map(cell => ({ source: joined(cell?.source ?? cell?.input) })));
}

/** A source is one string or its lines. */
function joined(source: unknown): string {
  return (
    asString(source) ??
    asArray(source)
      .map(line => asString(line) ?? '')
      .join('')
  );
}
