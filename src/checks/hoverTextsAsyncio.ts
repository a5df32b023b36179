import type { HoverText } from './hoverTexts.ts';

const docs = 'https://docs.python.org/3/library';
const tasks = `${docs}/asyncio-task.html`;
const sync = `${docs}/asyncio-sync.html`;
const loop = `${docs}/asyncio-eventloop.html`;

/** Tasks take turns on one thread; only what awaits lets others on. */
const oneThread = 'Tasks of an event loop take turns on **one thread**, at each `await` that has to wait';

export const asyncioTexts: [string, HoverText][] = [
  [
    'asyncio.run',
    {
      text: 'Runs a coroutine in a new event loop on **this thread** and **blocks** until it is done; tasks that are left then are cancelled. Where a loop runs already, as in a notebook, `await` the coroutine instead.',
      url: `${docs}/asyncio-runner.html#asyncio.run`,
    },
  ],
  [
    'asyncio.gather',
    {
      text: `Runs the coroutines side by side, and gives their results in order. ${oneThread}. After the first exception the others run on.`,
      url: `${tasks}#asyncio.gather`,
    },
  ],
  ...pair('asyncio.create_task', 'asyncio.AbstractEventLoop.create_task', {
    text: `Schedules the coroutine; it begins at the next \`await\` that has to wait. ${oneThread}. Keep a reference: the loop itself has only a weak one.`,
    url: `${tasks}#asyncio.create_task`,
  }),
  [
    'asyncio.Task',
    {
      text: `A coroutine that the event loop runs, awaited or not. ${oneThread}. Its exception shows when it is awaited.`,
      url: `${tasks}#asyncio.Task`,
    },
  ],
  [
    'asyncio.TaskGroup',
    {
      text: `Waits at the end of its \`async with\` for all its tasks; when one fails, it cancels the others. ${oneThread}.`,
      url: `${tasks}#asyncio.TaskGroup`,
    },
  ],
  [
    'asyncio.TaskGroup.create_task',
    {
      text: 'Schedules the coroutine as a task of the group, which keeps a reference to it and waits for it at the end of the `async with`.',
      url: `${tasks}#asyncio.TaskGroup.create_task`,
    },
  ],
  [
    'asyncio.to_thread',
    {
      text: 'Runs a blocking function in a **thread** of the loop’s executor, so that other tasks go on. The GIL stays: a gain for what waits, hardly any for Python code that computes.',
      url: `${tasks}#asyncio.to_thread`,
    },
  ],
  [
    'asyncio.AbstractEventLoop.run_in_executor',
    {
      text: 'Runs a blocking function in an executor, so that other tasks go on: with `None` in a **thread** of the loop’s own, with a `ProcessPoolExecutor` in a **process** with its own GIL.',
      url: `${loop}#asyncio.loop.run_in_executor`,
    },
  ],
  [
    'asyncio.AbstractEventLoop.run_until_complete',
    {
      text: 'Runs the event loop on **this thread** and **blocks** until the coroutine is done.',
      url: `${loop}#asyncio.loop.run_until_complete`,
    },
  ],
  [
    'asyncio.sleep',
    {
      text: 'Waits without a thread: the other tasks of the event loop run meanwhile. `time.sleep` would stop them all.',
      url: `${tasks}#asyncio.sleep`,
    },
  ],
  [
    'asyncio.wait_for',
    {
      text: 'Waits so many seconds at most, then cancels what it waits for and raises `TimeoutError`.',
      url: `${tasks}#asyncio.wait_for`,
    },
  ],
  [
    'asyncio.wait',
    {
      text: 'Waits until all tasks are done, or the first with `return_when`. It raises no exception of theirs, and cancels none at a timeout.',
      url: `${tasks}#asyncio.wait`,
    },
  ],
  [
    'asyncio.as_completed',
    {
      text: `Gives results as soon as they are there, the fastest first. ${oneThread}.`,
      url: `${tasks}#asyncio.as_completed`,
    },
  ],
  [
    'asyncio.Lock',
    {
      text: 'For the tasks of **one event loop**: one at a time holds it. It does not protect from other threads.',
      url: `${sync}#asyncio.Lock`,
    },
  ],
  [
    'asyncio.Semaphore',
    {
      text: 'For the tasks of **one event loop**: so many at a time get past `async with`. Not for threads.',
      url: `${sync}#asyncio.Semaphore`,
    },
  ],
  [
    'asyncio.BoundedSemaphore',
    {
      text: 'For the tasks of **one event loop**: so many at a time get past `async with`; to release it too often is an error. Not for threads.',
      url: `${sync}#asyncio.BoundedSemaphore`,
    },
  ],
  [
    'asyncio.Event',
    {
      text: 'A flag for the tasks of **one event loop**: `await event.wait()` waits until one calls `set`. Not for threads.',
      url: `${sync}#asyncio.Event`,
    },
  ],
  [
    'asyncio.Condition',
    {
      text: 'A lock with `wait` and `notify` for the tasks of **one event loop**. Not for threads.',
      url: `${sync}#asyncio.Condition`,
    },
  ],
  [
    'asyncio.Queue',
    {
      text: 'Hands objects from task to task of **one event loop**. Not for threads: `queue.Queue` is.',
      url: `${docs}/asyncio-queue.html#asyncio.Queue`,
    },
  ],
];

function pair(name: string, other: string, text: HoverText): [string, HoverText][] {
  return [
    [name, text],
    [other, text],
  ];
}
