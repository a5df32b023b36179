// Writes samples/python_concurrency.ipynb: the cells of the samples, but for the mistakes, in one notebook without outputs.
//   node scripts/sample-notebook.mjs           writes it
//   node scripts/sample-notebook.mjs --check   fails if it is out of date
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const samples = join(import.meta.dirname, '..', 'samples');
const target = join(samples, 'python_concurrency.ipynb');

/** The `# %%` cells of one sample. What stands above the first one is the file's docstring and stays out. */
function cellsOf(file) {
  const [, ...parts] = readFileSync(join(samples, file), 'utf8').split(/^# %%/m);
  return parts.map((part, index) => {
    const firstLineEnd = part.indexOf('\n');
    const text = part.slice(firstLineEnd + 1).trim();
    const id = `${file.replace(/\.py$/, '').replaceAll('_', '-')}-${index + 1}`;
    return part.slice(0, firstLineEnd).trim() === '[markdown]'
      ? { cell_type: 'markdown', id, metadata: {}, source: lines(text.replace(/^# ?/gm, '')) }
      : { cell_type: 'code', execution_count: null, id, metadata: {}, outputs: [], source: lines(text) };
  });
}

/** The notebook format wants a list of lines, each with its line end. */
function lines(text) {
  return text.split(/(?<=\n)/);
}

const files = readdirSync(samples)
  .filter(name => /^[1-57-9]_.*\.py$/.test(name))
  .sort();
const notebook = {
  cells: files.flatMap(cellsOf),
  metadata: {
    kernelspec: { display_name: 'Python 3', language: 'python', name: 'python3' },
    language_info: { name: 'python' },
  },
  nbformat: 4,
  nbformat_minor: 5,
};
const text = `${JSON.stringify(notebook, null, 1)}\n`;

if (!process.argv.includes('--check')) {
  writeFileSync(target, text);
} else if (readFileSync(target, 'utf8') !== text) {
  console.error('samples/python_concurrency.ipynb is out of date: run node scripts/sample-notebook.mjs');
  process.exitCode = 1;
}
