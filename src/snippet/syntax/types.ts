import type { Attribute, BinOp, Call, Compare, Expression, FunctionDef, Name, Subscript } from './ast.ts';
import { columnTypes, delayedType, eagerOfDelayed, frameAttributes } from './knownFrames.ts';
import { attributeTypes, constructors, entered, methodResults } from './knownTypes.ts';
import { type Binding, only } from './scopes.ts';

/** What typing needs to know of names. */
export interface NameSource {
  qualifiedName(expression: Expression): string | null;
  /** The bindings that may have given a name its value where it is read. */
  reachingBindings(name: Name): Binding[];
}

/** Bindings that lead in circles (`x = x.y`) end here. */
const deepest = 40;

/** The class of values by their full names, from how they were made. Null when it can't be told for certain. */
export class Types {
  private readonly names: NameSource;
  private readonly known = new Map<Expression, string | null>();
  private readonly asked = new Set<Expression>();

  constructor(names: NameSource) {
    this.names = names;
  }

  typeOf(expression: Expression): string | null {
    const known = this.known.get(expression);
    if (known !== undefined) return known;
    if (this.asked.has(expression) || this.asked.size > deepest) return null;
    this.asked.add(expression);
    const type = this.find(expression);
    this.asked.delete(expression);
    this.known.set(expression, type);
    return type;
  }

  private find(node: Expression): string | null {
    switch (node.kind) {
      case 'Name':
        return this.ofName(node);
      case 'Call':
        return this.ofCall(node);
      case 'Attribute':
        return this.ofAttribute(node);
      case 'Subscript':
        return this.ofSubscript(node);
      case 'BinOp':
      case 'Compare':
        return this.ofOperation(node);
      case 'UnaryOp': {
        const type = node.operator === 'not' ? null : this.typeOf(node.operand);
        return isColumnar(type) ? type : null;
      }
      case 'IfExp':
        return same([this.typeOf(node.body), this.typeOf(node.orelse)]);
      case 'NamedExpr':
        return this.typeOf(node.value);
      case 'Sequence':
        return `builtins.${node.type}`;
      case 'Dict':
        return 'builtins.dict';
      case 'Comp':
        return `builtins.${node.type}`;
      case 'FString':
        return 'builtins.str';
      case 'Constant':
        return constantTypes[node.type] ?? null;
      default:
        return null;
    }
  }

  private ofName(name: Name): string | null {
    const bindings = this.names.reachingBindings(name);
    return bindings.length === 0 ? null : same(bindings.map(binding => this.ofBinding(binding)));
  }

  private ofBinding(binding: Binding): string | null {
    const { node, value } = binding;
    if (node.kind === 'Parameter') return node.annotation ? this.ofAnnotation(node.annotation) : null;
    if (binding.kind === 'assign') {
      const annotated = node.parent?.kind === 'AnnAssign' ? this.ofAnnotation(node.parent.annotation) : null;
      return annotated ?? (value ? this.typeOf(value) : null);
    }
    if (binding.kind === 'with' && value) {
      const type = this.typeOf(value);
      return type === null ? null : type in entered ? (entered[type] ?? null) : type;
    }
    return binding.kind === 'for' && value ? this.ofElements(value) : null;
  }

  /** What a loop over a list gets, where the list is written down: `[f(x) for x in …]`, `[a, b]`. */
  private ofElements(iterable: Expression): string | null {
    if (iterable.kind === 'Sequence') {
      return iterable.elements.some(element => element.kind === 'Starred')
        ? null
        : same(iterable.elements.map(element => this.typeOf(element)));
    }
    // Names of columns need not be strings, but they do as such.
    if (iterable.kind === 'Attribute' && iterable.attr === 'columns')
      return (this.typeOf(iterable.value) ?? '') in columnTypes ? 'builtins.str' : null;
    if (iterable.kind === 'Comp') return iterable.type === 'dict' ? null : this.typeOf(iterable.element);
    if (iterable.kind !== 'Name') return null;
    const binding = only(this.names.reachingBindings(iterable));
    const made = binding?.kind === 'assign' ? binding.value : null;
    return made?.kind === 'Comp' || made?.kind === 'Sequence' ? this.ofElements(made) : null;
  }

  /** Frames and columns give their own kind when one calculates with them; of two libraries together nothing is known. */
  private ofOperation(node: BinOp | Compare): string | null {
    const operands = node.kind === 'BinOp' ? [node.left, node.right] : node.operands;
    if (node.kind === 'Compare' && !node.operators.every(operator => comparisons.has(operator))) return null;
    const types = operands.map(operand => this.typeOf(operand));
    if (node.kind === 'BinOp' && node.operator === '%' && types[0] === 'builtins.str') return 'builtins.str';
    const found = types.filter(isColumnar).sort((a, b) => breadth(a) - breadth(b));
    const [widest = null] = found;
    return found.every(type => libraryOf(type) === libraryOf(found[0] ?? '')) ? widest : null;
  }

