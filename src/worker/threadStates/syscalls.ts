import { threadStates } from '../../trace/model.ts';

export const running = threadStates.indexOf('running');
export const runnable = threadStates.indexOf('runnable');
export const gilWait = threadStates.indexOf('gilWait');
export const lockWait = threadStates.indexOf('lockWait');
export const ioWait = threadStates.indexOf('ioWait');
export const sleeping = threadStates.indexOf('sleeping');
export const unknown = threadStates.indexOf('unknown');

/** What a blocked thread was doing: `/proc/PID/task/TID/syscall`. */
export interface BlockedCall {
  /** -1: blocked outside of a system call (a page being read from disk, or the thread is ending). */
  number: number;
  first: number;
  second: number;
}

/** Addresses in which a futex is CPython's GIL. */
export interface AddressRange {
  from: number;
  to: number;
}

interface CallTable {
  futex: ReadonlySet<number>;
  /** Waits for a child, or for a lock that the kernel keeps. */
  lock: ReadonlySet<number>;
  sleep: ReadonlySet<number>;
  /** poll-like calls, whose second argument counts the file descriptors. */
  poll: ReadonlySet<number>;
  /** select-like calls, whose first argument counts them. */
  select: ReadonlySet<number>;
  io: ReadonlySet<number>;
}

// Since Linux 5.1 new calls have the same number everywhere.
const newFutex = [449, 455];
const newIo = [425, 426, 437, 439, 441];

// Of arch/x86/entry/syscalls/syscall_64.tbl.
const x64: CallTable = {
  futex: new Set([202, ...newFutex]),
  // flock, fcntl, wait4, waitid, semop, semtimedop, fork, vfork, clone, clone3
  lock: new Set([73, 72, 61, 247, 65, 220, 57, 58, 56, 435]),
  // nanosleep, clock_nanosleep, pause, rt_sigsuspend, rt_sigtimedwait
  sleep: new Set([35, 230, 34, 130, 128]),
  poll: new Set([7, 271]),
  select: new Set([23, 270]),
  io: new Set([
    0,
    1,
    17,
    18,
    19,
    20,
    295,
    296,
    327,
    328, // read, write, their p- and v-forms
    2,
    257,
    3,
    4,
    5,
    6,
    262,
    332,
    78,
    217,
    21,
    269,
    89,
    267, // open, close, stat, getdents, access, readlink
    42,
    43,
    288,
    44,
    45,
    46,
    47,
    299,
    307,
    40,
    275,
    276,
    278,
    326, // connect, accept, send, recv, sendfile, splice
    232,
    281,
    208,
    333,
    74,
    75,
    26,
    277,
    162,
    306,
    76,
    77,
    285,
    82,
    264,
    316,
    87,
    263,
    83,
    258,
    84, // epoll, sync, rename…
    16,
    69,
    70,
    242,
    243,
    187,
    59,
    322,
    165,
    166, // ioctl, messages, readahead, execve, mount
    ...newIo,
  ]),
};

// Of include/uapi/asm-generic/unistd.h.
const arm64: CallTable = {
  futex: new Set([98, ...newFutex]),
  lock: new Set([32, 25, 260, 95, 193, 192, 220, 435]),
  sleep: new Set([101, 115, 133, 137]),
  poll: new Set([73]),
  select: new Set([72]),
  io: new Set([
    63,
    64,
    67,
    68,
    65,
    66,
    69,
    70,
    286,
    287,
    56,
    57,
    79,
    80,
    291,
    61,
    48,
    78,
    43,
    44,
    203,
    202,
    242,
    206,
    207,
    211,
    212,
    243,
    269,
    71,
    76,
    75,
    77,
    285,
    22,
    4,
    82,
    83,
    227,
    84,
    81,
    267,
    45,
    46,
    47,
    38,
    276,
    35,
    34,
    29,
    188,
    189,
    182,
    183,
    213,
    221,
    281,
    39,
    40,
    ...newIo,
  ]),
};

const table = process.arch === 'arm64' ? arm64 : x64;

/** The state of a thread that is blocked in a call. `gil` = where this process keeps its GIL, null when that isn't known. */
export function stateOfCall({ number, first, second }: BlockedCall, gil: AddressRange | null, calls = table): number {
  if (calls.futex.has(number)) return gil && first >= gil.from && first < gil.to ? gilWait : lockWait;
  if (calls.sleep.has(number)) return sleeping;
  if (calls.io.has(number)) return ioWait;
  if (calls.poll.has(number)) return second === 0 ? sleeping : ioWait;
  if (calls.select.has(number)) return first === 0 ? sleeping : ioWait;
  if (calls.lock.has(number)) return lockWait;
  return number === -1 ? ioWait : unknown;
}

/** Whether it makes a difference where the process keeps its GIL. */
export function isFutex(number: number): boolean {
  return table.futex.has(number);
}

export const callTables = { x64, arm64 };
