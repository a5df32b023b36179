import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { at, type Change, Editor } from './harness.ts';

let editor: Editor;
before(async () => {
  editor = await Editor.start();
});
after(async () => {
  assert.equal(await editor.stop(), 0);
});

/** A notebook in the editor; cells are named by a letter. */
class Notebook {
  private static count = 0;
  private readonly number = Notebook.count++;
  private readonly uri = `file:///work/book${this.number}.ipynb`;
  private version = 1;

  cell(name: string): string {
    return `vscode-notebook-cell:/work/book${this.number}.ipynb#${name}`;
  }

  async open(cells: Record<string, string>): Promise<this> {
    await editor.connection.sendNotification('notebookDocument/didOpen', {
      notebookDocument: {
        uri: this.uri,
        notebookType: 'jupyter-notebook',
        version: this.version,
        cells: Object.keys(cells).map(name => ({ kind: 2, document: this.cell(name) })),
      },
      cellTextDocuments: Object.entries(cells).map(([name, text]) => this.textDocument(name, text)),
    });
    return this;
  }

  type(name: string, ...changes: Change[]): Promise<void> {
    const document = { uri: this.cell(name), version: editor.nextVersion(this.cell(name)) };
    return this.change({ textContent: [{ document, changes }] });
  }

  insert(start: number, name: string, text: string): Promise<void> {
    const cells = [{ kind: 2, document: this.cell(name) }];
    const didOpen = [this.textDocument(name, text)];
    return this.change({ structure: { array: { start, deleteCount: 0, cells }, didOpen } });
  }

  remove(start: number, name: string): Promise<void> {
    const didClose = [{ uri: this.cell(name) }];
    return this.change({ structure: { array: { start, deleteCount: 1 }, didClose } });
  }

  move(start: number, names: string[]): Promise<void> {
    const cells = names.map(name => ({ kind: 2, document: this.cell(name) }));
    return this.change({ structure: { array: { start, deleteCount: names.length, cells } } });
  }

  private change(cells: unknown): Promise<void> {
    const notebookDocument = { uri: this.uri, version: ++this.version };
    return editor.connection.sendNotification('notebookDocument/didChange', { notebookDocument, change: { cells } });
  }

  private textDocument(name: string, text: string) {
    return { uri: this.cell(name), languageId: 'python', version: 1, text };
  }
}

describe('a notebook', () => {
  test('is one text: what a cell finds stands in it, names of earlier cells are known', async () => {
    const book = await new Notebook().open({ a: 'shared = 1', b: '%%time\nbad(shared)', c: '!ls bad\nshared' });
    assert.deepEqual(await editor.diagnostics(book.cell('a')), []);
    assert.deepEqual(
      (await editor.diagnostics(book.cell('b'))).map(({ code, range }) => [code, range]),
      [['RIP901', at(1, 0, 3)]],
    );
    assert.deepEqual(await editor.diagnostics(book.cell('c')), []);
  });

  test('a cell of another language holds nothing', async () => {
    const book = await new Notebook().open({ a: '%%bash\nbad', b: 'bad' });
    assert.deepEqual(await editor.diagnostics(book.cell('a')), []);
    assert.equal((await editor.diagnostics(book.cell('b'))).length, 1);
  });

  test('an edit of one cell has the others asked for again, once something changes there', async () => {
    const book = await new Notebook().open({ a: 'shared = 1', b: 'shared' });
    await editor.pull(book.cell('a'));
    const first = await editor.pull(book.cell('b'));
    assert.deepEqual(first.kind === 'full' && first.items, []);
    const before = editor.countAsked('workspace/diagnostic/refresh');
    await book.type('a', { range: at(0, 10), text: '0' });
    await editor.pull(book.cell('a'));
    assert.equal(editor.countAsked('workspace/diagnostic/refresh'), before);
    await book.type('a', { range: at(0, 0, 6), text: 'other' });
    await editor.pull(book.cell('a'));
    await editor.untilAsked('workspace/diagnostic/refresh');
    const second = await editor.pull(book.cell('b'), first.resultId);
    assert.equal(second.kind === 'full' && second.items[0]?.code, 'RIP903');
  });

  test('cells come, go and move', async () => {
    const book = await new Notebook().open({ a: 'x = 1', b: 'bad' });
    await book.insert(0, 'new', 'y = bad');
    assert.deepEqual((await editor.diagnostics(book.cell('new')))[0]?.range, at(0, 4, 7));
    assert.deepEqual((await editor.diagnostics(book.cell('b')))[0]?.relatedInformation?.[0]?.location, {
      uri: book.cell('new'),
      range: at(0, 4, 7),
    });
    await book.move(0, ['a', 'b', 'new']);
    assert.equal((await editor.diagnostics(book.cell('b')))[0]?.relatedInformation, undefined);
    await book.remove(2, 'new');
    assert.deepEqual(await editor.diagnostics(book.cell('new')), []);
    assert.equal((await editor.diagnostics(book.cell('b'))).length, 1);
  });

  test('a fix is made in its cell', async () => {
    const book = await new Notebook().open({ a: 'x = 1', b: 'y = 2\nbad' });
    const [mend] = await editor.actions(book.cell('b'), at(1, 0), ['quickfix']);
    assert.deepEqual(mend?.edit?.documentChanges, [
      { textDocument: { uri: book.cell('b'), version: 1 }, edits: [{ range: at(1, 0, 3), newText: 'good' }] },
    ]);
  });

  test('has lenses for blocks within cells and for what was measured, none for cells', async () => {
    const book = await new Notebook().open({ a: '# %%\nx = 1', b: 'y = 2\nwith pool:\n    pass' });
    const uri = book.cell('a');
    assert.deepEqual(await editor.lenses(uri), []);
    await editor.measured({ uri, version: 1, startLine: 0, endLine: 1, summary: '2 s', times: [] });
    assert.deepEqual(
      (await editor.lenses(uri)).map(({ command }) => command?.title),
      ['2 s'],
    );
    assert.deepEqual(
      (await editor.lenses(book.cell('b'))).map(({ command }) => command?.arguments),
      [[{ uri: book.cell('b'), lines: { startLine: 1, endLine: 2 } }]],
    );
  });
});
