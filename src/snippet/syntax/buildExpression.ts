import type { Comp, Comprehension, Constant, Expression, Keyword, Name, Parameter } from './ast.ts';
import type { RawNode } from './rawTree.ts';

/** The child of that field. */
export function field(raw: RawNode | undefined, name: string): RawNode | undefined {
  return raw?.children.find(node => node.field === name);
}

export function fields(raw: RawNode, name: string): RawNode[] {
  return raw.children.filter(node => node.field === name && node.named);
}

/** The children that are more than punctuation. */
export function named(raw: RawNode | undefined): RawNode[] {
  return raw?.children.filter(node => node.named) ?? [];
}

/** Whether a keyword or a sign stands among the children. */
export function hasWord(raw: RawNode, word: string): boolean {
  return raw.children.some(node => !node.named && node.type === word);
}

const constants: Record<string, Constant['type']> = {
  integer: 'number',
  float: 'number',
  true: 'True',
  false: 'False',
  none: 'None',
  ellipsis: 'Ellipsis',
};

/** Parents are set by the statement around. */
export class ExpressionBuilder {
  private readonly text: string;

  constructor(text: string) {
    this.text = text;
  }

  optional(raw: RawNode | undefined): Expression | null {
    return raw ? this.expression(raw) : null;
  }

  expression(raw: RawNode): Expression {
    const base = { start: raw.start, end: raw.end, parent: null };
    const inner = named(raw);
    const [first = raw] = inner;
    const part = (name: string) => this.part(raw, name);
    switch (raw.type) {
      case 'identifier':
        return { ...base, kind: 'Name', id: this.textOf(raw) };
      case 'parenthesized_expression':
      case 'type':
      case 'as_pattern_target':
        return inner.length === 1 ? this.expression(first) : { ...base, kind: 'UnknownExpression' };
      case 'attribute': {
        const attribute = field(raw, 'attribute');
        const attr = attribute ? this.textOf(attribute) : '';
        return { ...base, kind: 'Attribute', value: part('object'), attr, attrStart: attribute?.start ?? raw.end };
      }
      case 'call': {
        const given = field(raw, 'arguments');
        const func = part('function');
        if (given?.type === 'generator_expression')
          return { ...base, kind: 'Call', func, args: [this.expression(given)], keywords: [] };
        return { ...base, kind: 'Call', func, ...this.arguments(given) };
      }
      case 'subscript':
        return { ...base, kind: 'Subscript', value: part('value'), indices: fields(raw, 'subscript').map(this.each) };
      case 'slice':
        return { ...base, kind: 'Slice', parts: inner.map(this.each) };
      case 'list':
      case 'tuple':
      case 'set':
        return { ...base, kind: 'Sequence', type: raw.type, elements: inner.map(this.each) };
      case 'list_pattern':
        return { ...base, kind: 'Sequence', type: 'list', elements: inner.map(this.each) };
      case 'expression_list':
      case 'pattern_list':
      case 'tuple_pattern':
        return { ...base, kind: 'Sequence', type: 'tuple', elements: inner.map(this.each) };
      case 'dictionary':
        return { ...base, kind: 'Dict', items: inner.map(node => this.dictItem(node)) };
      case 'string':
      case 'concatenated_string':
        return this.string(raw);
      case 'await':
        return { ...base, kind: 'Await', value: this.expression(first) };
      case 'yield':
        return { ...base, kind: 'Yield', isFrom: hasWord(raw, 'from'), value: this.optional(inner[0]) };
      case 'list_splat':
      case 'list_splat_pattern':
      case 'parenthesized_list_splat':
      case 'splat_type':
        return { ...base, kind: 'Starred', double: false, value: this.expression(first) };
      case 'dictionary_splat':
      case 'dictionary_splat_pattern':
        return { ...base, kind: 'Starred', double: true, value: this.expression(first) };
      default:
        return this.operation(raw);
    }
  }

