const numberPattern = /^[-+−]?(?:\d[\d,_ ]*(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?\s?(?:%|[kMGTP]?i?B)?$/i;
/** Stand in columns of numbers as of anything else. */
const missing = new Set(['', 'nan', 'nat', 'none', 'null', '<na>', '...', '…']);
const infinite = new Set(['inf', '-inf']);
/** Longer texts may not fit into their cell; they are tooltips too. */
const fitting = 50;
const longestTitle = 2000;

/**
 * Makes a table easy to read: columns of numbers stand at the right with their headings, missing values are dim, what is too long for its
 * cell is its tooltip. Columns are counted without spans.
 */
export function markCells(table: HTMLTableElement): void {
  for (const cell of table.querySelectorAll('td')) {
    const text = textOf(cell);
    if (missing.has(text.toLowerCase())) cell.classList.add('missing');
    if (text.length > fitting) cell.title = text.slice(0, longestTitle);
  }
  const rows = [...table.rows].filter(row => row.parentElement instanceof HTMLTableSectionElement);
  const bodyRows = rows.filter(row => row.parentElement?.localName === 'tbody' && row.querySelector('td'));
  const [first] = bodyRows;
  if (!first) return;
  const width = first.cells.length;
  const alike = bodyRows.filter(row => row.cells.length === width);
  const isNumeric = Array.from({ length: width }, (_, column) => holdsNumbers(alike.map(row => row.cells[column])));
  for (const row of rows) {
    if (row.cells.length !== width) continue;
    for (const [column, cell] of [...row.cells].entries()) if (isNumeric[column]) cell.classList.add('number');
  }
}

function holdsNumbers(cells: (HTMLTableCellElement | undefined)[]): boolean {
  // Row labels stay at the left, numbers or not.
  if (cells.every(cell => cell?.localName === 'th')) return false;
  const texts = cells.map(textOf).filter(text => !missing.has(text.toLowerCase()));
  return texts.length > 0 && texts.every(text => numberPattern.test(text) || infinite.has(text.toLowerCase()));
}

function textOf(cell: HTMLTableCellElement | undefined): string {
  return cell?.textContent.trim() ?? '';
}
