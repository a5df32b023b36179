import { asArray, asNumber, asObject, asString } from '../base/parse.ts';
import type { MeasuredParams } from '../protocol/hostServer.ts';

/** Reads what the client says of a run; null when it isn't that. */
export function parseMeasured(value: unknown): MeasuredParams | null {
  const params = asObject(value);
  const uri = asString(params?.uri);
  const version = asNumber(params?.version);
  const lines = parseLines(params);
  const summary = asString(params?.summary);
  if (uri === null || version === null || lines === null || summary === null) return null;
  const times = asArray(params?.times).flatMap(item => {
    const of = parseLines(item);
    const ms = asNumber(asObject(item)?.ms);
    return of === null || ms === null ? [] : [{ ...of, ms }];
  });
  return { uri, version, ...lines, summary, times };
}

function parseLines(value: unknown): { startLine: number; endLine: number } | null {
  const startLine = asNumber(asObject(value)?.startLine);
  const endLine = asNumber(asObject(value)?.endLine);
  return startLine === null || endLine === null || startLine < 0 || endLine < startLine ? null : { startLine, endLine };
}
