import type { Call } from '../../snippet/syntax/ast.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import { methodOf, nodesOf } from '../calls.ts';
import type { Finding, Rule } from '../check.ts';
import { engineOf, mentions } from '../lazy.ts';

/** RIP325: rows between Spark and pandas one by one. */
export const pandasWithoutArrow: Rule = {
  code: 'RIP325',
  title: 'Spark and pandas without Arrow',
  severity: 'hint',
  check(file) {
    if (!mentions(file, 'pyspark') || /arrow/i.test(file.text)) return [];
    // It is a setting of the session: one place is enough to say so.
    const first = nodesOf(file, 'Call').find(call => crosses(file, call));
    return first ? [findingOf(first)] : [];
  },
};

/** Whether a call moves a table between Spark and pandas. */
function crosses(file: SourceFile, call: Call): boolean {
  const called = methodOf(call);
  if (called?.method === 'toPandas') return engineOf(file, called.owner) === 'Spark';
  if (called?.method !== 'createDataFrame' || file.typeOf(call) !== 'pyspark.sql.DataFrame') return false;
  const [data] = call.args;
  return data !== undefined && file.typeOf(data) === 'pandas.DataFrame';
}

function findingOf(call: Call): Finding {
  const method = methodOf(call)?.method ?? '';
  const { func } = call;
  return {
    start: func.kind === 'Attribute' ? func.attrStart : func.start,
    end: func.end,
    message: `Before Spark 4.2, \`${method}\` moves rows one by one as pickled objects, unless \`spark.sql.execution.arrow.pyspark.enabled\` is \`true\`; nothing in this file sets it.`,
  };
}
