// Rules, rewrites, blocks and hovers that are easy to predict: the server's tests are about the server.
import type { Fix, Rewrite, Rule } from '../../../src/checks/check.ts';
import type { Block } from '../../../src/snippet/blocks.ts';
import type { Name } from '../../../src/snippet/syntax/ast.ts';
import type { SourceFile } from '../../../src/snippet/syntax/sourceFile.ts';
import { walk } from '../../../src/snippet/syntax/walk.ts';

function names(file: SourceFile, id: string): Name[] {
  return [...walk(file.module)].flatMap(node => (node.kind === 'Name' && node.id === id ? [node] : []));
}

const replaceBad: Rule = {
  code: 'RIP901',
  title: 'Names that are bad',
  severity: 'warning',
  check: file =>
    names(file, 'bad').map(({ start, end }, index, all) => ({
      start,
      end,
      message: 'This is bad. Use good.',
      fixes: [{ title: 'Replace with good', edits: [{ start, end, newText: 'good' }] }],
      related: all.slice(0, index).map(other => ({ start: other.start, end: other.end, message: 'So is this.' })),
    })),
};

const fails: Rule = {
  code: 'RIP902',
  title: 'A rule with a mistake',
  severity: 'warning',
  check: file => {
    if (names(file, 'explode').length > 0) throw new Error('a mistake of the rule');
    return [];
  },
};

const unbound: Rule = {
  code: 'RIP903',
  title: 'Names that nothing binds',
  severity: 'hint',
  check: file =>
    names(file, 'shared')
      .filter(name => file.bindingsOf(name).length === 0)
      .map(({ start, end }) => ({ start, end, message: 'Nothing binds this.', deprecated: true })),
};

export const allRules: readonly Rule[] = [replaceBad, fails, unbound];

export const allRewrites: readonly Rewrite[] = [
  {
    name: 'a rewrite with a mistake',
    offer: () => {
      throw new Error('a mistake of the rewrite');
    },
  },
  {
    name: 'for to while',
    offer: (file, start): Fix[] =>
      file.module.body
        .filter(statement => statement.kind === 'For' && statement.start <= start && start <= statement.end)
        .map(({ start: at }) => ({ title: 'Turn into while', edits: [{ start: at, end: at + 3, newText: 'while' }] })),
  },
];

export function findBlocks(file: SourceFile): Block[] {
  return file.module.body.flatMap(({ kind, start, end }) => (kind === 'With' ? [{ kind: 'block', start, end }] : []));
}

export function hoverAt(file: SourceFile, offset: number): { start: number; end: number; markdown: string } | null {
  const name = names(file, 'pool').find(({ start, end }) => start <= offset && offset <= end);
  return name ? { start: name.start, end: name.end, markdown: 'A **pool**.' } : null;
}
