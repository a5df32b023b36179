const numberPattern = /^[-+−]?(?:\d[\d,_ ]*(?:\.\d*)?|\.\d+)(?:e[-+]?\d+)?\s?(?:%|[kMGTP]?i?B)?$/i;
/** Stand in columns of numbers as of anything else. */
const missing = new Set(['', 'nan', 'nat', 'none', 'null', '<na>', '...', '…']);
const infinite = new Set(['inf', '-inf']);
/** Longer texts may not fit into their cell; they are tooltips too. */
const fitting = 50;
const longestTitle = 2000;
/** Wider tables are looked at up to here, from the right. */
const mostColumns = 2000;

/**
 * Makes a table easy to read: columns of numbers stand at the right with their headings, missing values are dim, what is too long for its
 * cell is its tooltip.
 */
export function markCells(table: HTMLTableElement): void {
  for (const cell of table.querySelectorAll('td')) {
    const text = textOf(cell);
    if (missing.has(text.toLowerCase())) cell.classList.add('missing');
    if (text.length > fitting) cell.title = text.slice(0, longestTitle);
  }
  const rows = [...table.rows].map(columnsOf);
  const width = Math.max(0, ...rows.map(row => row.length));
  const isNumeric = Array.from({ length: width }, (_, column) => holdsNumbers(rows.map(row => row[column])));
  for (const row of rows) {
    for (const [column, cell] of row.entries()) if (isNumeric[column]) cell?.classList.add('number');
  }
}

/**
 * A row's cells by their column, counted from the right: what spans several rows stands at the left. A cell that spans several columns
 * counts in its last one only.
 */
function columnsOf(row: HTMLTableRowElement): (HTMLTableCellElement | undefined)[] {
  const columns: (HTMLTableCellElement | undefined)[] = [];
  for (const cell of [...row.cells].reverse()) {
    if (columns.length >= mostColumns) break;
    columns.push(cell);
    columns.length += cell.colSpan - 1;
  }
  return columns;
}

/** Whether the data of a column are numbers; its headings and row labels don't count. */
function holdsNumbers(cells: (HTMLTableCellElement | undefined)[]): boolean {
  const data = cells.filter(
    cell => cell?.localName === 'td' && cell.parentElement?.parentElement?.localName === 'tbody',
  );
  const texts = data.map(textOf).filter(text => !missing.has(text.toLowerCase()));
  return texts.length > 0 && texts.every(text => numberPattern.test(text) || infinite.has(text.toLowerCase()));
}

function textOf(cell: HTMLTableCellElement | undefined): string {
  return cell?.textContent.trim() ?? '';
}
