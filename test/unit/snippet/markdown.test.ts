import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fenceUnits, findFences } from '../../../src/snippet/markdown.ts';

/** Each fence as `open-close: code`. */
function check(...lines: string[]): string[] {
  return findFences(lines.join('\n')).map(fence =>
    `${fence.openLine}-${fence.closeLine}: ${fence.lines.join('⏎')}`.trimEnd(),
  );
}

describe('Python fences of a Markdown text', () => {
  test('backticks and tildes, with each name of Python', () => {
    assert.deepEqual(check('```python', 'a', '```', '~~~py', 'b', '~~~', '```{python}', 'c', '```'), [
      '1-3: a',
      '4-6: b',
      '7-9: c',
    ]);
    for (const info of [
      ' Python',
      'python3',
      'py title="x.py"',
      '{.python .x}',
      '{code-cell} ipython3',
      '{python, e=1}',
    ])
      assert.deepEqual(check(`\`\`\`${info}`, 'a', '```'), ['1-3: a'], info);
  });
  test('other languages are none, and hide what is in them', () => {
    for (const info of ['', 'js', 'pycon', 'python-repl', 'pyspark', 'text python'])
      assert.deepEqual(check(`\`\`\`${info}`, 'a', '```'), [], info);
    assert.deepEqual(check('````md', '```python', 'a', '```', '````', '```py', 'b', '```'), ['6-8: b']);
  });
  test('a fence ends with as many marks of its own kind', () => {
    assert.deepEqual(check('````py', '```', '~~~~', '`````', 'x'), ['1-4: ```⏎~~~~']);
    assert.deepEqual(check('```py', '``` py', '```'), ['1-3: ``` py']);
  });
  test('in lists, the indentation of the fence is not that of its code', () => {
    assert.deepEqual(check('1. See', '', '   ```python', '   if a:', '       b', '  c', '   ```', 'x'), [
      '3-7: if a:⏎    b⏎c',
    ]);
    assert.deepEqual(check('- ```py', '  a', '  ```'), ['1-3: a']);
    assert.deepEqual(check('-\t~~~py', '\ta', '\t~~~'), ['1-3: a']);
  });
  test('marks that are indented as code are code', () => {
    assert.deepEqual(check('```py', 'def f():', '    """', '    ```', '    """', '```'), [
      '1-6: def f():⏎    """⏎    ```⏎    """',
    ]);
  });
  test('a fence that nothing closes reaches to the end; an empty one is one', () => {
    assert.deepEqual(check('```py', 'a', ''), ['1-3: a⏎']);
    assert.deepEqual(check('```py', '```'), ['1-2:']);
    assert.deepEqual(check('```py'), ['1-1:']);
  });
  test('code between backticks in a line is no fence', () => {
    assert.deepEqual(check('```py``` and ```python```', 'a'), []);
  });
  test('Windows line ends', () => {
    assert.deepEqual(findFences('x\r\n```py\r\na\r\nb\r\n```\r\n')[0]?.lines, ['a', 'b']);
  });
});

test('as units, fences keep the line numbers of the file', () => {
  const units = fenceUnits('/project/a.md', findFences('# A\n```py\na\n```\ntext\n- ~~~py\n  b\n  ~~~\n'));
  assert.deepEqual(units, [
    { file: '/project/a.md · cell 1', source: '\n\na\n', cell: true },
    { file: '/project/a.md · cell 2', source: '\n\n\n\n\n\nb\n', cell: true },
  ]);
});
