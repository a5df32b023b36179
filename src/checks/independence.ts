import type { Call, Expression, FunctionDef, Name, Node } from '../snippet/syntax/ast.ts';
import { isStore, type Scope } from '../snippet/syntax/scopes.ts';
import type { SourceFile } from '../snippet/syntax/sourceFile.ts';
import { words } from '../snippet/syntax/typeTable.ts';
import { walk } from '../snippet/syntax/walk.ts';
import { argument, functionOf, literalString, methodOf } from './calls.ts';
import { isInMainGuard } from './mainGuard.ts';

/**
 * Functions whose calls may run in any order and at the same time: they visibly do nothing but compute with what they got, read, wait,
 * and return. What is not visible counts as an effect.
 */

const builtins = new Set(
  words(`abs all any ascii bin bool bytes bytearray chr complex dict divmod enumerate float format frozenset hex int isinstance
    issubclass len list max min oct ord pow range repr reversed round set slice sorted str sum tuple type zip`).map(
    name => `builtins.${name}`,
  ),
);
// Not decimal: each thread has a context of its own. Not random: its numbers depend on the order of the calls.
const modules = new RegExp(
  `^(${[
    String.raw`(math|cmath|statistics|fractions|base64|binascii|zlib|textwrap|unicodedata|urllib\.parse|hashlib)\.\w+`,
    String.raw`itertools\.(chain|product|permutations|combinations|count|repeat|islice|zip_longest|pairwise|batched)`,
    String.raw`json\.(loads|dumps)|html\.(escape|unescape)|copy\.(copy|deepcopy)|operator\.(itemgetter|attrgetter)`,
    String.raw`re\.(match|search|fullmatch|sub|subn|findall|finditer|split|compile|escape)|struct\.(pack|unpack)`,
    String.raw`os\.path\.(join|basename|dirname|splitext|exists|getsize|isfile|isdir|abspath|normpath)`,
    String.raw`pathlib\.(Path|PurePath)|builtins\.\w*(Error|Exception)`,
  ].join('|')})$`,
);
/** Calls that read or wait, each on its own. */
const reading = new Set(
  words(`time.sleep urllib.request.urlopen requests.get requests.head httpx.get httpx.head socket.getaddrinfo socket.gethostbyname
    builtins.open`),
);
/** Builtins that give something new. */
const containers = new Set(
  words('list dict set frozenset tuple sorted str bytes bytearray range enumerate zip reversed').map(
    name => `builtins.${name}`,
  ),
);
const clients = new Set(['aiohttp.ClientSession', 'httpx.AsyncClient']);
const awaited = new Set(['asyncio.sleep', 'asyncio.open_connection']);
/** Methods that leave their owner as it is, whatever of Python's own types it has. */
const readingMethods = new Set(
  words(`split rsplit splitlines strip lstrip rstrip lower upper title capitalize casefold swapcase replace startswith endswith encode
    decode join format count find rfind index isdigit isalpha isalnum isspace isupper islower isidentifier zfill ljust rjust center
    partition rpartition translate get keys values items copy hex bit_length group groups groupdict span search match fullmatch findall
    finditer sub read_text read_bytes exists is_file is_dir with_suffix with_name joinpath as_posix`),
);

/** What a value made in the function is: a list or the like, which may hold what others own, or something opened. */
type Made = 'container' | 'opened';

/** The function of the file that an expression stands for, when calls of it are independent; null otherwise. */
export function independentFunction(file: SourceFile, expression: Expression): FunctionDef | null {
  const work = functionOf(file, expression);
  if (work?.kind !== 'FunctionDef' || work.isAsync) return null;
  return new Independence(file).holds(work) ? work : null;
}

/** Whether a call gives a coroutine that may run beside others of its kind. */
export function isIndependentCoroutine(file: SourceFile, call: Call): boolean {
  return new Independence(file).isAwaitable(call);
}

