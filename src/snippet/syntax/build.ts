import type { Alias, ExceptHandler, Expression, If, MatchCase, Module, Name, Statement, WithItem } from './ast.ts';
import { ExpressionBuilder, field, fields, hasWord, named } from './buildExpression.ts';
import type { RawNode } from './rawTree.ts';
import { link, shift } from './walk.ts';

/** Makes the typed tree of a module from tree-sitter's. */
export function buildModule(root: RawNode, text: string): Module {
  const builder = new StatementBuilder(text);
  const module: Module = { kind: 'Module', start: 0, end: text.length, parent: null, body: builder.statements(root) };
  link(module);
  return module;
}

const statementTypes = /_(statement|definition)$/;
const definitions = new Set<Statement['kind']>(['FunctionDef', 'ClassDef', 'Import', 'ImportFrom']);

class StatementBuilder {
  private readonly text: string;
  private readonly expressions: ExpressionBuilder;

  constructor(text: string) {
    this.text = text;
    this.expressions = new ExpressionBuilder(text);
  }

  /** The statements of a module or block; what is none becomes an UnknownStatement. */
  statements(block: RawNode | undefined): Statement[] {
    return named(block).flatMap(raw => {
      if (raw.reused) {
        shift(raw.reused, raw.start - raw.reused.start);
        return raw.reused;
      }
      return raw.type === 'ERROR' ? this.rescued(raw) : this.statement(raw);
    });
  }

  /**
   * An unclosed bracket makes one error of all around it; within it are the statements that were understood. Whether one of them stands
   * at this level is not known, so only definitions and imports count as sound.
   */
  private rescued(error: RawNode): Statement[] {
    const statements = named(error).filter(node => statementTypes.test(node.type));
    if (statements.length === 0) return [this.statement(error)];
    return statements.map(node => {
      const statement = this.statement(node);
      return definitions.has(statement.kind) ? statement : { ...statement, broken: true };
    });
  }

  private statement(raw: RawNode): Statement {
    const base = { start: raw.start, end: raw.end, parent: null, broken: raw.broken };
    const { expressions } = this;
    const inner = named(raw);
    switch (raw.type) {
      case 'expression_statement':
        return this.expressionStatement(raw);
      case 'function_definition':
      case 'class_definition':
      case 'decorated_definition':
        return this.definition(raw);
      case 'return_statement':
        return { ...base, kind: 'Return', value: inner[0] ? expressions.expression(inner[0]) : null };
      case 'delete_statement': {
        const target = inner[0] ? expressions.expression(inner[0]) : null;
        const several = target?.kind === 'Sequence' && inner[0]?.type === 'expression_list';
        return { ...base, kind: 'Delete', targets: several ? target.elements : target ? [target] : [] };
      }
      case 'raise_statement': {
        const cause = field(raw, 'cause');
        const exception = inner.find(node => node !== cause);
        return {
          ...base,
          kind: 'Raise',
          exception: expressions.optional(exception),
          cause: expressions.optional(cause),
        };
      }
      case 'assert_statement':
        return {
          ...base,
          kind: 'Assert',
          test: expressions.expression(inner[0] ?? raw),
          message: expressions.optional(inner[1]),
        };
      case 'pass_statement':
        return { ...base, kind: 'Simple', word: 'pass' };
      case 'break_statement':
        return { ...base, kind: 'Simple', word: 'break' };
      case 'continue_statement':
        return { ...base, kind: 'Simple', word: 'continue' };
      case 'global_statement':
      case 'nonlocal_statement':
        return {
          ...base,
          kind: 'Global',
          nonlocal: raw.type === 'nonlocal_statement',
          names: inner.map(node => this.textOf(node)),
        };
      case 'type_alias_statement':
        return {
          ...base,
          kind: 'TypeAlias',
          name: expressions.expression(field(raw, 'left') ?? raw),
          value: expressions.expression(field(raw, 'right') ?? raw),
        };
      case 'import_statement':
        return { ...base, kind: 'Import', names: fields(raw, 'name').map(node => this.alias(node)) };
      case 'import_from_statement':
      case 'future_import_statement':
        return this.importFrom(raw);
      default:
        return this.compound(raw);
    }
  }

