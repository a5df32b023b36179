import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cellFile, cellSnippet, parseCellFile, readNotebook } from '../../../src/snippet/notebook.ts';

const notebook = {
  file: '/project/a.ipynb',
  name: 'a.ipynb',
  cells: [
    { source: 'a = 1', isPython: true },
    { source: 'ls', isPython: false },
    { source: 'b = a\nb', isPython: true },
  ],
};

test('a cell comes with those before it; those of other languages are empty', () => {
  assert.deepEqual(cellSnippet(notebook, 3), {
    title: 'a.ipynb · cell 3',
    units: [
      { file: '/project/a.ipynb · cell 1', source: 'a = 1', cell: true },
      { file: '/project/a.ipynb · cell 2', source: '', cell: true },
      { file: '/project/a.ipynb · cell 3', source: 'b = a\nb', cell: true },
    ],
    selection: [{ unit: 2, startLine: 1, endLine: 2 }],
    display: true,
  });
});

test('lines of a cell', () => {
  const snippet = cellSnippet(notebook, 3, { startLine: 2, endLine: 2 });
  assert.equal(snippet.title, 'a.ipynb · cell 3:2-2');
  assert.deepEqual(snippet.selection, [{ unit: 2, startLine: 2, endLine: 2 }]);
});

test('the name of a cell leads back to it', () => {
  assert.deepEqual(parseCellFile(cellFile('/a · cell 1.ipynb', 12)), { file: '/a · cell 1.ipynb', number: 12 });
  assert.equal(parseCellFile('/project/a.py'), null);
});

/** Sources of the Python cells, `-` for those of other languages. */
function cells(notebook: object): string[] | string {
  const read = readNotebook(JSON.stringify(notebook));
  return read.ok ? read.value.map(({ source, isPython }) => (isPython ? source : '-')) : read.error.message;
}

test('code cells of both formats, a source as text or as lines', () => {
  const code = { cell_type: 'code', source: ['a\n', 'b'] };
  assert.deepEqual(
    cells({ nbformat: 4, cells: [code, { cell_type: 'markdown', source: 'x' }, { cell_type: 'raw' }] }),
    ['a\nb'],
  );
  assert.deepEqual(cells({ nbformat: 3, worksheets: [{ cells: [{ cell_type: 'code', input: 'a' }] }] }), ['a']);
});

test('cells of other languages', () => {
  const code = (languageId?: string) => ({
    cell_type: 'code',
    source: 'x',
    metadata: languageId === undefined ? {} : { vscode: { languageId } },
  });
  assert.deepEqual(cells({ nbformat: 4, cells: [code(), code('shellscript'), code('python')] }), ['x', '-', 'x']);
  const r = { language_info: { name: 'R' } };
  assert.deepEqual(cells({ nbformat: 4, metadata: r, cells: [code(), code('python')] }), ['-', 'x']);
});

test('what is no notebook says so', () => {
  for (const rubbish of [{}, { cells: [] }, { nbformat: 'x' }])
    assert.equal(cells(rubbish), 'this is not a Jupyter notebook.');
  assert.deepEqual(cells({ nbformat: 4, cells: [3, null, { cell_type: 'code', source: [1, 'a'] }] }), ['a']);
});
