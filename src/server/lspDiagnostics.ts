import type { Diagnostic as LspDiagnostic } from 'vscode-languageserver/node';
import type { Diagnostic } from '../checks/check.ts';
import type { Layout } from './layout.ts';

export type { LspDiagnostic };

/** What every one of our diagnostics names as its origin. */
const source = 'Run in Parallel';

// LSP's numbers.
const severities = { error: 1, warning: 2, information: 3, hint: 4 } as const;
const deprecatedTag = 2;

/** A diagnostic as the protocol has it, and the document that it is for; null when there is no document. */
export function toLsp(diagnostic: Diagnostic, layout: Layout): { uri: string; diagnostic: LspDiagnostic } | null {
  const place = layout.place(diagnostic.start, diagnostic.end);
  if (!place) return null;
  const related = diagnostic.related.flatMap(({ start, end, message }) => {
    const there = layout.place(start, end);
    return there ? [{ location: { uri: there.document.uri, range: there.range }, message }] : [];
  });
  return {
    uri: place.document.uri,
    diagnostic: {
      range: place.range,
      severity: severities[diagnostic.severity],
      code: diagnostic.code,
      codeDescription: { href: rulePage(diagnostic.code) },
      source,
      message: diagnostic.message,
      ...(diagnostic.deprecated ? { tags: [deprecatedTag] } : {}),
      ...(related.length > 0 ? { relatedInformation: related } : {}),
    },
  };
}

function rulePage(code: string): string {
  return `https://github.com/run-in-parallel/run-in-parallel/blob/main/docs/rules/${code}.md`;
}