  private compound(raw: RawNode): Statement {
    const base = { start: raw.start, end: raw.end, parent: null, broken: raw.broken };
    const { expressions } = this;
    switch (raw.type) {
      case 'for_statement':
        return {
          ...base,
          kind: 'For',
          isAsync: hasWord(raw, 'async'),
          target: expressions.expression(field(raw, 'left') ?? raw),
          iter: expressions.expression(field(raw, 'right') ?? raw),
          body: this.statements(field(raw, 'body')),
          orelse: this.statements(field(field(raw, 'alternative'), 'body')),
        };
      case 'while_statement':
        return {
          ...base,
          kind: 'While',
          test: expressions.expression(field(raw, 'condition') ?? raw),
          body: this.statements(field(raw, 'body')),
          orelse: this.statements(field(field(raw, 'alternative'), 'body')),
        };
      case 'if_statement':
        return this.ifStatement(raw, fields(raw, 'alternative'), raw.end);
      case 'with_statement': {
        const clause = raw.children.find(node => node.type === 'with_clause');
        const items = named(clause).filter(node => node.type === 'with_item');
        return {
          ...base,
          kind: 'With',
          isAsync: hasWord(raw, 'async'),
          items: items.flatMap(node => this.withItems(node)),
          body: this.statements(field(raw, 'body')),
        };
      }
      case 'try_statement':
        return {
          ...base,
          kind: 'Try',
          body: this.statements(field(raw, 'body')),
          handlers: raw.children
            .filter(node => node.type.startsWith('except'))
            .filter(node => node.named)
            .map(node => this.handler(node)),
          orelse: this.statements(
            field(
              raw.children.find(node => node.type === 'else_clause'),
              'body',
            ),
          ),
          finalbody: this.statements(blockIn(raw.children.find(node => node.type === 'finally_clause'))),
        };
      case 'match_statement': {
        const subjects = fields(raw, 'subject');
        const [subject = raw] = subjects;
        const cases = named(field(raw, 'body')).filter(node => node.type === 'case_clause');
        return {
          ...base,
          kind: 'Match',
          subject: subjects.length > 1 ? expressions.tuple(subjects) : expressions.expression(subject),
          cases: cases.map(node => this.matchCase(node)),
        };
      }
      default:
        return { ...base, kind: 'UnknownStatement', broken: true };
    }
  }

  private expressionStatement(raw: RawNode): Statement {
    const base = { start: raw.start, end: raw.end, parent: null, broken: raw.broken };
    const { expressions } = this;
    const inner = named(raw);
    const [first] = inner;
    if (!first) return { ...base, kind: 'UnknownStatement', broken: true };
    if (first.type === 'augmented_assignment') {
      return {
        ...base,
        kind: 'AugAssign',
        target: expressions.expression(field(first, 'left') ?? first),
        operator: this.textOf(field(first, 'operator') ?? first).replace(/=$/, ''),
        value: expressions.expression(field(first, 'right') ?? first),
      };
    }
    if (first.type !== 'assignment') {
      const value = inner.length > 1 || hasWord(raw, ',') ? expressions.tuple(inner) : expressions.expression(first);
      return { ...base, kind: 'ExpressionStatement', value };
    }
    const annotation = field(first, 'type');
    const right = field(first, 'right');
    if (annotation) {
      return {
        ...base,
        kind: 'AnnAssign',
        target: expressions.expression(field(first, 'left') ?? first),
        annotation: expressions.expression(annotation),
        value: expressions.optional(right),
      };
    }
    const targets: Expression[] = [];
    let at: RawNode | undefined = first;
    for (; at?.type === 'assignment'; at = field(at, 'right'))
      targets.push(expressions.expression(field(at, 'left') ?? at));
    return { ...base, kind: 'Assign', targets, value: expressions.expression(at ?? first) };
  }

  /** A function or class, with its decorators. */
  private definition(raw: RawNode): Statement {
    const { expressions } = this;
    const inner = raw.type === 'decorated_definition' ? field(raw, 'definition') : raw;
    const base = { start: raw.start, end: raw.end, parent: null, broken: raw.broken };
    if (!inner) return { ...base, kind: 'UnknownStatement', broken: true };
    const decorators = raw.children
      .filter(node => node.type === 'decorator')
      .map(node => expressions.expression(named(node)[0] ?? node));
    const name = this.nameOf(field(inner, 'name') ?? inner);
    const body = this.statements(field(inner, 'body'));
    if (inner.type === 'class_definition') {
      const { args, keywords } = expressions.arguments(field(inner, 'superclasses'));
      return { ...base, kind: 'ClassDef', name, bases: args, keywords, decorators, body };
    }
    const parameters = expressions.parameters(field(inner, 'parameters'));
    const returns = expressions.optional(field(inner, 'return_type'));
    return {
      ...base,
      kind: 'FunctionDef',
      isAsync: hasWord(inner, 'async'),
      name,
      parameters,
      returns,
      decorators,
      body,
    };
  }

  private ifStatement(raw: RawNode, alternatives: RawNode[], end: number): If {
    const [next, ...later] = alternatives;
    let orelse: Statement[] = [];
    if (next?.type === 'elif_clause') orelse = [this.ifStatement(next, later, end)];
    else if (next) orelse = this.statements(field(next, 'body'));
    return {
      kind: 'If',
      start: raw.start,
      end,
      parent: null,
      broken: raw.broken || alternatives.some(node => node.broken),
      test: this.expressions.expression(field(raw, 'condition') ?? raw),
      body: this.statements(field(raw, 'consequence')),
      orelse,
    };
  }

