import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

const root = join(import.meta.dirname, '..', '..', '..');

/** The fields that the notebook format 4.5 demands (nbformat's JSON schema). */
interface Notebook {
  nbformat: unknown;
  nbformat_minor: unknown;
  metadata: unknown;
  cells: Record<string, unknown>[];
}

test('the notebook holds what the format 4.5 demands, and no outputs', () => {
  const notebook = JSON.parse(readFileSync(join(root, 'samples', 'python_concurrency.ipynb'), 'utf8')) as Notebook;
  assert.equal(notebook.nbformat, 4);
  assert.equal(notebook.nbformat_minor, 5);
  assert.equal(typeof notebook.metadata, 'object');
  const ids = new Set<unknown>();
  for (const cell of notebook.cells) {
    assert.match(String(cell.id), /^[a-zA-Z0-9_-]{1,64}$/);
    ids.add(cell.id);
    assert.deepEqual(cell.metadata, {});
    assert.ok(Array.isArray(cell.source) && cell.source.length > 0);
    assert.ok(cell.source.slice(0, -1).every(line => typeof line === 'string' && line.endsWith('\n')));
    const code = { cell_type: 'code', execution_count: null, outputs: [] };
    const { id: _, metadata: __, source: ___, ...rest } = cell;
    assert.deepEqual(rest, cell.cell_type === 'code' ? code : { cell_type: 'markdown' });
  }
  assert.equal(ids.size, notebook.cells.length, 'two cells have the same id');
});

test('the notebook has the cells of the samples', () => {
  execFileSync(process.execPath, [join(root, 'scripts', 'sample-notebook.mjs'), '--check'], { stdio: 'inherit' });
});
