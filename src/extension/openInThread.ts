import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { messageOf, userError } from '../base/errors.ts';
import { failed } from '../base/result.ts';
import type { Opened } from '../open/opened.ts';

/**
 * Opens a saved trace, or an event log of Spark (a file or a folder), in a thread of its own: it may be large. Resolves with a failure in words
 * when it can't be opened; never rejects.
 */
export function openInThread(distDir: string, path: string): Promise<Opened> {
  return new Promise(resolve => {
    const fail = (why: string) => resolve(failed(userError('traceUnreadable', `${path} can't be opened: ${why}`)));
    const thread = new Worker(join(distDir, 'openThread.js'), { workerData: { path } });
    thread.once('message', (opened: Opened) => resolve(opened));
    thread.once('error', error => fail(messageOf(error)));
    // Heard only when it ended without a word: memory ran out.
    thread.once('exit', () => fail('it needs more memory than there is.'));
  });
}