  /** tree-sitter reads `with (a as b, c as d):` as one item that holds a tuple. */
  private withItems(item: RawNode): WithItem[] {
    const value = field(item, 'value');
    if (value?.type === 'tuple') return named(value).map(node => this.withItem(node));
    const inner = value?.type === 'parenthesized_expression' ? named(value)[0] : value;
    return [this.withItem(inner ?? item)];
  }

  private withItem(raw: RawNode): WithItem {
    const { expressions } = this;
    const base = { kind: 'WithItem', start: raw.start, end: raw.end, parent: null } as const;
    if (raw.type !== 'as_pattern') return { ...base, context: expressions.expression(raw), target: null };
    const [context = raw] = named(raw);
    const target = named(field(raw, 'alias'))[0];
    return { ...base, context: expressions.expression(context), target: expressions.optional(target) };
  }

  private handler(raw: RawNode): ExceptHandler {
    const { expressions } = this;
    const inner = named(raw).filter(node => node.type !== 'block');
    const pattern = inner.find(node => node.type === 'as_pattern');
    const type = pattern ? named(pattern)[0] : (field(raw, 'value') ?? inner[0]);
    const alias = pattern ? named(field(pattern, 'alias'))[0] : field(raw, 'alias');
    return {
      kind: 'ExceptHandler',
      start: raw.start,
      end: raw.end,
      parent: null,
      type: expressions.optional(type),
      name: alias?.type === 'identifier' ? this.nameOf(alias) : null,
      body: this.statements(blockIn(raw)),
    };
  }

  private matchCase(raw: RawNode): MatchCase {
    const guard = field(raw, 'guard');
    const patterns = named(raw).filter(node => node.type === 'case_pattern');
    return {
      kind: 'MatchCase',
      start: raw.start,
      end: raw.end,
      parent: null,
      binds: patterns.flatMap(node => this.captures(node)),
      guard: expressionIn(this.expressions, guard),
      body: this.statements(field(raw, 'consequence')),
    };
  }

  /** The names that a pattern binds; dotted names and the names of classes are read, not bound. */
  private captures(raw: RawNode): Name[] {
    const inner = named(raw);
    if (raw.type === 'dotted_name') return inner.length === 1 && inner[0] ? [this.nameOf(inner[0])] : [];
    if (raw.type === 'class_pattern') return inner.slice(1).flatMap(node => this.captures(node));
    if (raw.type === 'keyword_pattern') return inner.slice(1).flatMap(node => this.captures(node));
    if (raw.type === 'identifier') return [this.nameOf(raw)];
    return inner.flatMap(node => this.captures(node));
  }

  private importFrom(raw: RawNode): Statement {
    const base = { start: raw.start, end: raw.end, parent: null, broken: raw.broken };
    const from = field(raw, 'module_name');
    const dots =
      from?.type === 'relative_import' ? from.children.find(node => node.type === 'import_prefix') : undefined;
    const dotted = from?.type === 'relative_import' ? from.children.find(node => node.type === 'dotted_name') : from;
    const star = raw.children.find(node => node.type === 'wildcard_import');
    const names = fields(raw, 'name').map(node => this.alias(node));
    if (star) names.push({ kind: 'Alias', start: star.start, end: star.end, parent: null, name: '*', as: null });
    const module = raw.type === 'future_import_statement' ? '__future__' : dotted ? this.dotted(dotted) : '';
    const level = dots ? this.textOf(dots).replace(/[^.]/g, '').length : 0;
    return { ...base, kind: 'ImportFrom', module, level, names };
  }

  private alias(raw: RawNode): Alias {
    const base = { kind: 'Alias', start: raw.start, end: raw.end, parent: null } as const;
    if (raw.type !== 'aliased_import') return { ...base, name: this.dotted(raw), as: null };
    const alias = field(raw, 'alias');
    return { ...base, name: this.dotted(field(raw, 'name') ?? raw), as: alias ? this.textOf(alias) : null };
  }

  private dotted(raw: RawNode): string {
    return named(raw).length > 0
      ? named(raw)
          .map(node => this.textOf(node))
          .join('.')
      : this.textOf(raw);
  }

  private nameOf(raw: RawNode): Name {
    return { kind: 'Name', start: raw.start, end: raw.end, parent: null, id: this.textOf(raw) };
  }

  private textOf(raw: RawNode): string {
    return this.text.slice(raw.start, raw.end);
  }
}

function blockIn(raw: RawNode | undefined): RawNode | undefined {
  return raw?.children.find(node => node.type === 'block');
}

function expressionIn(expressions: ExpressionBuilder, clause: RawNode | undefined): Expression | null {
  return expressions.optional(named(clause)[0]);
}
