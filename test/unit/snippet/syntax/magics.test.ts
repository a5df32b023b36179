import assert from 'node:assert/strict';
import { test } from 'node:test';
import { maskMagics } from '../../../../src/snippet/syntax/magics.ts';

/** A cell → as Python. */
const cases: [string, string, string[]][] = [
  ['%%time\nf()', '#%time\nf()', ['cell time']],
  ['%%bash\nls\necho "x', '#%bash\n#s\n#cho "x', ['cell bash']],
  ['%matplotlib inline\nx = 1', '#matplotlib inline\nx = 1', ['line matplotlib']],
  ['%time f()', '      f()', ['line time']],
  ['%timeit -n 10 -r3 f()', '                  f()', ['line timeit']],
  ['!pip install dask', '#pip install dask', ['shell ']],
  ['x?', '#?', ['help ']],
  ['??f', '#?f', ['help ']],
  ['x = (1\n%2)', 'x = (1\n%2)', []],
  ['s = """\n%time\n"""', 's = """\n%time\n"""', []],
  ['x = 5 \\\n% 2', 'x = 5 \\\n% 2', []],
  ['x = "a%"\n%cd /tmp\r\ny', 'x = "a%"\n#cd /tmp\r\ny', ['line cd']],
];

for (const [cell, python, found] of cases) {
  test(JSON.stringify(cell), () => {
    const masked = maskMagics(cell);
    assert.equal(masked.text, python);
    assert.equal(masked.text.length, cell.length);
    assert.deepEqual(
      masked.magics.map(({ kind, name }) => `${kind} ${name}`),
      found,
    );
  });
}
