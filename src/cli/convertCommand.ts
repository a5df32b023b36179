import { writeFileSync } from 'node:fs';
import { assertUnreachable } from '../base/assert.ts';
import { messageOf, userError } from '../base/errors.ts';
import { openTrace } from '../open/openTrace.ts';
import { toChromeJson } from '../trace/export/chrome.ts';
import { textReport } from '../trace/export/report.ts';
import { encodeTrace } from '../trace/file.ts';
import type { Trace } from '../trace/model.ts';
import type { ConvertFormat } from './arguments.ts';
import type { Console } from './console.ts';
import { exitCodes } from './exitCode.ts';
import { summaryJson, summaryOf, titleOf } from './showCommand.ts';

/** `convert`: a saved trace of any kind that can be opened, in another format. */
export function convertCommand(file: string, format: ConvertFormat, output: string, console: Console): number {
  const trace = openTrace(file);
  if (!trace.ok) return console.problem(trace.error, exitCodes.usage);
  try {
    writeFileSync(output, converted(trace.value, format));
  } catch (error) {
    const problem = userError('outputUnwritable', `${output} can't be written: ${messageOf(error)}`);
    return console.problem(problem, exitCodes.setUp);
  }
  return exitCodes.ok;
}

function converted(trace: Trace, format: ConvertFormat): string | Uint8Array {
  switch (format) {
    case 'text':
      return textReport(summaryOf(trace), titleOf(trace), { color: false, width: 120 });
    case 'json':
      return summaryJson(trace);
    case 'chrome':
      return toChromeJson(trace);
    case 'riptrace':
      return new Uint8Array(encodeTrace(trace));
    default:
      return assertUnreachable(format);
  }
}
