import { asNumber, asString, parseObject } from '../../../base/parse.ts';
import type { Ns } from '../../../base/time.ts';

/** What our tracer tells of Spark Connect (src/python/tracer/engines/spark_connect.py), among the lines of engines. */
export type ConnectLine =
  /** A session of the program. `address`: `host:port`. `uiPort`: of the server's UI where the user says it; null: where it usually is. */
  | { kind: 'connectSession'; address: string; session: string; uiPort: number | null; atNs: Ns }
  /** An operation that the program asked for; `called`: by what. */
  | { kind: 'connectOperation'; operation: string; called: string }
  /** The run was stopped, and an operation of the session, or a streaming query, could not be. */
  | { kind: 'connectLeft'; session: string; isStream: boolean; why: string };

const beginning = '{"kind":"connect';

/** One line; null when it is none of these. */
export function readConnectLine(line: string, clock: (ns: number) => Ns): ConnectLine | null {
  const json = line.startsWith(beginning) ? parseObject(line) : null;
  const text = (name: string) => asString(json?.[name]) ?? '';
  switch (json?.kind) {
    case 'connectSession': {
      const about = { address: text('address'), session: text('session'), uiPort: asNumber(json.uiPort) };
      return about.session === '' ? null : { kind: 'connectSession', ...about, atNs: clock(asNumber(json.atNs) ?? 0) };
    }
    case 'connectOperation':
      return { kind: 'connectOperation', operation: text('operation'), called: text('called') };
    case 'connectLeft':
      return { kind: 'connectLeft', session: text('session'), isStream: json.isStream === true, why: text('why') };
    default:
      return null;
  }
}
