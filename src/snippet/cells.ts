import type { SelectedLines } from './snippet.ts';

/** A `# %%` cell of a Python file: 1-based inclusive lines, the marker's line included. */
export interface Cell {
  startLine: number;
  endLine: number;
  kind: 'code' | 'markdown';
}

// The marker of VS Code's Python, Spyder and PyCharm: `# %%`, `#%%`, `# %% title`, `# %% [markdown]`, `# In[3]:` (jupyter nbconvert).
const marker = /^\s*#\s*(?:%%|In\[[\d ]*\]:?)\s*(.*)$/;

/**
 * The cells of a file. Code before the first marker is a cell too; a file without markers has none.
 */
export function findCells(source: string): Cell[] {
  const lines = source.split(/\r\n|\r|\n/);
  const starts = lines.flatMap((line, index) => (marker.test(line) ? [index] : []));
  if (starts.length === 0) return [];
  const first = starts[0] ?? 0;
  const before = lines.slice(0, first).some(line => line.trim() !== '');
  if (before) starts.unshift(0);
  return starts.map((start, index) => {
    const title = marker.exec(lines[start] ?? '')?.[1] ?? '';
    return {
      startLine: start + 1,
      endLine: starts[index + 1] ?? lines.length,
      kind: /\[(markdown|md|raw)\]/i.test(title) ? 'markdown' : 'code',
    };
  });
}

/** The cell that holds a 1-based line, or null. */
export function cellAt(cells: readonly Cell[], line: number): Cell | null {
  return cells.find(cell => line >= cell.startLine && line <= cell.endLine) ?? null;
}

/** The cell as a selection of the only unit of its file. */
export function cellLines(cell: Cell): SelectedLines {
  return { unit: 0, startLine: cell.startLine, endLine: cell.endLine };
}
