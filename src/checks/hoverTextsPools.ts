import type { HoverText } from './hoverTexts.ts';

const futures = 'https://docs.python.org/3/library/concurrent.futures.html';
const pool = 'https://docs.python.org/3/library/multiprocessing.html#multiprocessing.pool';

const executors: Record<string, HoverText> = {
  ThreadPoolExecutor: {
    text: 'Runs calls in **threads** of this process, at most `min(32, CPUs + 4)` unless you say how many. The GIL lets one at a time run Python code: a gain for work that waits, hardly any for Python code that computes.',
    url: `${futures}#concurrent.futures.ThreadPoolExecutor`,
  },
  ProcessPoolExecutor: {
    text: 'Runs calls in **processes**, each with a GIL of its own: for Python code that computes. Functions, arguments and results are pickled; with `spawn` and `forkserver` the main file is imported, so it needs `if __name__ == "__main__":`.',
    url: `${futures}#concurrent.futures.ProcessPoolExecutor`,
  },
  InterpreterPoolExecutor: {
    text: 'Runs calls in **threads** of this process, each with an interpreter and a GIL of its own, so that Python code computes side by side. They share no objects: functions, arguments and results are copied.',
    url: `${futures}#concurrent.futures.InterpreterPoolExecutor`,
  },
};

/** Methods that say the same of all executors. */
const executorMethods: Record<string, HoverText> = {
  submit: {
    text: '**Eager**: the call is queued now and runs as soon as a worker is free; this returns at once. Its exception waits in the future until someone asks for the result.',
    url: `${futures}#concurrent.futures.Executor.submit`,
  },
  map: {
    text: '**Eager** in, **lazy** out: all calls are submitted now (with `buffersize`, so many), and results come in order as you go through them. Who never reads them never sees an exception.',
    url: `${futures}#concurrent.futures.Executor.map`,
  },
  shutdown: {
    text: 'Takes no more calls, and waits for those that were submitted unless `wait=False`. Leaving a `with` does the same.',
    url: `${futures}#concurrent.futures.Executor.shutdown`,
  },
};

const pools: Record<string, HoverText> = {
  'multiprocessing.Pool': {
    text: 'Runs calls in **processes**, each with a GIL of its own, started at once, one per CPU unless you say how many. Leaving its `with` stops them, even at work: get the results before.',
    url: `${pool}.Pool`,
  },
  'multiprocessing.pool.ThreadPool': {
    text: 'A pool of **threads** of this process with the methods of `Pool`: nothing is pickled, and one at a time runs Python code because of the GIL. Leaving its `with` drops all results that are not there yet.',
    url: `${pool}.ThreadPool`,
  },
};

/** Methods that say the same of both pools. */
const poolMethods: Record<string, HoverText> = {
  map: {
    text: '**Blocks** until all results are there, and gives them as a list in order. The items go to the workers in chunks.',
    url: `${pool}.Pool.map`,
  },
  starmap: {
    text: '**Blocks** until all results are there, like `map`; each item is a tuple of arguments.',
    url: `${pool}.Pool.starmap`,
  },
  map_async: {
    text: 'Returns at once; the calls run on. `get()` of what it gives waits for the list, and raises an exception of a call.',
    url: `${pool}.Pool.map_async`,
  },
  starmap_async: {
    text: 'Returns at once; the calls run on. `get()` of what it gives waits for the list, and raises an exception of a call.',
    url: `${pool}.Pool.starmap_async`,
  },
  imap: {
    text: 'Each result as soon as it and those before it are there. The items are taken **eagerly**, however slowly you read, and go out one by one unless there is a `chunksize`.',
    url: `${pool}.Pool.imap`,
  },
  imap_unordered: {
    text: 'Each result as soon as it is there, in any order. The items are taken **eagerly**, however slowly you read, and go out one by one unless there is a `chunksize`.',
    url: `${pool}.Pool.imap_unordered`,
  },
  apply: {
    text: '**Blocks** until the call is done, so calls in a row run one after another. `apply_async` does not wait.',
    url: `${pool}.Pool.apply`,
  },
  apply_async: {
    text: 'Returns at once; the call runs in the pool. `get()` of what it gives waits, and raises an exception of the call, which is lost otherwise.',
    url: `${pool}.Pool.apply_async`,
  },
};

/** Executors and pools, and what they give. */
export const poolTexts: [string, HoverText][] = [
  ...Object.entries(executors).flatMap(([name, text]) =>
    withMethods(`concurrent.futures.${name}`, text, executorMethods),
  ),
  ...Object.entries(pools).flatMap(([name, text]) => withMethods(name, text, poolMethods)),
  [
    'concurrent.futures.Future',
    {
      text: 'Stands for the result of a call that was submitted: the call runs, or waits for a worker, whether or not anyone asks for the result.',
      url: `${futures}#concurrent.futures.Future`,
    },
  ],
  [
    'concurrent.futures.Future.result',
    {
      text: '**Blocks** until the call is done, and gives its result or raises its exception. Submit all calls before you wait for the first.',
      url: `${futures}#concurrent.futures.Future.result`,
    },
  ],
  [
    'concurrent.futures.Future.exception',
    {
      text: '**Blocks** until the call is done, and gives its exception without raising it.',
      url: `${futures}#concurrent.futures.Future.exception`,
    },
  ],
  [
    'concurrent.futures.Future.cancel',
    {
      text: 'Works only while the call has not begun. What runs can’t be stopped.',
      url: `${futures}#concurrent.futures.Future.cancel`,
    },
  ],
  [
    'concurrent.futures.as_completed',
    {
      text: 'Gives each future as soon as it is done, the fastest first; waits in between. `result()` of such a future does not wait.',
      url: `${futures}#concurrent.futures.as_completed`,
    },
  ],
  [
    'concurrent.futures.wait',
    {
      text: '**Blocks** until all futures are done, or the first with `return_when`. It raises no exception of theirs: ask for their results.',
      url: `${futures}#concurrent.futures.wait`,
    },
  ],
  [
    'multiprocessing.pool.AsyncResult',
    {
      text: 'Stands for the result of a call that a pool runs. Without `get()` its exception is lost.',
      url: `${pool}.AsyncResult`,
    },
  ],
  [
    'multiprocessing.pool.AsyncResult.get',
    {
      text: '**Blocks** until the call is done, and gives its result or raises its exception.',
      url: `${pool}.AsyncResult.get`,
    },
  ],
  [
    'multiprocessing.pool.AsyncResult.wait',
    {
      text: '**Blocks** until the call is done. It raises no exception of the call: `get()` does.',
      url: `${pool}.AsyncResult.wait`,
    },
  ],
];

function withMethods(type: string, text: HoverText, methods: Record<string, HoverText>): [string, HoverText][] {
  const members = Object.entries(methods).map(([name, each]): [string, HoverText] => [`${type}.${name}`, each]);
  return [[type, text], ...members];
}
