import type { Attribute, Call, Expression, Name, Subscript } from './ast.ts';
import { attributeTypes, columnTypes, constructors, entered, frameAttributes, methodResults } from './knownTypes.ts';
import type { Binding } from './scopes.ts';

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
      case 'Compare': {
        const operands = node.kind === 'BinOp' ? [node.left, node.right] : node.operands;
        return operands.map(operand => this.typeOf(operand)).find(isColumnar) ?? null;
      }
      case 'UnaryOp': {
        const type = this.typeOf(node.operand);
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
    return null;
  }

  /** `pool: ThreadPoolExecutor`. */
  private ofAnnotation(annotation: Expression): string | null {
    const name = this.names.qualifiedName(annotation);
    return name === null ? null : (constructors[name] ?? null);
  }

  private ofCall({ func }: Call): string | null {
    const name = this.names.qualifiedName(func);
    const made = name === null ? undefined : constructors[name];
    if (made) return made;
    if (func.kind === 'Name') return this.ofOwnClass(func);
    if (func.kind !== 'Attribute') return null;
    const type = this.typeOf(func.value);
    const owner = type ?? this.names.qualifiedName(func.value);
    return owner === null ? null : (methodResults[`${owner}.${func.attr}`] ?? null);
  }

  /** An instance of a class of the file is one of its base. */
  private ofOwnClass(name: Name): string | null {
    const [binding, ...more] = this.names.reachingBindings(name);
    if (!binding || more.length > 0 || binding.node.kind !== 'ClassDef') return null;
    for (const base of binding.node.bases) {
      const known = this.names.qualifiedName(base);
      if (known !== null && constructors[known]) return constructors[known] ?? null;
    }
    return null;
  }

  private ofAttribute(node: Attribute): string | null {
    const type = this.typeOf(node.value);
    const owner = type ?? this.names.qualifiedName(node.value);
    if (owner === null) return null;
    const known = attributeTypes[`${owner}.${node.attr}`];
    if (known) return known;
    // `frame.salary`; a call of a method is handled with its call.
    if (type === null || node.parent?.kind === 'Call') return null;
    return frameAttributes.has(node.attr) ? null : (columnTypes[type] ?? null);
  }

  /** `frame['x']` is a column, `frame[['x', 'y']]` and `frame[mask]` are frames. */
  private ofSubscript(node: Subscript): string | null {
    const type = this.typeOf(node.value);
    const [index] = node.indices;
    if (type === null || !index || node.indices.length > 1) return null;
    const column = columnTypes[type];
    if (!column) return Object.values(columnTypes).includes(type) && this.isMask(index) ? type : null;
    if (index.kind === 'Constant' && index.type === 'string') return column;
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

/** Values that give their own kind when one calculates with them. */
function isColumnar(type: string | null): type is string {
  return type !== null && (/\.(Series|Array|Scalar)$/.test(type) || type in columnTypes);
}

function same(types: (string | null)[]): string | null {
  const [first = null, ...more] = types;
  return more.every(type => type === first) ? first : null;
}
