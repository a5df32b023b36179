import { sortPackages } from './installCommand.ts';

/** What is known of an exception that ended a program. */
export interface MissingEvidence {
  /** The exception's class, with its module when it isn't a built-in one. */
  type: string;
  message: string;
  /** ModuleNotFoundError only. */
  module: string | null;
}

/**
 * Well-known packages by the module that they provide. Only these are offered for installing: a name that nobody knows may be a module of
 * the user's own that wasn't found, and who installs a package of that name runs a stranger's code.
 */
const byModule: Record<string, string> = {
  ...sameName(
    'aiohttp altair anyio bokeh cloudpickle cupy cython datasets dask duckdb fastapi fastparquet flask fsspec gevent geopandas graphviz',
    'h5py httpx ibis ipywidgets jax jinja2 joblib keras lightgbm loky lxml matplotlib modin mpi4py networkx nltk numba numexpr numpy',
    'openpyxl orjson pandas pathos plotly polars psutil psycopg pyarrow pydantic pyspark pytest ray redis requests s3fs scipy seaborn',
    'shapely spacy sqlalchemy statsmodels sympy tables tabulate tensorflow toolz torch tornado tqdm transformers trio uvloop vaex xarray',
    'xgboost xlrd zarr zstandard',
  ),
  bs4: 'beautifulsoup4',
  cv2: 'opencv-python',
  dateutil: 'python-dateutil',
  delta: 'delta-spark',
  distributed: 'dask[distributed]',
  dotenv: 'python-dotenv',
  IPython: 'ipython',
  PIL: 'pillow',
  skimage: 'scikit-image',
  sklearn: 'scikit-learn',
  yaml: 'PyYAML',
  zmq: 'pyzmq',
};

function sameName(...lines: string[]): Record<string, string> {
  return Object.fromEntries(lines.flatMap(line => line.split(' ')).map(name => [name, name]));
}

/** What libraries say when one that they can do without is missing: its name is the first group, unless another text is given. */
const sentences: [pattern: RegExp, packages: (name: string, version: string) => string][] = [
  [/^Missing optional dependency '([\w.-]+)'/, known], // pandas until 2
  [/^`Import ([\w.-]+)` failed\./, known], // pandas 3
  [/^Unable to find a usable engine; tried using: 'pyarrow'/, () => 'pyarrow'], // pandas' read_parquet
  [/^(matplotlib) is required for plotting/, known], // pandas
  [/^`?(pyarrow)`? not installed$/, known], // Dask's read_parquet
  [/^Dask (array|bag|dataframe|delayed|diagnostics) requirements are not installed/, part => `dask[${part}]`],
  [/^[Dd]ask\.?\s?(distributed) is not installed/, part => `dask[${part}]`],
  [/requires '(\w+)' module to be installed/, known], // polars
  [/^required package '(\w+)' not found/, known], // polars
  // Spark
  [/\b(Pandas|PyArrow|NumPy) >= ([\d.]+) must be installed/i, (name, version) => `${name.toLowerCase()}>=${version}`],
  // Spark Connect, which names one of several that it needs.
  [
    /\b(?:grpcio|grpcio-status|googleapis-common-protos|zstandard) >= [\d.]+ must be installed/,
    () => 'pyspark[connect]',
  ],
];

function known(name: string): string {
  const [top = ''] = name.split('.');
  return Object.hasOwn(byModule, top) ? (byModule[top] ?? '') : Object.values(byModule).includes(name) ? name : '';
}

/**
 * The packages, as pip takes them, for want of which a program ended; empty when that isn't why, or when it isn't known which package
 * provides the module.
 */
export function missingPackages({ type, message, module }: MissingEvidence): string[] {
  const isImport = /(^|\.)(\w*ImportError|ModuleNotFoundError|RuntimeError)$/.test(type);
  if (!isImport) return [];
  return sortPackages([module === null ? fromSentence(message) : fromModule(module)]).accepted;
}

/** `pandas.nothing` is missing from a pandas that is there, but the parts of Dask are packages of their own. */
function fromModule(module: string): string {
  return module.includes('.') ? '' : module === 'dask' ? 'dask[dataframe,distributed]' : known(module);
}

function fromSentence(message: string): string {
  for (const [pattern, packages] of sentences) {
    const [, name = '', version = ''] = pattern.exec(message) ?? [];
    if (name !== '' || pattern.test(message)) return packages(name, version);
  }
  return '';
}

/** A missing package is a matter of the set-up, not of the program. */
export function lacksPackage(error: MissingEvidence): boolean {
  return error.type === 'ModuleNotFoundError' || missingPackages(error).length > 0;
}

/** What to do about it, naming the package and the interpreter; '' when nothing is missing. @param command the interpreter's command line */
export function missingPackageAdvice(error: MissingEvidence, command: string): string {
  const packages = missingPackages(error);
  if (packages.length > 0) {
    const install = `${command} -m pip install ${packages.map(quoted).join(' ')}`;
    return `${command} lacks ${packages.join(', ')}. Install it (${install}), create an environment for the workspace, or choose another interpreter.`;
  }
  if (error.type !== 'ModuleNotFoundError' || error.module === null) return '';
  const [top = '', ...rest] = error.module.split('.');
  if (partsOfPython.includes(top)) {
    return `${command} was built or installed without ${top}, a part of Python itself. Choose another interpreter, or install that part with your system's packages.`;
  }
  if (rest.length > 0) {
    return `${command} has ${top}, but no ${error.module}: another version of it may, or choose another interpreter.`;
  }
  return `${command} has no module ${error.module}. Install what provides it with that interpreter, or choose another one.`;
}

/** What Debian's packages, and Pythons built without a library, leave out. */
const partsOfPython =
  '_bz2 _ctypes _curses _lzma _sqlite3 _ssl _tkinter distutils ensurepip sqlite3 tkinter venv'.split(' ');

/** Brackets and comparison signs mean something to a shell. */
function quoted(name: string): string {
  return /^[\w.-]+$/.test(name) ? name : `"${name}"`;
}