  private operation(raw: RawNode): Expression {
    const base = { start: raw.start, end: raw.end, parent: null };
    const inner = named(raw);
    const [first = raw, second = raw, third = raw] = inner;
    const part = (name: string) => this.part(raw, name);
    const operator = this.textOf(field(raw, 'operator') ?? raw);
    switch (raw.type) {
      case 'binary_operator':
        return { ...base, kind: 'BinOp', left: part('left'), operator, right: part('right') };
      case 'union_type':
        return { ...base, kind: 'BinOp', left: this.expression(first), operator: '|', right: this.expression(second) };
      case 'boolean_operator':
        return {
          ...base,
          kind: 'BoolOp',
          operator: operator === 'or' ? 'or' : 'and',
          left: part('left'),
          right: part('right'),
        };
      case 'not_operator':
        return { ...base, kind: 'UnaryOp', operator: 'not', operand: part('argument') };
      case 'unary_operator':
        return {
          ...base,
          kind: 'UnaryOp',
          operator: operator === '+' || operator === '~' ? operator : '-',
          operand: part('argument'),
        };
      case 'comparison_operator': {
        const operators = raw.children.filter(node => node.field === 'operators');
        const operands = inner.filter(node => node.field !== 'operators');
        return {
          ...base,
          kind: 'Compare',
          operands: operands.map(this.each),
          operators: operators.map(node => this.textOf(node).replace(/\s+/g, ' ')),
        };
      }
      case 'conditional_expression':
        return {
          ...base,
          kind: 'IfExp',
          body: this.expression(first),
          test: this.expression(second),
          orelse: this.expression(third),
        };
      case 'named_expression':
        return { ...base, kind: 'NamedExpr', target: this.name(field(raw, 'name') ?? raw), value: part('value') };
      case 'lambda':
        return { ...base, kind: 'Lambda', parameters: this.parameters(field(raw, 'parameters')), body: part('body') };
      case 'list_comprehension':
        return this.comprehension(raw, 'list');
      case 'set_comprehension':
        return this.comprehension(raw, 'set');
      case 'dictionary_comprehension':
        return this.comprehension(raw, 'dict');
      case 'generator_expression':
        return this.comprehension(raw, 'generator');
      case 'generic_type': {
        const indices = named(inner[1]).map(this.each);
        return { ...base, kind: 'Subscript', value: this.expression(first), indices };
      }
      case 'member_type':
        return {
          ...base,
          kind: 'Attribute',
          value: this.expression(first),
          attr: this.textOf(second),
          attrStart: second.start,
        };
      default: {
        const type = constants[raw.type];
        return type
          ? { ...base, kind: 'Constant', type, text: this.textOf(raw) }
          : { ...base, kind: 'UnknownExpression' };
      }
    }
  }

  tuple(parts: RawNode[]): Expression {
    const elements = parts.map(this.each);
    const start = elements[0]?.start ?? 0;
    return { kind: 'Sequence', type: 'tuple', start, end: elements.at(-1)?.end ?? start, parent: null, elements };
  }

  /** Of a call, or the bases of a class. */
  arguments(raw: RawNode | undefined): { args: Expression[]; keywords: Keyword[] } {
    const args: Expression[] = [];
    const keywords: Keyword[] = [];
    for (const node of named(raw)) {
      const base = { kind: 'Keyword', start: node.start, end: node.end, parent: null } as const;
      const [first = node] = named(node);
      if (node.type === 'keyword_argument') {
        const name = field(node, 'name');
        keywords.push({ ...base, name: name ? this.textOf(name) : null, value: this.part(node, 'value') });
      } else if (node.type === 'dictionary_splat')
        keywords.push({ ...base, name: null, value: this.expression(first) });
      else args.push(this.expression(node));
    }
    return { args, keywords };
  }

  parameters(raw: RawNode | undefined): Parameter[] {
    return named(raw)
      .filter(node => !node.type.endsWith('_separator'))
      .map(node => this.parameter(node));
  }

