import type { HoverText } from './hoverTexts.ts';

const threading = 'https://docs.python.org/3/library/threading.html';
const multiprocessing = 'https://docs.python.org/3/library/multiprocessing.html';
const queue = 'https://docs.python.org/3/library/queue.html';

/** Threads and processes made one by one, what they share, and how they are started. */
export const threadTexts: [string, HoverText][] = [
  [
    'threading.Thread',
    {
      text: 'A **thread** of this process, which sees all its objects. The GIL lets one thread at a time run Python code: a gain for work that waits, hardly any for Python code that computes.',
      url: `${threading}#threading.Thread`,
    },
  ],
  [
    'threading.Thread.start',
    {
      text: 'Starts the **thread** and returns at once. A thread can be started only once.',
      url: `${threading}#threading.Thread.start`,
    },
  ],
  [
    'threading.Thread.join',
    {
      text: 'Waits until the thread has ended, without the GIL. An exception in the thread is printed there, and not raised here.',
      url: `${threading}#threading.Thread.join`,
    },
  ],
  [
    'threading.Timer',
    {
      text: 'A **thread** that waits for some seconds and then calls the function, unless `cancel()` came first.',
      url: `${threading}#threading.Timer`,
    },
  ],
  [
    'threading.Lock',
    {
      text: 'For the **threads** of this process: one at a time holds it. Those that wait for it do so without the GIL. The GIL itself does not make `x += 1` safe.',
      url: `${threading}#threading.Lock`,
    },
  ],
  [
    'threading.RLock',
    {
      text: 'For the **threads** of this process: the thread that holds it may acquire it again, and has to release it as often.',
      url: `${threading}#threading.RLock`,
    },
  ],
  [
    'threading.Semaphore',
    {
      text: 'For the **threads** of this process: so many at a time get past `acquire`, the others wait without the GIL.',
      url: `${threading}#threading.Semaphore`,
    },
  ],
  [
    'threading.BoundedSemaphore',
    {
      text: 'For the **threads** of this process: so many at a time get past `acquire`. To release it more often than it was acquired is an error.',
      url: `${threading}#threading.BoundedSemaphore`,
    },
  ],
  [
    'threading.Event',
    {
      text: 'A flag for the **threads** of this process: `wait` blocks, without the GIL, until another thread calls `set`.',
      url: `${threading}#threading.Event`,
    },
  ],
  [
    'threading.Condition',
    {
      text: 'A lock for the **threads** of this process with `wait`: it lets go of the lock until another thread calls `notify`.',
      url: `${threading}#threading.Condition`,
    },
  ],
  [
    'threading.Barrier',
    {
      text: 'The **threads** of this process wait here until so many have come, then all go on.',
      url: `${threading}#threading.Barrier`,
    },
  ],
  [
    'threading.local',
    {
      text: 'Each **thread** has attributes of its own in it. Threads of a pool keep theirs from one task to the next.',
      url: `${threading}#threading.local`,
    },
  ],
  [
    'queue.Queue',
    {
      text: 'Hands objects from **thread** to thread of this process, without a copy, and needs no lock. `get` waits for an item, and `put` for room, without the GIL.',
      url: `${queue}#queue.Queue`,
    },
  ],
  [
    'queue.LifoQueue',
    {
      text: 'Hands objects from **thread** to thread of this process, the newest first, and needs no lock.',
      url: `${queue}#queue.LifoQueue`,
    },
  ],
  [
    'queue.PriorityQueue',
    {
      text: 'Hands objects from **thread** to thread of this process, the smallest first, and needs no lock.',
      url: `${queue}#queue.PriorityQueue`,
    },
  ],
  [
    'queue.SimpleQueue',
    {
      text: 'Hands objects from **thread** to thread of this process, and needs no lock. It has no bound, so `put` never waits.',
      url: `${queue}#queue.SimpleQueue`,
    },
  ],
  [
    'multiprocessing.Process',
    {
      text: 'A **process** with an interpreter and a GIL of its own. It shares no objects with this one: what it changes stays there.',
      url: `${multiprocessing}#multiprocessing.Process`,
    },
  ],
  [
    'multiprocessing.Process.start',
    {
      text: 'Starts the **process** and returns. With `spawn` and `forkserver` the new process imports the main file, and the target and its arguments are pickled.',
      url: `${multiprocessing}#multiprocessing.Process.start`,
    },
  ],
  [
    'multiprocessing.Process.join',
    {
      text: 'Waits until the process has ended. An exception in it is not raised here: see `exitcode`.',
      url: `${multiprocessing}#multiprocessing.Process.join`,
    },
  ],
  [
    'multiprocessing.Lock',
    {
      text: 'For **processes** and their threads: one at a time holds it. A process gets it as an argument of `Process` or by a pool’s initializer.',
      url: `${multiprocessing}#multiprocessing.Lock`,
    },
  ],
  [
    'multiprocessing.RLock',
    {
      text: 'For **processes** and their threads: who holds it may acquire it again, and has to release it as often.',
      url: `${multiprocessing}#multiprocessing.RLock`,
    },
  ],
  [
    'multiprocessing.Semaphore',
    {
      text: 'For **processes** and their threads: so many at a time get past `acquire`.',
      url: `${multiprocessing}#multiprocessing.Semaphore`,
    },
  ],
  [
    'multiprocessing.Event',
    {
      text: 'A flag that **processes** share: `wait` blocks until one of them calls `set`.',
      url: `${multiprocessing}#multiprocessing.Event`,
    },
  ],
  [
    'multiprocessing.Queue',
    {
      text: 'Hands objects from **process** to process: each is pickled, and what comes out is a copy. `put` returns before that; a thread in the background writes to the pipe.',
      url: `${multiprocessing}#multiprocessing.Queue`,
    },
  ],
  [
    'multiprocessing.JoinableQueue',
    {
      text: 'A queue between **processes** whose `join` waits until `task_done` was called for every item. Items are pickled.',
      url: `${multiprocessing}#multiprocessing.JoinableQueue`,
    },
  ],
  [
    'multiprocessing.SimpleQueue',
    {
      text: 'A pipe with a lock between **processes**: `put` pickles the object and writes it at once, and blocks when the pipe is full.',
      url: `${multiprocessing}#multiprocessing.SimpleQueue`,
    },
  ],
  [
    'multiprocessing.Manager',
    {
      text: 'Starts a **process** that holds lists, dicts and more. Other processes use them by proxies: each access is a message to it.',
      url: `${multiprocessing}#multiprocessing.Manager`,
    },
  ],
  [
    'multiprocessing.Value',
    {
      text: 'A C value in memory that **processes** share. `value += 1` is a read and a write: hold `get_lock()` around it.',
      url: `${multiprocessing}#multiprocessing.Value`,
    },
  ],
  [
    'multiprocessing.Array',
    {
      text: 'C values of one kind in memory that **processes** share, without pickling.',
      url: `${multiprocessing}#multiprocessing.Array`,
    },
  ],
  [
    'multiprocessing.cpu_count',
    {
      text: 'The CPUs of the machine. An affinity may allow this process fewer: `os.process_cpu_count()` from Python 3.13 on, `len(os.sched_getaffinity(0))` on Linux. A container’s CPU quota shows in none of them.',
      url: `${multiprocessing}#multiprocessing.cpu_count`,
    },
  ],
  [
    'os.cpu_count',
    {
      text: 'The CPUs of the machine. An affinity may allow this process fewer: `os.process_cpu_count()` from Python 3.13 on, `len(os.sched_getaffinity(0))` on Linux. A container’s CPU quota shows in none of them.',
      url: 'https://docs.python.org/3/library/os.html#os.cpu_count',
    },
  ],
  [
    'multiprocessing.set_start_method',
    {
      text: 'How all later **processes** start: `fork` copies this one, `spawn` and `forkserver` begin anew and import the main file. Once per program, within `if __name__ == "__main__":`.',
      url: `${multiprocessing}#multiprocessing.set_start_method`,
    },
  ],
  [
    'multiprocessing.get_context',
    {
      text: 'The same functions as `multiprocessing`, with a start method of their own. Other code of the program keeps its own.',
      url: `${multiprocessing}#multiprocessing.get_context`,
    },
  ],
];
