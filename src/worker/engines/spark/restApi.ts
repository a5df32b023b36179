import { Agent, request } from 'node:http';
import { messageOf } from '../../../base/errors.ts';

const mostBytes = 64 << 20;
/** Until a port takes the call. */
const mostConnectMs = 1000;

/** Why the API told nothing, as the end of a sentence. `refused`: nothing listens there. */
export class Untold extends Error {
  readonly kind: 'refused' | 'silent' | 'other';

  constructor(kind: Untold['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

/** GET of JSON from the REST API of one UI of Spark's: directly (no proxy, no redirect), within a time. */
export class RestApi {
  readonly address: string;
  private readonly host: string;
  private readonly port: number;
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 1 });

  constructor(host: string, port: number) {
    this.host = host;
    this.port = port;
    this.address = `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
  }

  /** @throws Untold */
  async get(path: string, signal: AbortSignal): Promise<unknown> {
    const text = await this.text(path, signal);
    try {
      return JSON.parse(text);
    } catch {
      throw new Untold('other', `${this.address} gives no answer that can be read`);
    }
  }

  close(): void {
    this.agent.destroy();
  }

  private text(path: string, signal: AbortSignal): Promise<string> {
    return new Promise((resolve, reject) => {
      const fail = (error: unknown) => reject(this.explain(error, signal));
      const options = { host: this.host, port: this.port, path: `/api/v1${path}`, agent: this.agent, signal };
      const asked = request(options, answer => {
        const parts: Buffer[] = [];
        let bytes = 0;
        answer.on('data', (part: Buffer) => {
          bytes += part.length;
          if (bytes > mostBytes) answer.destroy(new Error('it is too much'));
          else parts.push(part);
        });
        answer.once('error', fail);
        answer.once('end', () => {
          if (answer.statusCode === 200) resolve(Buffer.concat(parts).toString('utf8'));
          else reject(new Untold('other', `of ${this.address}, it answered ${answer.statusCode} to ${path}`));
        });
      });
      asked.once('error', fail);
      const slow = setTimeout(() => asked.destroy(new Error('no connection')), mostConnectMs);
      asked.once('socket', socket => {
        if (socket.connecting) socket.once('connect', () => clearTimeout(slow));
        else clearTimeout(slow);
      });
      asked.once('close', () => clearTimeout(slow));
      asked.end();
    });
  }

  private explain(error: unknown, signal: AbortSignal): Untold {
    if (signal.aborted) return new Untold('silent', `of ${this.address}, it took too long to answer`);
    if (error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED') return new Untold('refused', '');
    return new Untold('silent', `${this.address} does not answer (${messageOf(error)})`);
  }
}