  private parameter(raw: RawNode): Parameter {
    const splat = raw.type.endsWith('_splat_pattern')
      ? raw
      : named(raw).find(node => node.type.endsWith('_splat_pattern'));
    const inner = splat ? named(splat)[0] : (field(raw, 'name') ?? named(raw).find(node => node.type === 'identifier'));
    return {
      kind: 'Parameter',
      start: raw.start,
      end: raw.end,
      parent: null,
      name: this.name(inner ?? raw),
      annotation: this.optional(field(raw, 'type')),
      default: this.optional(field(raw, 'value')),
      star: !splat ? '' : splat.type.startsWith('list') ? '*' : '**',
    };
  }

  private comprehension(raw: RawNode, type: Comp['type']): Expression {
    const body = field(raw, 'body') ?? raw;
    const generators: Comprehension[] = [];
    for (const node of named(raw)) {
      if (node.type === 'for_in_clause') generators.push(this.generator(node));
      const last = generators.at(-1);
      const [test] = named(node);
      if (node.type === 'if_clause' && last && test) last.ifs.push(this.expression(test));
    }
    const isPair = body.type === 'pair';
    return {
      kind: 'Comp',
      type,
      start: raw.start,
      end: raw.end,
      parent: null,
      element: isPair ? this.part(body, 'key') : this.expression(body),
      value: isPair ? this.part(body, 'value') : null,
      generators,
    };
  }

  private generator(raw: RawNode): Comprehension {
    const { start, end } = raw;
    const isAsync = hasWord(raw, 'async');
    const [target, iter] = [this.part(raw, 'left'), this.part(raw, 'right')];
    return { kind: 'Comprehension', start, end, parent: null, isAsync, target, iter, ifs: [] };
  }

  private dictItem(raw: RawNode): { key: Expression | null; value: Expression } {
    if (raw.type === 'pair') return { key: this.part(raw, 'key'), value: this.part(raw, 'value') };
    return { key: null, value: this.expression(named(raw)[0] ?? raw) };
  }

  private string(raw: RawNode): Expression {
    const base = { start: raw.start, end: raw.end, parent: null };
    const parts = raw.type === 'string' ? [raw] : named(raw);
    const values = parts.flatMap(node => this.interpolated(node));
    if (values.length > 0) return { ...base, kind: 'FString', values };
    const isBytes = parts.some(node => /^[a-z]*b/i.test(this.text.slice(node.start, node.start + 3)));
    const contents = parts.flatMap(node => node.children.filter(child => child.type === 'string_content'));
    const text = contents.map(node => this.textOf(node)).join('');
    return { ...base, kind: 'Constant', type: isBytes ? 'bytes' : 'string', text };
  }

  /** The expressions in the braces of a string, those in format specifiers too. */
  private interpolated(raw: RawNode): Expression[] {
    return raw.children.flatMap(node => {
      const own =
        node.type === 'interpolation' || node.type === 'format_expression' ? field(node, 'expression') : undefined;
      const within = node.type === 'string_content' || node.type === 'escape_sequence' ? [] : this.interpolated(node);
      return own ? [this.expression(own), ...this.interpolatedIn(field(node, 'format_specifier'))] : within;
    });
  }

  private interpolatedIn(raw: RawNode | undefined): Expression[] {
    return raw ? this.interpolated(raw) : [];
  }

  private name(raw: RawNode): Name {
    return { kind: 'Name', start: raw.start, end: raw.end, parent: null, id: this.textOf(raw) };
  }

  private part(raw: RawNode, name: string): Expression {
    const found = field(raw, name);
    return found ? this.expression(found) : { kind: 'UnknownExpression', start: raw.end, end: raw.end, parent: null };
  }

  private readonly each = (raw: RawNode): Expression => this.expression(raw);

  private textOf(raw: RawNode): string {
    return this.text.slice(raw.start, raw.end);
  }
}
