// Restricted Mode: code is checked, as that runs nothing.
import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { createSuite } from '../support/vscode/harness.ts';
import { openPython, until } from './support.ts';

const suite = createSuite();

suite.test('in an untrusted workspace mistakes are shown', async () => {
  assert.equal(vscode.workspace.isTrusted, false);
  const { document } = await openPython(
    'from concurrent.futures import ThreadPoolExecutor\nwith ThreadPoolExecutor() as pool:\n    pool.map(work, [1])\n',
  );
  await until(
    'there is a diagnostic',
    () => vscode.languages.getDiagnostics(document.uri).map(({ source }) => source),
    sources => sources.includes('Run in Parallel'),
  );
});

export const run = suite.run;
