import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { findCells } from '../../../src/snippet/cells.ts';
import {
  type EditorSelection,
  type SnippetsResult,
  snippetsFromCellEditor,
  snippetsFromCells,
  snippetsFromEditor,
  snippetsFromMarkdown,
} from '../../../src/snippet/fromEditor.ts';

/** Reads `«selection»` and `|` cursor marks out of a text. */
function marked(text: string): { source: string; selections: EditorSelection[] } {
  const selections: EditorSelection[] = [];
  let source = '';
  let open: { line: number; character: number } | null = null;
  for (const char of text) {
    const before = source.split('\n');
    const here = { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
    if (char === '«') open = here;
    else if (char === '»' || char === '|') {
      const start = char === '|' ? here : open;
      assert.ok(start, 'every » has its «');
      selections.push({
        startLine: start.line,
        startCharacter: start.character,
        endLine: here.line,
        endCharacter: here.character,
      });
    } else source += char;
  }
  return { source, selections };
}

/** What would run, as `title` lines; a problem in parentheses. */
function check(text: string): string[] {
  const { source, selections } = marked(text);
  const result = snippetsFromEditor({ file: '/project/a.py', name: 'a.py', source }, selections);
  if (result.problem !== null) return [`(${result.problem})`];
  for (const snippet of result.snippets)
    assert.deepEqual(snippet.units, [{ file: '/project/a.py', source, cell: false }]);
  return result.snippets.map(snippet => snippet.title);
}

describe('what Run in Parallel runs', () => {
  test('one selection, partial lines as whole lines', () => {
    assert.deepEqual(check('a = 1\nb«b = 2\nc» = 3\n'), ['a.py:2-3']);
  });
  test('every selection is a snippet of its own, in the order of the document', () => {
    assert.deepEqual(check('a = «1»\nb = 2\n«c» = 3\n'), ['a.py:1-1', 'a.py:3-3']);
  });
  test('two selections in one line are one snippet', () => {
    assert.deepEqual(check('«a» = «1»\n'), ['a.py:1-1']);
  });
  test('a selection that ends at the start of a line leaves that line out', () => {
    assert.deepEqual(check('«a = 1\n»b = 2\n'), ['a.py:1-1']);
  });
  test('blank lines around a selection are left out, those inside are kept', () => {
    assert.deepEqual(check('«\n\na = 1\n\nb = 2\n\n»c = 3'), ['a.py:3-5']);
  });
  test('a selection of comments counts as none', () => {
    assert.deepEqual(check('«# just text»\na = 1\n'), ['a.py']);
  });
  test('a cursor among selections is ignored', () => {
    assert.deepEqual(check('a =| 1\n«b = 2»\n'), ['a.py:2-2']);
  });
  test('no selection: the cell at the cursor', () => {
    assert.deepEqual(check('import os\n# %% one\na = 1\n# %% two\nb =| 2\n'), ['a.py:4-6']);
    assert.deepEqual(check('import| os\n# %% one\na = 1\n'), ['a.py:1-1']);
  });
  test('no selection and no cells: the file', () => {
    assert.deepEqual(check('a = 1\nb =| 2\n'), ['a.py']);
  });
  test('a text cell says so', () => {
    assert.deepEqual(check('# %% [markdown]\n# Te|xt\n'), [
      '(The cell at the cursor holds text, not code. Put the cursor into a code cell.)',
    ]);
  });
  test('an empty file says so', () => {
    assert.deepEqual(check('\n |\n'), ['(There is no code in a.py.)']);
  });
});

describe('cells', () => {
  const show = (source: string) => findCells(source).map(cell => `${cell.startLine}-${cell.endLine} ${cell.kind}`);
  test('markers of VS Code, Spyder and nbconvert', () => {
    assert.deepEqual(show('# %%\na\n#%% b\nc\n# In[3]:\nd'), ['1-2 code', '3-4 code', '5-6 code']);
  });
  test('Windows line ends', () => {
    assert.deepEqual(show('# %%\r\na\r\n# %% [markdown]\r\n# b'), ['1-2 code', '3-4 markdown']);
  });
  test('%% inside code is no marker', () => {
    assert.deepEqual(show("a = '%%'\nb = 5 # %% c\n"), []);
  });
});

function told(result: SnippetsResult): string[] {
  return result.problem === null ? result.snippets.map(({ title }) => title) : [`(${result.problem})`];
}

describe('what it runs of a Markdown file', () => {
  const check = (text: string): string[] => {
    const { source, selections } = marked(text);
    return told(snippetsFromMarkdown({ file: '/project/a.md', name: 'a.md', source }, selections));
  };
  const outside = '(There is no Python at the cursor. Put it into a block that begins with ```python.)';

  test('the fence at the cursor, its first and last line too', () => {
    const results = ['|```py\na\nb\n```\n', '```py\na\n|b\n```\n', '```py\na\nb\n``|`\n'].map(check);
    for (const result of results) assert.deepEqual(result, ['a.md:2-3']);
    assert.deepEqual(check('|text\n```py\na\n```\n'), [outside]);
    assert.deepEqual(check('```js\na|\n```\n'), [outside]);
  });
  test('lines that are selected within a fence', () => {
    assert.deepEqual(check('```py\na\n«b\nc»\n```\n'), ['a.md:3-4']);
    assert.deepEqual(check('```py\n«a\n»b\n«c\n»```\n'), ['a.md:2-2', 'a.md:4-4']);
  });
  test('each fence that a longer selection touches, whole', () => {
    assert.deepEqual(check('te«xt\n```py\na\n```\nx\n```py\nb\nc»\nd\n```'), ['a.md:3-3', 'a.md:7-9']);
  });
  test('a fence comes with those before it, as cells whose values are shown', () => {
    const { source, selections } = marked('```py\na = 1\n```\n```py\na|\n```\n```py\nb\n```');
    const [snippet] = snippetsFromMarkdown({ file: '/a.md', name: 'a.md', source }, selections).snippets;
    assert.deepEqual(snippet, {
      title: 'a.md:5-5',
      units: [
        { file: '/a.md · cell 1', source: '\na = 1\n', cell: true },
        { file: '/a.md · cell 2', source: '\n\n\n\na\n', cell: true },
      ],
      selection: [{ unit: 1, startLine: 5, endLine: 5 }],
      display: true,
    });
  });
  test('a fence without code says so', () => {
    assert.deepEqual(check('```py\n|\n```'), ['(There is no code in this block.)']);
    assert.deepEqual(check('```p|y\n```'), ['(There is no code in this block.)']);
  });
});

describe('what it runs of a notebook', () => {
  const cell = (source: string, isPython = true) => ({ source, isPython });
  const cells = [cell('a = 1\na'), cell('ls', false), cell(' \n'), cell('b\n')];
  const notebook = { file: '/project/a.ipynb', name: 'a.ipynb', cells };

  test('each cell that holds Python, in the order of the notebook', () => {
    assert.deepEqual(told(snippetsFromCells(notebook, [4, 3, 2, 1])), ['a.ipynb · cell 1', 'a.ipynb · cell 4']);
  });
  test('cells of text, of other languages and without code say so', () => {
    assert.deepEqual(told(snippetsFromCells(notebook, [])), [
      '(This cell holds text, not code. Select a cell with Python code.)',
    ]);
    assert.deepEqual(told(snippetsFromCells(notebook, [2])), [
      '(This cell is not Python. Select a cell with Python code.)',
    ]);
    assert.deepEqual(told(snippetsFromCells(notebook, [2, 3])), ['(There is no code in this cell.)']);
  });
  test("in a cell's editor, what is selected there; else the cell", () => {
    const { selections } = marked('a = 1\n«a»');
    assert.deepEqual(told(snippetsFromCellEditor(notebook, 1, selections)), ['a.ipynb · cell 1:2-2']);
    const cursor = marked('|').selections;
    assert.deepEqual(told(snippetsFromCellEditor(notebook, 1, cursor)), ['a.ipynb · cell 1']);
    const all = marked('«ls»').selections;
    assert.deepEqual(told(snippetsFromCellEditor(notebook, 2, all)), [
      '(This cell is not Python. Select a cell with Python code.)',
    ]);
  });
});
