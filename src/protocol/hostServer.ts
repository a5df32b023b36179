/**
 * What the extension and the language server say to each other beyond the Language Server Protocol: settings go by
 * `workspace/configuration` (section `runInParallel`), what runs have measured by the notification below, and lenses come back as
 * commands of the extension.
 */

/** Notification, client → server: what a run measured in a document; replaces what is known of the same lines. */
export const measuredNotification = 'runInParallel/measured';

export interface MeasuredParams {
  /** The document, or the notebook cell. */
  uri: string;
  /** The document's version when the run was started: edits since then have moved the lines. */
  version: number;
  /** What was selected; 0-based, inclusive lines. */
  startLine: number;
  endLine: number;
  /** `0.42 s · 3.1× on 4 workers · GIL 48 %`, or how it failed. */
  summary: string;
  /** Each top-level statement that ran in this document. 0-based, inclusive lines. */
  times: { startLine: number; endLine: number; ms: number }[];
}

/** Arguments of the lens's command `runInParallel.run`: what to run. 0-based, inclusive lines; null: the whole cell. */
export interface RunTarget {
  uri: string;
  lines: { startLine: number; endLine: number } | null;
}
