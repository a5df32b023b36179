// A YARN cluster on loopback, as a process of the test.
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { TestContext } from 'node:test';

/** Starts it; resolves with the folder of its configuration files once it takes applications. It ends with the test. */
export async function startYarn(t: TestContext, python: string, jars: string[]): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'yarn-'));
  const script = join(import.meta.dirname, 'yarn.py');
  const cluster = spawn(python, [script, jars.join(delimiter), folder], {
    cwd: folder,
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ended = once(cluster, 'exit');
  t.after(async () => {
    cluster.kill('SIGKILL');
    await ended;
    // What a test that failed has left in containers, which are process groups of their own.
    spawnSync('pkill', ['-KILL', '-f', folder]);
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  let said = '';
  cluster.stderr.setEncoding('utf8').on('data', text => {
    said += text;
  });
  const ready = once(cluster.stdout.setEncoding('utf8'), 'data');
  await Promise.race([
    ready,
    ended.then(() => {
      throw new Error(`The YARN cluster ended before it was ready:\n${said}`);
    }),
  ]);
  return join(folder, 'conf');
}