  /** `pool: ThreadPoolExecutor`. */
  private ofAnnotation(annotation: Expression): string | null {
    const name = this.names.qualifiedName(annotation);
    return name === null ? null : (constructors[name] ?? null);
  }

  private ofCall(call: Call): string | null {
    const { func } = call;
    if (call.keywords.some(({ name }) => name !== null && otherResult.has(name))) return null;
    const name = this.names.qualifiedName(func);
    const made = name === null ? undefined : constructors[name];
    if (made) return made;
    if (name === 'dask.delayed') return call.args.length > 0 ? delayedType : null;
    if (func.kind !== 'Attribute') {
      if (this.typeOf(func) === delayedType) return delayedType;
      return func.kind === 'Name' ? this.ofOwn(func) : null;
    }
    const type = this.typeOf(func.value);
    if (type === delayedType) return eagerOfDelayed.has(func.attr) ? null : delayedType;
    const owner = type ?? this.names.qualifiedName(func.value);
    return owner === null ? null : (methodResults[`${owner}.${func.attr}`] ?? null);
  }

  /** An instance of a class of the file is one of its base; what a function decorated with `delayed` gives is a Delayed. */
  private ofOwn(name: Name): string | null {
    const binding = only(this.names.reachingBindings(name));
    if (!binding) return null;
    if (binding.node.kind === 'FunctionDef') return this.isDelayed(binding.node) ? delayedType : null;
    if (binding.node.kind !== 'ClassDef') return null;
    for (const base of binding.node.bases) {
      const known = this.names.qualifiedName(base);
      if (known !== null && constructors[known]) return constructors[known] ?? null;
    }
    return null;
  }

  /** `@delayed` and `@delayed(pure=True)`, as the outermost decorator. */
  private isDelayed({ decorators: [outermost] }: FunctionDef): boolean {
    if (!outermost) return false;
    const decorator = outermost.kind === 'Call' && outermost.args.length === 0 ? outermost.func : outermost;
    return this.names.qualifiedName(decorator) === 'dask.delayed';
  }

  private ofAttribute(node: Attribute): string | null {
    const type = this.typeOf(node.value);
    if (type === delayedType) return eagerOfDelayed.has(node.attr) || isCallee(node) ? null : delayedType;
    const owner = type ?? this.names.qualifiedName(node.value);
    if (owner === null) return null;
    const known = attributeTypes[`${owner}.${node.attr}`];
    if (known) return known;
    // `frame.salary`; a call of a method is handled with its call.
    if (type === null || isCallee(node)) return null;
    return frameAttributes.has(node.attr) ? null : (columnTypes[type] ?? null);
  }

  /** `frame['x']` is a column, `frame[['x', 'y']]` and `frame[mask]` are frames. */
  private ofSubscript(node: Subscript): string | null {
    const type = this.typeOf(node.value);
    const [index] = node.indices;
    if (type === null || !index || node.indices.length > 1) return null;
    if (type === delayedType) return type;
    const column = columnTypes[type];
    if (!column) return breadth(type) > 0 && this.isMask(index) ? type : null;
    if (this.typeOf(index) === 'builtins.str') return column;
    return index.kind === 'Sequence' || this.isMask(index) ? type : null;
  }

  private isMask(index: Expression): boolean {
    return index.kind === 'Compare' || index.kind === 'UnaryOp' || isColumnar(this.typeOf(index));
  }
}

const constantTypes: Record<string, string> = {
  string: 'builtins.str',
  bytes: 'builtins.bytes',
  number: 'builtins.number',
  True: 'builtins.bool',
  False: 'builtins.bool',
  None: 'builtins.None',
};

/** Arguments with which methods of frames give something else. */
const otherResult = new Set(['compute', 'inplace', 'background']);

const comparisons = new Set(['<', '<=', '>', '>=', '==', '!=']);

/** From the widest: a frame and a column give a frame. */
const columnar = ['DataFrame', 'Series', 'Column', 'Array', 'Scalar', 'Delayed'];

function isColumnar(type: string | null): type is string {
  return type !== null && breadth(type) >= 0;
}

function breadth(type: string): number {
  return columnar.indexOf(type.slice(type.lastIndexOf('.') + 1));
}

/** `dask` of `dask.dataframe.Series`. */
function libraryOf(type: string): string {
  return type.slice(0, type.indexOf('.'));
}

/** Whether it is what a call calls; the call has its type then. */
function isCallee(node: Attribute): boolean {
  return node.parent?.kind === 'Call' && node.parent.func === node;
}

function same(types: (string | null)[]): string | null {
  const [first = null, ...more] = types;
  return more.every(type => type === first) ? first : null;
}
