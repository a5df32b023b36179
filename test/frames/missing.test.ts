// What pandas says when a package is missing that it can do without otherwise: no ModuleNotFoundError, and worded anew in each major version.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exitCodeOf } from '../../src/cli/exitCode.ts';
import { framesPythons, ran } from './support/harness.ts';

const cases: [what: string, source: string, name: string][] = [
  ['read_excel', 'pd.read_excel("people.xlsx", engine="openpyxl")', 'openpyxl'],
  ['plot', 'pd.DataFrame({"a": [1, 2]}).plot()', 'matplotlib'],
  ['read_parquet, pyarrow hidden', 'pd.read_parquet("people.parquet")', 'pyarrow'],
];

for (const python of framesPythons) {
  for (const [what, source, name] of cases) {
    test(`${what}: ${name} is named, and it's a matter of the set-up: ${python}`, async t => {
      const hide = `import sys\nsys.modules["pyarrow"] = sys.modules["fastparquet"] = None\n`;
      const program = `${name === 'pyarrow' ? hide : ''}import pandas as pd\n${source}\n`;
      const { outcome, stderr } = await ran(t, { source: program, python });
      assert.equal(outcome.status, 'failed');
      assert.equal(outcome.programError?.advice.startsWith(`${python} lacks ${name}. Install it (`), true, stderr);
      assert.equal(exitCodeOf(outcome), 3);
    });
  }
}
