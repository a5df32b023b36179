import type { SourceFile } from '../snippet/syntax/sourceFile.ts';

/**
 * `warning`: certain, and worth stopping for. No false alarm is acceptable here.
 * `information`: certain, but often meant so. `hint`: probably; shown as dots only.
 */
export type Severity = 'warning' | 'information' | 'hint';

/** A found mistake; offsets are UTF-16 units of the file's text, end exclusive. */
export interface Finding {
  start: number;
  end: number;
  /** One or two sentences: what happens, and what to do. No code in it, no full stop left out. */
  message: string;
  /** Lower than the rule's own where this one is less certain. */
  severity?: Severity;
  /** Edits that mend it, the best first; only such as keep the meaning. */
  fixes?: Fix[];
  /** Other places that belong to it. */
  related?: { start: number; end: number; message: string }[];
  deprecated?: boolean;
}

export interface Fix {
  /** `Wrap in with`: sentence case, an imperative, no full stop. */
  title: string;
  edits: TextEdit[];
}

/** Replaces start…end; edits of one Fix do not overlap. */
export interface TextEdit {
  start: number;
  end: number;
  newText: string;
}

/** One mistake, one file, one page in docs/rules/. A rule is right or silent. */
export interface Rule {
  /** Stable: `RIP201`. */
  code: string;
  /** What it is about, as a heading: `Results that nobody reads`. */
  title: string;
  severity: Severity;
  check(file: SourceFile): Finding[];
}

/** A Finding with its rule, as the server and the command line show it. */
export interface Diagnostic extends Omit<Finding, 'severity' | 'fixes' | 'related' | 'deprecated'> {
  code: string;
  /** `error` only where the user's settings say so. */
  severity: Severity | 'error';
  fixes: Fix[];
  related: NonNullable<Finding['related']>;
  deprecated: boolean;
}

/** A rewrite that keeps the meaning, offered where the cursor is; not a diagnostic. */
export interface Rewrite {
  /** `for loop to ThreadPoolExecutor.map`: for its tests and its page. */
  name: string;
  /** At a range of the text: what could be done there. */
  offer(file: SourceFile, start: number, end: number): Fix[];
}
