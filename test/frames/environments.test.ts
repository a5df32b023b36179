// The environments themselves: real libraries, run through the product, give the same results in every one of them.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { framesPythons, succeeded } from './support/harness.ts';

const source = `
import dask.dataframe as ddf, duckdb, json, pandas as pd, polars as pl
from_pandas = pd.read_csv("people.csv")
from_dask = ddf.read_csv("people.csv")
print(json.dumps({
    "pandas": int((from_pandas["salary"] ** 2).sum()),
    "dask": int((from_dask["salary"] ** 2).sum().compute()),
    "polars": int((pl.read_csv("people.csv")["salary"] ** 2).sum()),
    "duckdb": int(duckdb.sql("select sum(salary * salary) from 'people.csv'").fetchall()[0][0]),
}))
`;

for (const python of framesPythons) {
  test(`pandas, Dask, polars and DuckDB agree on one file: ${python}`, async t => {
    const cwd = mkdtempSync(join(tmpdir(), 'rip-frames-'));
    t.after(() => rmSync(cwd, { recursive: true, force: true }));
    const rows = Array.from({ length: 1000 }, (_, i) => `person ${i},${i * 7}`);
    writeFileSync(join(cwd, 'people.csv'), `name,salary\n${rows.join('\n')}\n`);
    const expected = rows.reduce((sum, _, i) => sum + (i * 7) ** 2, 0);
    const { stdout } = await succeeded(t, { source, python, cwd });
    assert.deepEqual(JSON.parse(stdout), { pandas: expected, dask: expected, polars: expected, duckdb: expected });
  });
}
