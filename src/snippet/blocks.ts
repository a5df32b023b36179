import { ConcurrentCalls } from './concurrentCalls.ts';
import { isParallelLoop } from './parallelLoops.ts';
import type { If, Statement } from './syntax/ast.ts';
import { isStore } from './syntax/scopes.ts';
import type { SourceFile } from './syntax/sourceFile.ts';
import { walk } from './syntax/walk.ts';

/** Concurrent code, or a loop whose rounds could run at once; offsets of the text. */
export interface Block {
  kind: 'block' | 'loop';
  start: number;
  end: number;
}

/** Statements that belong together: threads are made in one, started in the next, waited for in the last. */
interface Group {
  first: Statement;
  last: Statement;
  /** Names of threads, executors, futures, and of lists of them. */
  names: Set<string>;
  /** Whether anything runs in it: what only makes a pool is no block. */
  runs: boolean;
  /** How many statements since the last that belongs to it. */
  gap: number;
}

/** So many statements in between, such as a `print`, don't part what belongs together. */
const widestGap = 2;

/**
 * The blocks of a file that can run on their own, in the order of its text, none within another: statements of the module, and of what
 * `if __name__ == '__main__':` holds.
 */
export function findBlocks(file: SourceFile): Block[] {
  const calls = new ConcurrentCalls(file);
  return sequences(file.module.body).flatMap(statements => {
    const groups = new Grouping(file, calls).of(statements);
    const isGrouped = (each: Statement) =>
      groups.some(({ first, last }) => first.start <= each.start && each.end <= last.end);
    const loops = statements.filter(each => !each.broken && !isGrouped(each) && isParallelLoop(file, each));
    const blocks: Block[] = [
      ...groups.map(({ first, last }): Block => ({ kind: 'block', start: first.start, end: last.end })),
      ...loops.map(({ start, end }): Block => ({ kind: 'loop', start, end })),
    ];
    return blocks.sort((a, b) => a.start - b.start);
  });
}

/** The statements that count as top level, those of each main guard apart. */
function sequences(body: readonly Statement[]): Statement[][] {
  const found: Statement[][] = [[]];
  for (const statement of body) {
    if (statement.kind === 'If' && isMainGuard(statement)) found.push(...sequences(statement.body), []);
    else found.at(-1)?.push(statement);
  }
  return found;
}

/** `if __name__ == '__main__':`, either way round. */
function isMainGuard({ test }: If): boolean {
  if (test.kind !== 'Compare' || test.operators.join() !== '==') return false;
  const hasName = test.operands.some(side => side.kind === 'Name' && side.id === '__name__');
  return hasName && test.operands.some(side => side.kind === 'Constant' && side.text === '__main__');
}

class Grouping {
  private readonly file: SourceFile;
  private readonly calls: ConcurrentCalls;
  private readonly found: Group[] = [];
  private group: Group | null = null;

  constructor(file: SourceFile, calls: ConcurrentCalls) {
    this.file = file;
    this.calls = calls;
  }

  /** The groups of statements that stand one below the other, as far as they run anything. */
  of(statements: readonly Statement[]): Group[] {
    for (const statement of statements) {
      if (isBoundary(statement)) this.group = null;
      else this.add(statement);
    }
    return this.found.filter(group => group.runs);
  }

  private add(statement: Statement): void {
    if (this.group && this.isInOtherCell(this.group, statement)) this.group = null;
    const { group } = this;
    const role = this.calls.roleOf(statement);
    if (group && (uses(statement, group) || (role && this.goesOn(group, statement)))) {
      this.extend(group, statement, role === 'runs' || startsSomething(statement));
    } else if (role) {
      this.group = { first: statement, last: statement, names: new Set(), runs: false, gap: 0 };
      this.found.push(this.group);
      this.extend(this.group, statement, role === 'runs');
    } else if (group && ++group.gap > widestGap) this.group = null;
  }

  private extend(group: Group, statement: Statement, runs: boolean): void {
    group.last = statement;
    group.gap = 0;
    group.runs ||= runs;
    this.calls.addHolders(statement, group.names);
  }

  /** `b = Thread(…)` after `a = Thread(…)`; a line after another, without a blank one in between. */
  private goesOn(group: Group, statement: Statement): boolean {
    if (group.gap > 0) return false;
    if (!group.runs) return true;
    const { last } = group;
    const isNextLine = this.file.lineOf(statement.start) === this.file.lineOf(last.end) + 1;
    return isNextLine && isSimple(last) && isSimple(statement);
  }

  private isInOtherCell({ last }: Group, statement: Statement): boolean {
    if (this.file.kind === 'cells')
      return this.file.cellAt(last.start).start !== this.file.cellAt(statement.start).start;
    return /^# ?%%/m.test(this.file.text.slice(last.end, statement.start));
  }
}

/** What no block goes across: the slice of a block has its definitions anyway. */
function isBoundary({ kind, broken }: Statement): boolean {
  return broken || kind === 'FunctionDef' || kind === 'ClassDef' || kind === 'Import' || kind === 'ImportFrom';
}

function isSimple({ kind }: Statement): boolean {
  return kind === 'Assign' || kind === 'AnnAssign' || kind === 'AugAssign' || kind === 'ExpressionStatement';
}

/** Whether a statement reads one of the group's names; to bind one anew begins something new. */
function uses(statement: Statement, { names }: Group): boolean {
  if (names.size === 0) return false;
  for (const node of walk(statement)) {
    if (node.kind !== 'Name' || !names.has(node.id)) continue;
    if (!isStore(node) || statement.kind === 'AugAssign') return true;
  }
  return false;
}

/** `thread.start()`, whatever the type of `thread`. */
function startsSomething(statement: Statement): boolean {
  for (const node of walk(statement)) {
    if (node.kind === 'Call' && node.func.kind === 'Attribute' && node.func.attr === 'start') return true;
  }
  return false;
}
