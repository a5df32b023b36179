/**
 * The tracer's wire: what src/python/tracer writes into mapped files, and worker/ reads while they grow.
 * Twin of src/python/tracer/wire.py: both read and write the bytes of test/fixtures/wire/.
 *
 * One folder per run, one file per process and segment: `<pid>.<t0>.<segment>.ev` (pid and segment decimal, t0 = the clock in
 * ns when the process began to record). A segment is a mapped file of 16 KiB chunks; a chunk belongs to one thread:
 *
 *   segment 0 (128 KiB)                    segment 1 (512 KiB) … each ×4, at most 16 MiB
 *   ┌─chunk──────────┬─chunk──────────┬─…
 *   │ CHUNK rec rec … │ CHUNK rec rec …│      unclaimed chunks are zero
 *   └────────────────┴────────────────┴─…
 *
 * A record has 40 bytes, little endian; its mark is written last, so a record without one does not exist (yet):
 *
 *   0        8        16       24     28     32     36    38     39
 *   │t0 u64  │t1 u64  │obj u64 │site  │aux   │aux2  │kind │flags │mark 0xA5
 *                               u32    u32    u32    u16   u8     u8
 *
 * A thread that ends hands the rest of its chunk on: the next one begins with a chunk record of its own. The last chunk of segment 0
 * is kept for the note that the trace is full.
 *
 * t0, t1: perf_counter_ns of the writer (CLOCK_MONOTONIC on Linux = process.hrtime). t1 = 0: a span that is still open, patched when
 * it ends, so the begin survives any death. Strings are interned per process: `site`, and `aux`/`aux2` where the table says so,
 * are string ids of the same process (0 = none). A site is `file\tline\tfunction` of the user's frame; a fn is `file\tline\tqualname` of
 * the user's function (file empty and line 0 when it has no Python source). A string record may hold several strings with NUL between
 * them: they have the ids that follow.
 *
 * kind             t0 … t1                     obj                 site          aux          aux2            flags
 * chunk         1  claimed                     native thread id    –             pid          –               –
 * string        2  interned                    string id           –             bytes        slots that      more strings in it
 *                                                                                             follow (raw)
 * process       3  tracer start … exit         pid                 –             info (JSON)  parent pid      –
 * thread        4  run() of the thread         id(Thread)          –             name         –               status (ok, failed)
 * threadStart   5  start() call                id(Thread)          start() line  name         fn              1: called by user code
 * taskQueued    6  submitted … started         id(executor)        submit line   fn           chunks (jobs)   engine << 4
 * task          7  started … ended             reference           –             fn           submitter's pid status | engine << 4
 * wait          8  began … ended               id(object), pid …   waiting line  label        holder's tid    wait kind
 * pool          9  created                     id(executor)        creator line  class name   size            engine << 4
 * processStart 10  start() call                child's pid (0 =    start() line  name         fn              start method |
 *                                              failed)                                                        0x80: by user code
 * note         11  now                         –                   –             text         –               level
 * gc           12  began … ended               generation          –             collected    –               –
 * idle         13  worker waits for work       –                   –             –            –               –
 * subprocess   14  Popen() call                child's pid         call line     command      –               –
 * operation    15  began … ended               –                   calling line  label        –               –
 * counter      16  now                         value               –             name         –               unit
 * taskPart     17  started … ended             submitted           submit line   fn, layer    part            status | engine << 4
 * resultSize   18  now                         bytes + 1 (0 = ?)   key or layer  rows + 1     part            1: of a layer's part
 *
 * References. A taskQueued is known by its position: segment × 2³² + offset in the file of the submitter (pid = aux2 of the task).
 * multiprocessing.Pool numbers jobs itself: there obj of taskQueued is job × 2³² (its executor stands in no record), and obj of the
 * task is job × 2³² + index of the chunk; a job of n chunks is n tasks submitted at t0, started when their task says so.
 * threading.Thread needs no taskQueued: threadStart and thread with the same obj are the task, when the flag says user code.
 * A task of an engine that hands out its own work (dask, polars) stands for itself, without a taskQueued: obj is when it was submitted,
 * site its key, aux2 where it was submitted (a site). Where the key is `(layer, part)` it is a taskPart, and no string is written for it: aux
 * is the fn of all parts of the layer, the string that follows it the layer's name. The status of Dask's tasks is told at their begin as ok, and
 * holds when they end. The aux of an operation may be replaced until it ends.
 * multiprocessing.Process likewise: processStart (obj = child's pid) and the child's `task` record of engine process, obj = 0.
 */
export const tracerWireVersion = 1;

export const recordSize = 40;
export const chunkSize = 16384;
export const recordMark = 0xa5;

export const recordOffsets = { t0: 0, t1: 8, obj: 16, site: 24, aux: 28, aux2: 32, kind: 36, flags: 38, mark: 39 };

/** In the order of their numbers; number 0 is not used. */
export const recordKinds = [
  '',
  'chunk',
  'string',
  'process',
  'thread',
  'threadStart',
  'taskQueued',
  'task',
  'wait',
  'pool',
  'processStart',
  'note',
  'gc',
  'idle',
  'subprocess',
  'operation',
  'counter',
  'taskPart',
  'resultSize',
] as const;
export type RecordKind = Exclude<(typeof recordKinds)[number], ''>;

/** High half of a task's flags; 0 = unknown. */
export const wireEngines = [
  '',
  'thread',
  'threadPool',
  'process',
  'processPool',
  'multiprocessingPool',
  'multiprocessingThreadPool',
  'dask',
  'polars',
] as const;

/** Low half of a task's flags; it says nothing while the task runs. */
export const wireTaskStatuses = ['running', 'ok', 'failed', 'cancelled'] as const;

/** Flags of a wait; 0 is not used. */
export const wireWaitKinds = [
  '',
  'lock',
  'condition',
  'event',
  'semaphore',
  'barrier',
  'queue',
  'join',
  'result',
  'sleep',
  'io',
  'subprocess',
] as const;

/** Units of a counter's value. */
export const wireCounterUnits = ['count', 'bytes'] as const;

/** Low bits of processStart's flags. */
export const wireStartMethods = ['', 'fork', 'spawn', 'forkserver'] as const;

/** Levels of a note: `fault` = the tracer switched itself off in this process. */
export const wireNoteLevels = ['info', 'warning', 'fault'] as const;

/** JSON of a process record's info string; every field may be missing when the writer is older or in trouble. */
export interface WireProcessInfo {
  wire: number;
  pid: number;
  parentPid: number;
  name: string;
  /** `main` (the runner), `fork`, `spawn`, `forkserver`, `subprocess`, `helper` (a fork server). */
  startMethod: string;
  python: string;
  executable: string;
  /** null: this Python cannot be without a GIL. */
  gilEnabled: boolean | null;
  /** Address of `_PyRuntime` in this process, hexadecimal; null where ctypes can't tell. A wait for the GIL is a futex in there. */
  pyRuntime: string | null;
  /** Both clocks read at once. */
  perfNs: number;
  wallNs: number;
  /** Time that installing the tracer took. */
  installNs: number;
}
