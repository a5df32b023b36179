import type { Alias, Call, ImportFrom, Name } from '../../snippet/syntax/ast.ts';
import { only } from '../../snippet/syntax/scopes.ts';
import type { SourceFile } from '../../snippet/syntax/sourceFile.ts';
import { hasUnpacking, nodesOf, usesOf } from '../calls.ts';
import type { Finding, Fix, Rule, TextEdit } from '../check.ts';
import { addImport, lineEnd } from '../edits.ts';
import { mentions } from '../lazy.ts';

const session = 'pyspark.sql.SparkSession';
const builders: Record<string, string> = {
  'pyspark.sql.SQLContext': 'SparkSession.builder.getOrCreate()',
  'pyspark.sql.HiveContext': 'SparkSession.builder.enableHiveSupport().getOrCreate()',
};
/** What both have, with the same arguments and results. */
const common = new Set(['sql', 'table', 'createDataFrame', 'range', 'read', 'readStream', 'streams', 'udf', 'udtf']);

/** RIP322: SQLContext and HiveContext. */
export const sqlContext: Rule = {
  code: 'RIP322',
  title: 'SQLContext is deprecated',
  severity: 'information',
  check(file) {
    if (!mentions(file, 'SQLContext', 'HiveContext')) return [];
    return nodesOf(file, 'Call').flatMap(call => ofCall(file, call) ?? []);
  },
};

function ofCall(file: SourceFile, call: Call): Finding | null {
  const name = file.qualifiedName(call.func);
  const builder = name === null ? undefined : builders[name];
  if (name === null || !builder) return null;
  const fix = fixOf(file, call, builder);
  return {
    start: call.func.start,
    end: call.func.end,
    deprecated: true,
    message: `\`${name.slice('pyspark.sql.'.length)}\` is deprecated, and Spark Connect has none. \`${builder}\` gives a session with the same \`sql\`, \`read\` and \`table\`.`,
    fixes: fix ? [fix] : [],
  };
}

function fixOf(file: SourceFile, call: Call, builder: string): Fix | null {
  const given = [...call.args, ...call.keywords.map(({ value }) => value)];
  if (hasUnpacking(call) || given.length !== 1 || !given.every(({ kind }) => kind === 'Name')) return null;
  const { parent } = call;
  const [target, ...more] = parent?.kind === 'Assign' ? parent.targets : [];
  if (target?.kind !== 'Name' || more.length > 0 || !isUsedAsSession(file, target)) return null;
  const named = nameOfSession(file, call);
  if (!named) return null;
  return {
    title: 'Use SparkSession',
    edits: [...named.edits, { start: call.start, end: call.end, newText: builder.replace('SparkSession', named.name) }],
  };
}

function isUsedAsSession(file: SourceFile, target: Name): boolean {
  if (file.bindingsOf(target).length !== 1) return false;
  return usesOf(file, target).every(({ parent }) => parent?.kind === 'Attribute' && common.has(parent.attr));
}

interface Named {
  /** How the code names SparkSession. */
  name: string;
  /** What makes that name known. */
  edits: TextEdit[];
}

function nameOfSession(file: SourceFile, call: Call): Named | null {
  const { func } = call;
  if (func.kind === 'Attribute') {
    return file.qualifiedName(func.value) === 'pyspark.sql'
      ? { name: `${file.textOf(func.value)}.SparkSession`, edits: [] }
      : null;
  }
  if (func.kind !== 'Name') return null;
  const known = importedName(file, call.start);
  const bindings = file.scopes.module.bindings.get('SparkSession') ?? [];
  if (!known && bindings.some(({ imported }) => imported !== session)) return null;
  const name = known ?? 'SparkSession';
  return {
    name,
    edits:
      replaceImport(file, func, known !== null) ?? (known ? [] : [addImport(file, `from pyspark.sql import ${name}`)]),
  };
}

/** What SparkSession is called at the top of the file, where it is imported above. */
function importedName(file: SourceFile, before: number): string | null {
  for (const [name, bindings] of file.scopes.module.bindings) {
    const [first] = bindings;
    if (first && first.node.start < before && bindings.every(({ imported }) => imported === session)) return name;
  }
  return null;
}

/** Where this call alone needs an import, the import of SparkSession takes its place. Null where it has to stay. */
function replaceImport(file: SourceFile, used: Name, isKnown: boolean): TextEdit[] | null {
  const alias = only(file.bindingsOf(used))?.node;
  if (alias?.kind !== 'Alias' || usesOf(file, used).length !== 1) return null;
  const statement = alias.parent;
  if (statement?.kind !== 'ImportFrom' || statement.broken) return null;
  if (statement.names.length === 1) {
    if (!isKnown)
      return [{ start: statement.start, end: statement.end, newText: 'from pyspark.sql import SparkSession' }];
    return isAloneOnLine(file, statement)
      ? [
          {
            start: file.lineStart(file.lineOf(statement.start)),
            end: file.lineStart(file.lineOf(statement.end) + 1),
            newText: '',
          },
        ]
      : null;
  }
  if (isKnown) return [withoutAlias(statement, alias)];
  if (statement.module === 'pyspark.sql') return [{ start: alias.start, end: alias.end, newText: 'SparkSession' }];
  const end = lineEnd(file, statement.end);
  if (!isAloneOnLine(file, statement)) return null;
  return [
    withoutAlias(statement, alias),
    { start: end, end, newText: `${file.eol}from pyspark.sql import SparkSession` },
  ];
}

function isAloneOnLine(file: SourceFile, { start, end }: ImportFrom): boolean {
  const line = file.lineOf(start);
  return file.lineStart(line) === start && file.text.slice(end, lineEnd(file, end)).trim() === '';
}

function withoutAlias({ names }: ImportFrom, alias: Alias): TextEdit {
  const index = names.indexOf(alias);
  const next = names[index + 1];
  const before = names[index - 1];
  if (next) return { start: alias.start, end: next.start, newText: '' };
  return { start: before?.end ?? alias.start, end: alias.end, newText: '' };
}
