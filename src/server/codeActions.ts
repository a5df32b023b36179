import type { CodeAction, CodeActionKind, TextDocumentEdit, WorkspaceEdit } from 'vscode-languageserver/node';
import { allRewrites } from '../checks/allRewrites.ts';
import type { Fix, TextEdit } from '../checks/check.ts';
import type { Shown } from './diagnostics.ts';
import { ignoreLine } from './ignoreComment.ts';
import type { Layout } from './layout.ts';
import type { Snapshot } from './source.ts';

const quickFix: CodeActionKind = 'quickfix';
const rewrite: CodeActionKind = 'refactor.rewrite';
export const codeActionKinds = [quickFix, rewrite];

/** Whether a client that asks for these kinds of actions (all when it names none) wants this one. */
function isWanted(kind: CodeActionKind, only: readonly CodeActionKind[] | undefined): boolean {
  return only === undefined || only.some(wanted => wanted === '' || kind === wanted || kind.startsWith(`${wanted}.`));
}

/** What can be done at a range of the text: mends of diagnostics there, ways to silence them, rewrites. */
export function codeActions(
  { file, layout }: Snapshot,
  range: { start: number; end: number },
  shown: readonly Shown[],
  only: readonly CodeActionKind[] | undefined,
  onFault: (name: string, error: unknown) => void,
): CodeAction[] {
  const actions: CodeAction[] = [];
  if (isWanted(quickFix, only)) {
    const here = shown.filter(({ own }) => own.start <= range.end && range.start <= own.end);
    for (const { own, lsp } of here) {
      own.fixes.forEach((fix, index) => {
        const edit = workspaceEdit(layout, fix.edits, null);
        actions.push({ title: fix.title, kind: quickFix, diagnostics: [lsp], isPreferred: index === 0, edit });
      });
    }
    for (const { own, lsp } of here) {
      const ignore = ignoreLine(file, own.code, own.start);
      if (!ignore) continue;
      const edit = workspaceEdit(layout, [ignore], null);
      actions.push({ title: `Ignore ${own.code} on this line`, kind: quickFix, diagnostics: [lsp], edit });
    }
  }
  if (isWanted(rewrite, only)) {
    for (const { name, offer } of allRewrites) {
      for (const fix of offered(
        () => offer(file, range.start, range.end),
        error => onFault(name, error),
      )) {
        actions.push({ title: fix.title, kind: rewrite, edit: workspaceEdit(layout, fix.edits, fix.title) });
      }
    }
  }
  return actions;
}

function offered(offer: () => Fix[], onFault: (error: unknown) => void): Fix[] {
  try {
    return offer();
  } catch (error) {
    onFault(error);
    return [];
  }
}

/** @param preview the heading under which the editor first shows the edits for confirmation; null: they are made at once */
function workspaceEdit(layout: Layout, edits: readonly TextEdit[], preview: string | null): WorkspaceEdit {
  const changes = new Map<string, TextDocumentEdit>();
  for (const { start, end, newText } of edits) {
    const place = layout.place(start, end);
    if (!place) continue;
    const { uri, version } = place.document;
    const change = changes.get(uri) ?? { textDocument: { uri, version }, edits: [] };
    change.edits.push({ range: place.range, newText, ...(preview === null ? {} : { annotationId: 'preview' }) });
    changes.set(uri, change);
  }
  const annotations =
    preview === null ? {} : { changeAnnotations: { preview: { label: preview, needsConfirmation: true } } };
  return { documentChanges: [...changes.values()], ...annotations };
}
