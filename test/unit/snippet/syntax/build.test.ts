import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Node } from '../../../../src/snippet/syntax/ast.ts';
import { childNodes, visitAll } from '../../../../src/snippet/syntax/walk.ts';
import { sourceFile } from '../../checks/fixtures.ts';
import { dump } from './dump.ts';

/** One statement a line → its tree. */
const statements: [string, string][] = [
  ['a = b = 1', 'Assign(Name a, Name b, Constant number "1")'],
  ['a, *b = c', 'Assign(Sequence tuple(Name a, Starred *(Name b)), Name c)'],
  ['x: int', 'AnnAssign(Name x, Name int)'],
  ['x: list[int] = []', 'AnnAssign(Name x, Subscript(Name list, Name int), Sequence list)'],
  ['x **= 2', 'AugAssign **(Name x, Constant number "2")'],
  [
    'x[1:2, ...] = 0',
    'Assign(Subscript(Name x, Slice(Constant number "1", Constant number "2"), Constant Ellipsis "..."), Constant number "0")',
  ],
  [
    'f(a, *b, c=1, **d)',
    'ExpressionStatement(Call(Name f, Name a, Starred *(Name b), Keyword c(Constant number "1"), Keyword **(Name d)))',
  ],
  ['f(x for x in y)', 'ExpressionStatement(Call(Name f, Comp generator(Name x, Comprehension(Name x, Name y))))'],
  ['1, 2', 'ExpressionStatement(Sequence tuple(Constant number "1", Constant number "2"))'],
  ['a.b.c()', 'ExpressionStatement(Call(Attribute .c(Attribute .b(Name a))))'],
  ['not a in b', 'ExpressionStatement(UnaryOp not(Compare in(Name a, Name b)))'],
  ['a not in b is not c', 'ExpressionStatement(Compare not in is not(Name a, Name b, Name c))'],
  ['a if b else c', 'ExpressionStatement(IfExp(Name a, Name b, Name c))'],
  ['(y := f(x))', 'ExpressionStatement(NamedExpr(Name y, Call(Name f, Name x)))'],
  ['-x + y or z', 'ExpressionStatement(BoolOp or(BinOp +(UnaryOp -(Name x), Name y), Name z))'],
  [
    'lambda a, *b, c=1, **d: a',
    'ExpressionStatement(Lambda(Parameter(Name a), Parameter *(Name b), Parameter(Name c, Constant number "1"), Parameter **(Name d), Name a))',
  ],
  ['{**a, "k": v}', 'ExpressionStatement(Dict(Name a, Constant string "k", Name v))'],
  [
    '{k: v for k, v in x if k}',
    'ExpressionStatement(Comp dict(Name k, Name v, Comprehension(Sequence tuple(Name k, Name v), Name x, Name k)))',
  ],
  ['f"{a!r:>{w}} {b}"', 'ExpressionStatement(FString(Name a, Name w, Name b))'],
  ['"a" "b"', 'ExpressionStatement(Constant string "ab")'],
  ['rb"x"', 'ExpressionStatement(Constant bytes "x")'],
  ['await x', 'ExpressionStatement(Await(Name x))'],
  ['import a.b as c, d', 'Import(Alias a.b as c, Alias d)'],
  ['from ..a.b import c as d, e', 'ImportFrom ..a.b(Alias c as d, Alias e)'],
  ['from . import a', 'ImportFrom .(Alias a)'],
  ['from m import *', 'ImportFrom m(Alias *)'],
  ['from __future__ import annotations', 'ImportFrom __future__(Alias annotations)'],
  ['del a, b[0]', 'Delete(Name a, Subscript(Name b, Constant number "0"))'],
  ['raise E from e', 'Raise(Name E, Name e)'],
  ['assert a, b', 'Assert(Name a, Name b)'],
  ['global a, b', 'Global global a b'],
  ['return', 'Return'],
  ['type X = int | str', 'TypeAlias(Name X, BinOp |(Name int, Name str))'],
  ['for a, b in c: pass', 'For(Sequence tuple(Name a, Name b), Name c, Simple pass)'],
  ['async for a in b: break', 'For async(Name a, Name b, Simple break)'],
  ['with a as b, c: pass', 'With(WithItem(Name a, Name b), WithItem(Name c), Simple pass)'],
  [
    'with (a() as b, c() as d): pass',
    'With(WithItem(Call(Name a), Name b), WithItem(Call(Name c), Name d), Simple pass)',
  ],
  ['async with a: pass', 'With async(WithItem(Name a), Simple pass)'],
];

