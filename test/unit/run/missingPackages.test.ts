import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lacksPackage, missingPackageAdvice, missingPackages } from '../../../src/run/missingPackages.ts';

const noModule = (module: string) => ({
  type: 'ModuleNotFoundError',
  message: `No module named '${module}'`,
  module,
});
const importError = (message: string, type = 'ImportError') => ({ type, message, module: null });

test('the package that provides a missing module, by the name that pip knows', () => {
  for (const [module, name] of [
    ['pandas', 'pandas'],
    ['sklearn', 'scikit-learn'],
    ['cv2', 'opencv-python'],
    ['PIL', 'pillow'],
    ['yaml', 'PyYAML'],
    ['dask', 'dask[dataframe,distributed]'],
    ['distributed', 'dask[distributed]'],
    ['pyspark', 'pyspark'],
  ] as const) {
    assert.deepEqual(missingPackages(noModule(module)), [name]);
  }
});

test('a module that nobody knows, part of an installed package, or of Python itself is not offered', () => {
  for (const module of ['helpers', 'my_project', 'pandas.nothing', 'dask.cuda', '_tkinter', 'toString', '__proto__']) {
    assert.deepEqual(missingPackages(noModule(module)), [], module);
    assert.equal(lacksPackage(noModule(module)), true, 'but it is a matter of the set-up');
  }
});

test('what libraries say when another one is missing', () => {
  // Word for word: pandas 1.5, 2.3 and 3.1, Dask 2023 and 2026, polars, Spark.
  const said: [message: string, packages: string[], type?: string][] = [
    ["Missing optional dependency 'pyarrow'.  Use pip or conda to install pyarrow.", ['pyarrow']],
    ["Missing optional dependency 'openpyxl'.  Use pip or conda to install openpyxl.", ['openpyxl']],
    [
      '`Import pyarrow` failed.  Use pip, conda, or your preferred package management tool to install the pyarrow package.',
      ['pyarrow'],
    ],
    ["Unable to find a usable engine; tried using: 'pyarrow', 'fastparquet'.\nA suitable version of …", ['pyarrow']],
    [
      'Dask dataframe requirements are not installed.\n\nPlease either conda or pip install as follows:',
      ['dask[dataframe]'],
    ],
    ['dask.distributed is not installed.\n\nPlease either conda or pip install distributed:', ['dask[distributed]']],
    ["pa.Table requires 'pyarrow' module to be installed", ['pyarrow'], 'ModuleNotFoundError'],
    [
      '[PACKAGE_NOT_INSTALLED] PyArrow >= 18.0.0 must be installed; however, it was not found.',
      ['pyarrow>=18.0.0'],
      'pyspark.errors.exceptions.base.PySparkImportError',
    ],
    ...['grpcio', 'grpcio-status', 'googleapis-common-protos', 'zstandard'].map((name): [string, string[], string] => [
      `[PACKAGE_NOT_INSTALLED] ${name} >= 1.76.0 must be installed; however, it was not found.`,
      ['pyspark[connect]'],
      'pyspark.errors.exceptions.base.PySparkImportError',
    ]),
    ["Missing optional dependency 'something-odd'.  Use pip or conda to install something-odd.", []],
    ['matplotlib is required for plotting when the default backend "matplotlib" is selected.', ['matplotlib']],
    ["cannot import name 'x' from 'y'", []],
  ];
  for (const [message, packages, type] of said)
    assert.deepEqual(missingPackages(importError(message, type)), packages, message);
  assert.deepEqual(missingPackages(importError("Missing optional dependency 'pyarrow'.", 'ValueError')), []);
  assert.equal(lacksPackage(importError("cannot import name 'x' from 'y'")), false);
});

test('what to do names the package and the interpreter', () => {
  assert.equal(
    missingPackageAdvice(noModule('dask'), '/venv/bin/python'),
    '/venv/bin/python lacks dask[dataframe,distributed]. Install it (/venv/bin/python -m pip install "dask[dataframe,distributed]"), ' +
      'create an environment for the workspace, or choose another interpreter.',
  );
  assert.match(missingPackageAdvice(noModule('helpers'), 'py'), /^py has no module helpers\. Install what provides it/);
  assert.match(missingPackageAdvice(noModule('pandas.nothing'), 'py'), /^py has pandas, but no pandas\.nothing:/);
  assert.match(missingPackageAdvice(noModule('_tkinter'), 'py'), /^py was built or installed without _tkinter/);
  assert.equal(missingPackageAdvice(importError("cannot import name 'x' from 'y'"), 'py'), '');
});
