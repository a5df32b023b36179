import { frameAttributeTypes, frameConstructors, frameMethods } from './knownFrames.ts';
import { all, itself, methods, type TypeTable, words } from './typeTable.ts';

// What calls and attributes give, as far as rules need it: the class of a value by its full name. A name that is not in here gives null:
// rules are then silent. Results that can't be told from the text alone (a column or a frame?) are left out on purpose.

/** A call's full name → the type of what it gives. */
export const constructors: TypeTable = {
  ...itself(`concurrent.futures.ThreadPoolExecutor concurrent.futures.ProcessPoolExecutor concurrent.futures.InterpreterPoolExecutor
    multiprocessing.Pool multiprocessing.pool.ThreadPool multiprocessing.Process multiprocessing.Queue multiprocessing.JoinableQueue
    multiprocessing.SimpleQueue multiprocessing.Lock multiprocessing.RLock multiprocessing.Semaphore multiprocessing.Event
    multiprocessing.Condition multiprocessing.Barrier multiprocessing.Manager multiprocessing.Value multiprocessing.Array
    threading.Thread threading.Timer threading.Lock threading.RLock threading.Condition threading.Semaphore threading.BoundedSemaphore
    threading.Event threading.Barrier threading.local queue.Queue queue.LifoQueue queue.PriorityQueue queue.SimpleQueue
    asyncio.Lock asyncio.Semaphore asyncio.BoundedSemaphore asyncio.Event asyncio.Condition asyncio.Queue asyncio.TaskGroup
    asyncio.Runner subprocess.Popen socket.socket requests.Session aiohttp.ClientSession httpx.Client httpx.AsyncClient
    collections.deque collections.defaultdict collections.Counter collections.OrderedDict
    dask.distributed.Client dask.distributed.LocalCluster`),
  ...all('asyncio.create_task asyncio.ensure_future', 'asyncio.Task'),
  ...all('asyncio.get_running_loop asyncio.get_event_loop asyncio.new_event_loop', 'asyncio.AbstractEventLoop'),
  ...all('builtins.open io.open gzip.open bz2.open lzma.open codecs.open tempfile.TemporaryFile', 'io.IOBase'),
  ...all('socket.create_connection socket.create_server', 'socket.socket'),
  ...all('sqlite3.connect', 'sqlite3.Connection'),
  ...all(
    'requests.get requests.post requests.put requests.delete requests.head requests.patch requests.request',
    'requests.Response',
  ),
  ...all('urllib.request.urlopen', 'http.client.HTTPResponse'),
  ...all('multiprocessing.get_context', 'multiprocessing.context'),
  ...all('builtins.list builtins.sorted', 'builtins.list'),
  ...all('builtins.dict', 'builtins.dict'),
  ...all('builtins.set', 'builtins.set'),
  ...all(
    'builtins.map builtins.filter builtins.zip builtins.iter builtins.reversed builtins.enumerate',
    'builtins.iterator',
  ),
  ...all('builtins.int builtins.len', 'builtins.int'),
  ...all('builtins.float builtins.round', 'builtins.float'),
  ...all('builtins.str builtins.repr builtins.input', 'builtins.str'),
  ...frameConstructors,
};

/** `type.member` → the type of what a call of that method gives. */
export const methodResults: TypeTable = {
  ...all(
    `concurrent.futures.ThreadPoolExecutor.submit concurrent.futures.ProcessPoolExecutor.submit
    concurrent.futures.InterpreterPoolExecutor.submit`,
    'concurrent.futures.Future',
  ),
  ...all(
    `concurrent.futures.ThreadPoolExecutor.map concurrent.futures.ProcessPoolExecutor.map concurrent.futures.InterpreterPoolExecutor.map
    multiprocessing.Pool.imap multiprocessing.Pool.imap_unordered multiprocessing.pool.ThreadPool.imap
    multiprocessing.pool.ThreadPool.imap_unordered`,
    'builtins.iterator',
  ),
  ...all(
    `multiprocessing.Pool.map multiprocessing.Pool.starmap multiprocessing.pool.ThreadPool.map multiprocessing.pool.ThreadPool.starmap`,
    'builtins.list',
  ),
  ...methods('multiprocessing.Pool', 'apply_async map_async starmap_async', 'multiprocessing.pool.AsyncResult'),
  ...methods(
    'multiprocessing.pool.ThreadPool',
    'apply_async map_async starmap_async',
    'multiprocessing.pool.AsyncResult',
  ),
  ...Object.fromEntries(
    words(
      'Pool Process Queue JoinableQueue SimpleQueue Lock RLock Semaphore Event Condition Barrier Manager Value Array',
    ).map(name => [`multiprocessing.context.${name}`, `multiprocessing.${name}`]),
  ),
  ...methods('asyncio.TaskGroup', 'create_task', 'asyncio.Task'),
  ...methods('asyncio.AbstractEventLoop', 'create_task', 'asyncio.Task'),
  ...methods('requests.Session', 'get post put delete head patch request', 'requests.Response'),
  ...frameMethods,
};

/** `type.member` → the type of that attribute, where it is not the type's name plus the attribute. */
export const attributeTypes: TypeTable = frameAttributeTypes;

/** What `with value as name` binds, where that is not the value itself; null: nothing known. */
export const entered: Record<string, string | null> = {
  'threading.Lock': 'builtins.bool',
  'threading.RLock': 'builtins.bool',
  'threading.Condition': 'builtins.bool',
  'threading.Semaphore': 'builtins.bool',
  'multiprocessing.Lock': 'builtins.bool',
  'multiprocessing.RLock': 'builtins.bool',
  'asyncio.Lock': null,
  'asyncio.Semaphore': null,
};
