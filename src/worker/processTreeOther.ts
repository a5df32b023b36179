import { spawnSync } from 'node:child_process';
import type { ProcessEntry, ProcessTable } from './processTree.ts';
import { sendSignal } from './processTreeLinux.ts';

/** macOS and other Unixes: `ps` tells descent, group and start; macOS shows the environment of one's own processes with -E. */
export const psProcessTable: ProcessTable = {
  list() {
    return parsePs(output('ps', ['-axo', 'pid=,ppid=,pgid=,stat=,lstart=']));
  },
  marked(entries, marker) {
    const lines = output('ps', ['-axEww', '-o', 'pid=,command=']).split('\n');
    const pids = new Set(lines.filter(line => line.split(' ').includes(marker)).map(line => Number.parseInt(line, 10)));
    return entries.filter(({ pid }) => pids.has(pid));
  },
  signal: sendSignal,
  killBelow: null,
};

/** Windows: the system itself ends a tree; it keeps no groups, and no environment can be read from outside. */
export const windowsProcessTable: ProcessTable = {
  list() {
    const script =
      'Get-CimInstance Win32_Process | ForEach-Object { "$($_.ProcessId) $($_.ParentProcessId) $($_.CreationDate.Ticks)" }';
    return output('powershell.exe', ['-NoProfile', '-NonInteractive', '-Command', script])
      .split('\n')
      .map(line => line.trim().split(' ').map(Number))
      .filter(numbers => numbers.length === 3 && numbers.every(Number.isFinite))
      .map(([pid = 0, parent = 0, start = 0]) => ({ pid, parent, start, group: 0, session: 0, isZombie: false }));
  },
  marked: () => [],
  signal: sendSignal,
  killBelow(pid) {
    output('taskkill.exe', ['/PID', String(pid), '/T', '/F']);
  },
};

/** Lines of `ps -axo pid=,ppid=,pgid=,stat=,lstart=`: `  501     1   501 Ss   Mon Jan  5 10:11:12 2026`. */
export function parsePs(text: string): ProcessEntry[] {
  return text.split('\n').flatMap(line => {
    const match = /^\s*(\d+)\s+(\d+)\s+(\d+)\s+(\S+)\s+(.+?)\s*$/.exec(line);
    if (!match) return [];
    const [, pid, parent, group, stat = '', start = ''] = match;
    return [
      {
        pid: Number(pid),
        parent: Number(parent),
        group: Number(group),
        session: 0,
        start: Date.parse(start) || 0,
        isZombie: stat.startsWith('Z'),
      },
    ];
  });
}

function output(command: string, args: string[]): string {
  const result = spawnSync(command, args, { encoding: 'utf8', timeout: 5000, windowsHide: true, maxBuffer: 64 << 20 });
  return result.stdout ?? '';
}
