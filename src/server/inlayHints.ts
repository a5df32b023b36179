import type { InlayHint, Range } from 'vscode-languageserver/node';
import { formatDuration } from '../base/time.ts';
import type { OpenDocument } from './documents.ts';

/** Below it a time says nothing: reading the clock takes its part. */
const shortestMs = 1;

/** The last measured time of each statement, at the end of its first line; times of statements that were edited since are left out. */
export function inlayHints({ text, measured }: OpenDocument, range: Range): InlayHint[] {
  const shown = measured.times.filter(
    ({ startLine, ms, stale }) =>
      !stale && ms > shortestMs && startLine >= range.start.line && startLine <= range.end.line,
  );
  return shown.map(({ startLine, ms }) => {
    const end = text.positionAt(text.offsetAt({ line: startLine, character: Number.MAX_SAFE_INTEGER }));
    return { position: end, label: formatDuration(ms * 1e6), paddingLeft: true, tooltip: 'Measured by the last run' };
  });
}