for (const [source, tree] of statements) {
  test(`reads ${source}`, async () => {
    const file = await sourceFile(source);
    assert.equal(file.module.body.map(dump).join('; '), tree);
    assert.ok(file.module.body.every(statement => !statement.broken));
  });
}

const compound = `@decorated(1)
async def f(a, b: int = 1, *, c, **d) -> str:
    if a:
        return b
    elif c:
        pass
    else:
        yield d
class C(Base, metaclass=M):
    x = 1
try:
    f()
except (A, B) as e:
    pass
except C:
    pass
else:
    g()
finally:
    h()
match p:
    case Point(x=0, y=yy) if yy:
        pass
    case [first, *rest] | {'k': first, **rest}:
        pass
    case a.B | None as whole:
        pass
while True:
    continue
else:
    pass
`;

test('reads compound statements', async () => {
  const file = await sourceFile(compound);
  assert.deepEqual(file.module.body.map(dump), [
    'FunctionDef async(Call(Name decorated, Constant number "1"), Name f, Parameter(Name a), Parameter(Name b, Name int, Constant number "1"), ' +
      'Parameter(Name c), Parameter **(Name d), Name str, If(Name a, Return(Name b), If(Name c, Simple pass, ExpressionStatement(Yield(Name d)))))',
    'ClassDef(Name C, Name Base, Keyword metaclass(Name M), Assign(Name x, Constant number "1"))',
    'Try(ExpressionStatement(Call(Name f)), ExceptHandler(Sequence tuple(Name A, Name B), Name e, Simple pass), ExceptHandler(Name C, Simple pass), ' +
      'ExpressionStatement(Call(Name g)), ExpressionStatement(Call(Name h)))',
    'Match(Name p, MatchCase(Name yy, Name yy, Simple pass), MatchCase(Name first, Name rest, Name first, Name rest, Simple pass), MatchCase(Name whole, Simple pass))',
    'While(Constant True "True", Simple continue, Simple pass)',
  ]);
});

test('gives every node its parent and a place within it', async () => {
  const file = await sourceFile(compound);
  visitAll(file.module, (node: Node) => {
    for (const child of childNodes(node)) {
      assert.equal(child.parent, node);
      assert.ok(child.start >= node.start && child.end <= node.end, `${child.kind} lies in its ${node.kind}`);
    }
  });
});

test('half-typed code breaks its own statement only', async () => {
  const file = await sourceFile('import os\ndef g(:\n    pass\nx = "abc\nz = 3\n');
  assert.deepEqual(
    file.module.body.map(statement => `${statement.kind}${statement.broken ? ' broken' : ''}`),
    ['Import', 'FunctionDef broken', 'Assign broken', 'Assign'],
  );
});

test('an unclosed bracket leaves the definitions around it', async () => {
  const file = await sourceFile(
    'import os\nclass A:\n    x = f(1,\n    def m(self):\n        return 1\n    def n(self):\n        return 2\ndef g():\n    pass\n',
  );
  const names = file.module.body.flatMap(statement =>
    statement.kind === 'FunctionDef' && !statement.broken ? statement.name.id : [],
  );
  assert.equal(file.module.body[0]?.kind, 'Import');
  assert.ok(names.includes('g') || names.includes('n'), `sound definitions: ${names.join(', ')}`);
});

for (const rubbish of [
  '',
  '\0\0\0',
  '((((((',
  'print "x"',
  '\t if x:\n y',
  '"""',
  '%%bash\nls',
  '}'.repeat(500),
  '🐍 = 1',
]) {
  test(`takes ${JSON.stringify(rubbish).slice(0, 30)} as it is`, async () => {
    const file = await sourceFile(rubbish);
    assert.ok(file.module.body.every(statement => typeof statement.start === 'number'));
  });
}
