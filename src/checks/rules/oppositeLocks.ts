import type { Expression, Node, Statement } from '../../snippet/syntax/ast.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import { blocksOf, childNodes, isDeferred, visitAll } from '../../snippet/syntax/walk.ts';
import type { Finding, Rule } from '../check.ts';
import { lockOf, lockStatement } from '../locks.ts';

/** A lock that is taken while others are held. */
interface Taken {
  home: Node;
  at: Expression;
  held: readonly Taken[];
}

export const oppositeLocks: Rule = {
  code: 'RIP224',
  title: 'Two locks in opposite orders',
  severity: 'warning',
  check: file => {
    const nested = new Orders(file).nested;
    return nested.flatMap((second, index) => {
      for (const outer of second.held) {
        const first = nested.slice(0, index).find(each => isOpposite(each, second, outer));
        if (first) return [findingOf(file, second, outer, first)];
      }
      return [];
    });
  },
};

/** Whether one place takes the locks in the other order than another does, and no third lock keeps the two apart. */
function isOpposite(first: Taken, second: Taken, outer: Taken): boolean {
  if (first.home !== outer.home || !first.held.some(each => each.home === second.home)) return false;
  const pair = new Set([second.home, outer.home]);
  return !first.held.some(each => !pair.has(each.home) && second.held.some(other => other.home === each.home));
}

function findingOf(file: SourceFile, second: Taken, outer: Taken, first: Taken): Finding {
  const [inner, around] = [file.textOf(second.at), file.textOf(outer.at)];
  const elsewhere = file.kind === 'cells' ? 'another place' : `line ${file.lineOf(first.at.start) + 1}`;
  const message =
    `\`${inner}\` is taken while \`${around}\` is held; ${elsewhere} takes the two in the other order. Two threads that ` +
    'each hold one of them wait for each other forever. Take them in the same order everywhere.';
  const related = [{ start: first.at.start, end: first.at.end, message: 'Taken in the other order here.' }];
  return { start: second.at.start, end: second.at.end, message, related };
}

/** Follows which locks are held where, function by function. */
class Orders {
  /** In the order of the text. */
  readonly nested: Taken[] = [];
  private readonly file: SourceFile;

  constructor(file: SourceFile) {
    this.file = file;
    if (!/Lock\b/.test(file.text)) return;
    visitAll(file.module, node => {
      if (node.kind === 'Module' || node.kind === 'FunctionDef') this.block(node.body, []);
    });
    this.nested.sort((a, b) => a.at.start - b.at.start);
  }

  /** @param held changed as locks are acquired and released */
  private block(statements: readonly Statement[], held: Taken[]): void {
    for (const statement of statements) {
      if (statement.broken || isDeferred(statement) || statement.kind === 'ClassDef') continue;
      const acquired = lockStatement(this.file, statement, 'acquire');
      if (acquired) this.take(acquired.owner, held);
      const released = lockStatement(this.file, statement, 'release')?.lock.home;
      if (released) held.splice(0, held.length, ...held.filter(each => each.home !== released));
      if (statement.kind === 'With') {
        const inner = [...held];
        for (const { context } of statement.items) this.take(context, inner);
        this.block(statement.body, inner);
      } else this.below(statement, statement.kind === 'Try' ? held : [...held]);
    }
  }

  private below(node: Node, held: Taken[]): void {
    for (const block of blocksOf(node)) this.block(block, held);
    for (const child of childNodes(node))
      if (child.kind === 'ExceptHandler' || child.kind === 'MatchCase') this.below(child, [...held]);
  }

  private take(at: Expression, held: Taken[]): void {
    const lock = lockOf(this.file, at);
    // Others count what they let in, or share a lock.
    if (!lock?.isShared || !/\.R?Lock$/.test(lock.type) || held.some(each => each.home === lock.home)) return;
    const taken = { home: lock.home, at, held: [...held] };
    held.push(taken);
    if (taken.held.length > 0) this.nested.push(taken);
  }
}
