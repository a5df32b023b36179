import type { Call, Statement } from '../../snippet/syntax/ast.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import { blocksOf, visitAll } from '../../snippet/syntax/walk.ts';
import type { Finding, Fix, Rule } from '../check.ts';
import { mentions } from '../lazy.ts';

/** RIP321: a process has one SparkContext. */
export const secondSparkContext: Rule = {
  code: 'RIP321',
  title: 'A second SparkContext',
  severity: 'warning',
  check(file) {
    if (!mentions(file, 'pyspark') || !mentions(file, 'SparkContext(')) return [];
    // Who stops contexts, or reaches into the class, can have several one after another.
    if (/\.stop\(|_active_spark_context/.test(file.text)) return [];
    return statementBlocks(file).flatMap(block => inBlock(file, block));
  },
};

/** The lists of statements that run one after another: of the module, of each function. */
function statementBlocks(file: SourceFile): Statement[][] {
  const blocks: Statement[][] = [];
  visitAll(file.module, node => {
    if (node.kind === 'Module' || node.kind === 'FunctionDef') blocks.push(...blocksOf(node));
  });
  return blocks;
}

function inBlock(file: SourceFile, block: readonly Statement[]): Finding[] {
  const found: Finding[] = [];
  let first: Call | null = null;
  for (const statement of block) {
    if (statement.broken || (statement.kind !== 'Assign' && statement.kind !== 'ExpressionStatement')) continue;
    const { value } = statement;
    if (value.kind !== 'Call') continue;
    const isContext = file.qualifiedName(value.func) === 'pyspark.SparkContext';
    if (isContext && first) found.push(second(file, first, value));
    else if (isContext && file.kind === 'cells' && statement.parent?.kind === 'Module')
      found.push(runTwice(file, value));
    if (isContext || file.typeOf(value) === 'pyspark.sql.SparkSession') first ??= value;
  }
  return found;
}

function second(file: SourceFile, first: Call, call: Call): Finding {
  const isOtherCell = file.kind === 'cells' && file.cellAt(first.start).start !== file.cellAt(call.start).start;
  return {
    start: call.start,
    end: call.end,
    ...(isOtherCell && { severity: 'information' }),
    message:
      'There is a SparkContext already: this raises a ValueError, as a process can have only one. `SparkContext.getOrCreate()` gives the one that runs.',
    related: [{ start: first.start, end: first.end, message: 'The first one is made here.' }],
    fixes: fixOf(call),
  };
}

function runTwice(file: SourceFile, call: Call): Finding {
  return {
    start: call.start,
    end: call.end,
    severity: 'hint',
    message: `When this cell runs again, \`${file.textOf(call.func)}(…)\` raises a ValueError, as the context still runs. \`SparkContext.getOrCreate()\` gives the one that runs.`,
    fixes: fixOf(call),
  };
}

/** `getOrCreate` takes a configuration only. */
function fixOf({ func, args, keywords }: Call): Fix[] {
  if (args.length > 0 || keywords.some(({ name }) => name !== 'conf')) return [];
  return [{ title: 'Use getOrCreate()', edits: [{ start: func.end, end: func.end, newText: '.getOrCreate' }] }];
}