/** Whether another process finds all that a function of the module needs, when it imports the file. */
export function isSelfContained(file: SourceFile, work: FunctionDef): boolean {
  const independence = new Independence(file);
  if (work.parent?.kind !== 'Module' || !independence.holds(work)) return false;
  return independence.followed.every(each => each.parent?.kind === 'Module' && !readsLost(file, each));
}

/** Whether a function reads a name of the module that may have another value in a process that only imports the file, or none. */
function readsLost(file: SourceFile, work: FunctionDef): boolean {
  for (const node of walk(work)) {
    if (node.kind !== 'Name' || isStore(node)) continue;
    const [binding, ...more] = file.bindingsOf(node);
    if (binding?.scope !== file.scopes.module) continue;
    if (more.length > 0 || isInMainGuard(binding.node)) return true;
    const isConstant =
      binding.value !== null && /^builtins\.(number|str|bytes|bool|tuple)$/.test(file.typeOf(binding.value) ?? '');
    if (binding.kind !== 'import' && binding.kind !== 'function' && !isConstant) return true;
  }
  return false;
}

class Independence {
  /** Functions that were looked at, on which the answer rests. */
  readonly followed: FunctionDef[] = [];
  private readonly file: SourceFile;

  constructor(file: SourceFile) {
    this.file = file;
  }

  holds(work: FunctionDef): boolean {
    if (this.followed.includes(work)) return true;
    this.followed.push(work);
    const scope = this.file.scopes.scopeOpenedBy(work);
    if (work.broken || work.decorators.length > 0 || !scope) return false;
    if (work.parameters.some(({ default: value }) => value !== null && value.kind !== 'Constant')) return false;
    return work.body.every(statement => {
      for (const node of walk(statement)) if (!this.isHarmless(node, work, scope)) return false;
      return true;
    });
  }

  private isHarmless(node: Node, work: FunctionDef, scope: Scope): boolean {
    if ('broken' in node && node.broken) return false;
    switch (node.kind) {
      case 'Global':
      case 'Yield':
      case 'Delete':
      case 'FunctionDef':
      case 'ClassDef':
      case 'Import':
      case 'ImportFrom':
      case 'UnknownExpression':
      case 'UnknownStatement':
        return false;
      case 'Attribute':
      case 'Subscript':
        return !isStored(node) || this.madeBy(node.value, scope) !== null;
      case 'AugAssign':
        return node.target.kind !== 'Name' || !this.isParameter(node.target) || this.isNumber(node.value);
      case 'WithItem':
        return node.context.kind === 'Call';
      case 'Await':
        return (
          work.isAsync && node.value.kind === 'Call' && (this.isAwaitable(node.value) || this.isRead(node.value, scope))
        );
      case 'Call':
        return node.parent?.kind === 'Await' || this.isHarmlessCall(node, work, scope);
      default:
        return true;
    }
  }

  private isHarmlessCall(call: Call, work: FunctionDef, scope: Scope): boolean {
    const name = this.file.qualifiedName(call.func);
    if (name !== null) {
      if (work.isAsync && (reading.has(name) || clients.has(name))) return clients.has(name);
      return builtins.has(name) || modules.test(name) ? this.hasHarmlessArguments(call) : this.isReading(call, name);
    }
    const called = functionOf(this.file, call.func);
    if (called) return called.kind === 'FunctionDef' && !called.isAsync && this.holds(called);
    return this.isRead(call, scope) || (work.isAsync && methodOf(call)?.method === 'get');
  }

  /** A method that only reads, or one of something that the function has made itself. */
  private isRead(call: Call, scope: Scope): boolean {
    const called = methodOf(call);
    if (!called) return false;
    if (this.madeBy(called.owner, scope) !== null) return true;
    if (!readingMethods.has(called.method)) return false;
    const root = rootOf(called.owner);
    if (root.kind !== 'Name') return true;
    // A session of the module has a `get` too.
    const isOwn = this.file
      .bindingsOf(root)
      .every(binding => binding.scope === scope || binding.scope.node.kind === 'Comp');
    return isOwn || /^builtins\.(str|bytes|dict|list|tuple|set)$/.test(this.file.typeOf(root) ?? '');
  }

