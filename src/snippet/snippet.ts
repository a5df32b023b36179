/**
 * What the user asked to run: a piece of a document, before anything is known of what it depends on.
 * Which earlier statements it needs is decided by the user's own interpreter (python/program).
 */
export interface Snippet {
  /** Shown as the section's title, e.g. `fetch.py:10-24` or `fetch.py · cell 3`. */
  title: string;
  /** Documents in the order they run: one file, or the cells of a notebook. */
  units: Unit[];
  /** Line ranges to run; null runs everything. */
  selection: SelectedLines[] | null;
  /** Whether the value of each selected cell's last expression is shown, as in a notebook. */
  display: boolean;
}

export interface Unit {
  /** The path that tracebacks show; need not exist on disk for cells or unsaved files. */
  file: string;
  /** The text as the editor has it now; null reads the file when the run starts. */
  source: string | null;
  /** A notebook cell or a fence of a Markdown file: it may hold IPython's magics. */
  cell: boolean;
}

/** Lines are 1-based and inclusive, and those of the editor. */
export interface SelectedLines {
  unit: number;
  startLine: number;
  endLine: number;
}
