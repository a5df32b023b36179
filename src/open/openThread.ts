import { parentPort, workerData } from 'node:worker_threads';
import { messageOf, userError } from '../base/errors.ts';
import { asObject, asString } from '../base/parse.ts';
import { failed } from '../base/result.ts';
import { findInsights } from '../insights/rules.ts';
import { encodeTrace } from '../trace/file.ts';
import type { Opened } from './opened.ts';
import { openTrace } from './openTrace.ts';

/** Opens the one trace at `workerData.path`, tells it and ends: a large log must not keep its host from answering. */
function open(path: string): void {
  const opened = tryOpen(path);
  parentPort?.postMessage(opened, opened.ok ? [opened.value.bytes] : []);
}

function tryOpen(path: string): Opened {
  try {
    const trace = openTrace(path);
    if (!trace.ok) return trace;
    const bytes = encodeTrace(trace.value);
    return { ok: true, value: { bytes, durationNs: trace.value.meta.durationNs, insights: findInsights(trace.value) } };
  } catch (error) {
    return failed(userError('traceUnreadable', `${path} can't be opened: ${messageOf(error)}`));
  }
}

open(asString(asObject(workerData)?.path) ?? '');