  private isReading(call: Call, name: string): boolean {
    if (!reading.has(name) || (argument(call, 1, 'data') !== null && name.startsWith('urllib'))) return false;
    if (name !== 'builtins.open') return true;
    const mode = argument(call, 1, 'mode');
    return mode === null || /^r[bt]?$/.test(literalString(mode) ?? '');
  }

  /** `sorted(…, key=…)` and `re.sub(…, …)` call what they are given. */
  private hasHarmlessArguments({ args, keywords }: Call): boolean {
    const given = [...args, ...keywords.map(({ value }) => value)];
    const isHarmless = (value: Expression) => {
      const called = functionOf(this.file, value);
      return called?.kind !== 'FunctionDef' || (!called.isAsync && this.holds(called));
    };
    const key = keywords.find(({ name }) => name === 'key')?.value ?? null;
    const isKnown =
      key === null || functionOf(this.file, key) !== null || builtins.has(this.file.qualifiedName(key) ?? '');
    return isKnown && given.every(isHarmless);
  }

  isAwaitable(call: Call): boolean {
    const name = this.file.qualifiedName(call.func);
    if (name !== null) return awaited.has(name);
    const called = functionOf(this.file, call.func);
    return called?.kind === 'FunctionDef' && called.isAsync && this.holds(called);
  }

  /** What the function has made that a name of it stands for; null when others may have it too. */
  private madeBy(expression: Expression, scope: Scope): Made | null {
    if (expression.kind === 'Call') return this.madeByCall(expression, scope);
    if (expression.kind === 'Attribute' || expression.kind === 'Subscript')
      return this.madeBy(expression.value, scope) === 'opened' ? 'opened' : null;
    if (expression.kind !== 'Name') return null;
    const kinds = this.file.bindingsOf(expression).map(binding => {
      if (binding.scope !== scope || !binding.value) return null;
      if (binding.kind !== 'assign' && binding.kind !== 'with') return null;
      return isDisplay(binding.value) ? 'container' : this.madeByCall(binding.value, scope);
    });
    const [first = null, ...more] = kinds;
    return more.every(kind => kind === first) ? first : null;
  }

  private madeByCall(value: Expression, scope: Scope): Made | null {
    if (value.kind === 'Await') return this.madeByCall(value.value, scope);
    if (value.kind !== 'Call') return null;
    const name = this.file.qualifiedName(value.func);
    if (name !== null) {
      if (reading.has(name) || awaited.has(name) || clients.has(name) || name.startsWith('hashlib.')) return 'opened';
      return containers.has(name) ? 'container' : null;
    }
    const called = methodOf(value);
    if (!called) return null;
    // `async with session.get(url) as page`
    const isRequest = called.method === 'get' && value.parent?.kind === 'WithItem';
    return isRequest || this.madeBy(called.owner, scope) === 'opened' ? 'opened' : null;
  }

  private isParameter(name: Name): boolean {
    return this.file.bindingsOf(name).some(({ node }) => node.kind === 'Parameter');
  }

  private isNumber(value: Expression): boolean {
    return /^builtins\.(number|int|float|str)$/.test(this.file.typeOf(value) ?? '');
  }
}

function isDisplay(value: Expression): boolean {
  return value.kind === 'Sequence' || value.kind === 'Dict' || (value.kind === 'Comp' && value.type !== 'generator');
}

function rootOf(expression: Expression): Expression {
  return expression.kind === 'Attribute' || expression.kind === 'Subscript' ? rootOf(expression.value) : expression;
}

/** Whether a value is stored at this attribute or element. */
function isStored(node: Expression): boolean {
  let at: Node = node;
  while (at.parent?.kind === 'Sequence' || at.parent?.kind === 'Starred') at = at.parent;
  const { parent } = at;
  switch (parent?.kind) {
    case 'Assign':
      return parent.targets.some(target => target === at);
    case 'AnnAssign':
    case 'AugAssign':
    case 'For':
    case 'WithItem':
    case 'Comprehension':
      return parent.target === at;
    default:
      return false;
  }
}
