import { createInterface } from 'node:readline';
import { asNumber, asString, parseObject } from '../base/parse.ts';
import type { GuardReply, GuardRequest } from '../protocol/hostGuard.ts';
import { killTree, type RunProcesses, runProcesses } from './processTree.ts';

/** Nothing stays behind on purpose; what even this doesn't end waits in the kernel and ends when the kernel lets it. */
const deadlineMs = 10_000;

const watched = new Map<string, RunProcesses>();

function parseRequest(line: string): GuardRequest | null {
  const value = parseObject(line);
  const runId = asString(value?.runId);
  if (!value || runId === null) return null;
  if (value.kind === 'watch') return { kind: 'watch', runId, pid: asNumber(value.pid) };
  return value.kind === 'done' || value.kind === 'kill' ? { kind: value.kind, runId } : null;
}

async function kill(runId: string): Promise<void> {
  const run = watched.get(runId) ?? runProcesses(runId, null);
  const { left } = await killTree(run, { deadlineMs });
  watched.delete(runId);
  const reply: GuardReply = { kind: 'killed', runId, left };
  process.stdout.write(`${JSON.stringify(reply)}\n`);
}

function onRequest(request: GuardRequest): void {
  switch (request.kind) {
    case 'watch':
      watched.set(request.runId, runProcesses(request.runId, request.pid));
      break;
    case 'done':
      watched.delete(request.runId);
      break;
    case 'kill':
      void kill(request.runId);
      break;
  }
}

async function onHostGone(): Promise<void> {
  await Promise.all([...watched.values()].map(run => killTree(run, { deadlineMs })));
  process.exit(0);
}

// The guard ends with its host and not before: neither a closed terminal nor a host that nobody reads from may end it.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.stdout.on('error', () => undefined);
const lines = createInterface({ input: process.stdin });
lines.on('line', line => {
  const request = parseRequest(line);
  if (request) onRequest(request);
});
lines.once('close', () => void onHostGone());
