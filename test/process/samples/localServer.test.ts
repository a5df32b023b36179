import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { start } from './program.ts';
import { oldestAndNewestPython } from './pythons.ts';

const folder = join(import.meta.dirname, '..', '..', '..', 'samples');
const { oldest, newest } = oldestAndNewestPython();
const prelude = `
import json, socket, sys, threading, time, urllib.error, urllib.request
from concurrent.futures import ThreadPoolExecutor
sys.path.insert(0, ${JSON.stringify(folder)})
import local_server

def get(url):
    began = time.monotonic()
    with urllib.request.urlopen(url, timeout=20) as page:
        return page.status, len(page.read()), time.monotonic() - began
`;

/** What the program prints as JSON. A warning (a socket left open, say) or any word on stderr fails. */
async function ask(python: string, program: string, env: Record<string, string> = {}): Promise<unknown> {
  const run = await start(python, ['-X', 'dev', '-W', 'error', '-c', prelude + program], env).finished;
  assert.equal(run.stderr, '');
  assert.equal(run.exitCode, 0);
  return JSON.parse(run.stdout);
}

for (const python of new Set([oldest, newest])) {
  test(`13 pages at once: each whole, none sooner than its latency (Python 3.${python.minor})`, async () => {
    const answer = await ask(
      python.path,
      `
with local_server.start() as server:
    with ThreadPoolExecutor(13) as executor:
        pages = list(executor.map(get, server.urls))
    print(json.dumps({
        "statuses": [status for status, _, _ in pages],
        "empty": [size for _, size, _ in pages if size < 500],
        "tooSoon": [path for path, page in zip(local_server.PATHS, pages) if page[2] < local_server.latency(path)],
        "latencies": [0.060 <= local_server.latency(path) <= 0.350 for path in local_server.PATHS],
        "loopback": server.address.startswith("http://127.0.0.1:"),
        "threads": sorted(t.name for t in threading.enumerate()),
    }))
`,
    );
    assert.deepEqual(answer, {
      statuses: Array(13).fill(200),
      empty: [],
      tooSoon: [],
      latencies: Array(13).fill(true),
      loopback: true,
      threads: ['MainThread', 'local server'],
    });
  });
}

test('the latencies are the same in every process', async () => {
  const program = 'print(json.dumps([local_server.latency(path) for path in local_server.PATHS]))';
  const first = await ask(oldest.path, program, { PYTHONHASHSEED: '1' });
  assert.deepEqual(await ask(newest.path, program, { PYTHONHASHSEED: '2' }), first);
});

test('odd callers do not disturb it: an unknown page, nonsense, one who sends nothing, one who hangs up early', async () => {
  const answer = await ask(
    newest.path,
    `
with local_server.start() as server:
    port = int(server.address.rsplit(":", 1)[1])
    try:
        get(server.address + "/nothing")
    except urllib.error.HTTPError as error:
        missing = error.code
        error.close()
    with socket.create_connection(("127.0.0.1", port)) as nonsense:
        nonsense.sendall(b"\\r\\n\\r\\n")
        reply = nonsense.recv(100).split()[1].decode()
    silent = socket.create_connection(("127.0.0.1", port))
    with socket.create_connection(("127.0.0.1", port)) as early:
        early.sendall(b"GET / HTTP/1.1\\r\\n\\r\\n")
    pages = [get(url)[0] for url in server.urls[:3]]
silent.close()
print(json.dumps([missing, reply, pages]))
`,
  );
  assert.deepEqual(answer, [404, '404', [200, 200, 200]]);
});

test('after stop, also a second one, the port is closed and the thread is gone', async () => {
  const answer = await ask(
    newest.path,
    `
server = local_server.start()
get(server.urls[0])
server.stop()
server.stop()
try:
    get(server.urls[0])
    reached = True
except urllib.error.URLError:
    reached = False
print(json.dumps([reached, threading.active_count()]))
`,
  );
  assert.deepEqual(answer, [false, 1]);
});

test('a proxy in the environment does not come between', async () => {
  const answer = await ask(
    newest.path,
    `
with local_server.start() as server:
    print(json.dumps(get(server.urls[0])[0]))
`,
    { http_proxy: 'http://127.0.0.1:1', no_proxy: 'example.org', NO_PROXY: '' },
  );
  assert.equal(answer, 200);
});
