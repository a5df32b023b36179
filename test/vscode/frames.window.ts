// A Dask frame in a real VS Code: its columns are shown, and nothing is computed until "Show first rows" is clicked.
import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import * as vscode from 'vscode';
import { createSuite, skip } from '../support/vscode/harness.ts';
import { page } from '../support/vscode/page.ts';
import { cleanUp, openPython, until, untilPanel } from './support.ts';

const suite = createSuite();
const settings = () => vscode.workspace.getConfiguration('runInParallel');
suite.afterEach(async () => {
  await settings().update('pythonPath', undefined, vscode.ConfigurationTarget.Global);
  await cleanUp();
});

interface ShownFrame {
  heads: string[];
  rows: number;
  first: string;
  summary: string;
  hasButton: boolean;
}

/** The frames of each section whose output is open, newest section first. */
function frames(): Promise<ShownFrame[][]> {
  return page.evaluateInWebview<ShownFrame[][]>(`[...document.querySelectorAll('.section')].map(section =>
    [...section.querySelectorAll('.frame')].map(frame => ({
      heads: [...frame.querySelectorAll('thead th')].map(head => head.textContent),
      rows: frame.querySelectorAll('tbody tr').length,
      first: [...frame.querySelectorAll('tbody tr:first-child > *')].map(cell => cell.textContent).join(' | '),
      summary: frame.querySelector('.frame-summary').textContent,
      hasButton: frame.querySelector('.frame-button') !== null,
    })))`);
}

suite.test('a lazy frame is computed when its first rows are asked for, and only that one', async () => {
  if (!page.available) skip('this VS Code has no page to drive; the launcher of test/support/vscode provides one');
  const [python] = (process.env.RUN_IN_PARALLEL_FRAMES_PYTHONS ?? '').split(delimiter);
  if (!python) skip('no environment with Dask is named in RUN_IN_PARALLEL_FRAMES_PYTHONS; npm test makes one');
  await settings().update('pythonPath', python, vscode.ConfigurationTarget.Global);
  const folder = mkdtempSync(join(tmpdir(), 'rip-frames-'));
  const cell = `# %%
import pandas as pd
import dask.dataframe as dd

def part(n, name):
    open(f${JSON.stringify(`${folder}/{name}-{n}`)}, 'w').close()
    return pd.DataFrame({'n': range(n * 1000, n * 1000 + 1000), 'half': 0.5})

def frame(name):
    return dd.from_map(part, range(4), name=name, meta=pd.DataFrame({'n': [1], 'half': [0.5]}).iloc[:0])

display(frame('other'))
frame('clicked')
`;
  await openPython(cell);
  await page.command('Run in Parallel');
  await untilPanel('the cell has run', text => /Finished in/.test(text));
  await page.click('[role=tab]:has-text("Output")', { frame: 'webview' });
  const [before] = await until('both frames are shown', frames, ([section]) => section?.length === 2);
  for (const shown of before ?? []) {
    assert.deepEqual(shown.heads, ['int64', 'nint64', 'halffloat64']);
    assert.deepEqual([shown.rows, shown.hasButton], [0, true]);
    assert.equal(shown.summary, 'Dask DataFrame · not computed · 2 columns · 4 partitions · divisions not known');
  }
  assert.equal(existsSync(join(folder, 'clicked-0')), false, 'nothing was computed');
  await page.screenshot('vscode-frame-lazy');

  await page.click('.section .frame:last-of-type .frame-button >> nth=-1', { frame: 'webview' });
  const [after] = await until(
    'a second run shows the rows',
    frames,
    sections => sections.length === 2 && sections[0]?.[1]?.rows === 50,
  );
  const [other, clicked] = after ?? [];
  assert.deepEqual([other?.rows, other?.hasButton, clicked?.hasButton], [0, true, false]);
  assert.equal(clicked?.first, '0 | 0 | 0.5');
  assert.match(clicked?.summary ?? '', /1–50 of the first 100 rows shown · 2 columns · from the first of 4 partitions/);
  await untilPanel('it says why it ran again', text => text.includes('Run again to show the first rows of a frame'));
  const made = ['other-0', 'clicked-0', 'clicked-1'].map(name => existsSync(join(folder, name)));
  assert.deepEqual(made, [false, true, false], 'one partition of one frame was computed');
  await page.screenshot('vscode-frame-rows');
  rmSync(folder, { recursive: true, force: true });
});

export const run = suite.run;
