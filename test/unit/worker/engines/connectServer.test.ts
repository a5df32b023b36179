// A Spark Connect server's REST API, as a server of the test that tells what it is told to.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { type TestContext, test } from 'node:test';
import type { EngineEvent } from '../../../../src/protocol/engineWire.ts';
import { ConnectServer } from '../../../../src/worker/engines/spark/connectServer.ts';
import { ConnectServers } from '../../../../src/worker/engines/spark/connectServers.ts';
import { Untold } from '../../../../src/worker/engines/spark/restApi.ts';

const session = '5ca1ab1e-0000-4000-8000-000000000000';
const at = (ms: number) => new Date(ms).toISOString().replace('Z', 'GMT');

interface Task {
  id: number;
  launchMs: number;
  /** Left out: it runs. */
  tookMs?: number;
}

const taskJson = ({ id, launchMs, tookMs }: Task) => ({
  ...{
    taskId: id,
    index: id,
    attempt: 0,
    launchTime: at(launchMs),
    executorId: 'driver',
    host: 'h',
    speculative: false,
  },
  ...(tookMs === undefined ? { status: 'RUNNING' } : { status: 'SUCCESS', duration: tookMs, taskMetrics: {} }),
});

/** What a UI answers by path; null: it never does. */
async function ui(t: TestContext, answer: (path: string) => unknown) {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = (request.url ?? '').replace('/api/v1/applications', '').replace('/app-1', '');
    asked.push(path);
    const told = answer(path.split('?')[0] ?? '');
    if (told === null) return;
    response.statusCode = told === undefined ? 404 : 200;
    response.end(JSON.stringify(told ?? 'nothing'));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => server.closeAllConnections());
  t.after(() => server.close());
  const address = server.address();
  assert.ok(typeof address === 'object' && address);
  const events: EngineEvent[] = [];
  const connect = new ConnectServer({
    ...{ address: '127.0.0.1:15002', uiPort: address.port, begunMs: 1000, startedAtMs: 0 },
    ...{ operations: new Map(), emit: event => events.push(event) },
  });
  connect.sessions.add(session);
  t.after(() => connect.finish(1e12));
  const rows = () =>
    events.flatMap(event => (event.kind === 'tasks' ? event.rows.map(row => `${row.key} ${row.status}`) : []));
  return { connect, rows, events, asked, port: address.port };
}

/** A job of one stage, as it is known now. */
function jobUi(known: { tasks: Task[]; endedMs?: number; session?: string }, sql: () => unknown = () => []) {
  const over = () => (known.endedMs === undefined ? {} : { completionTime: at(known.endedMs) });
  return (path: string): unknown => {
    const status = known.endedMs === undefined ? 'RUNNING' : 'SUCCEEDED';
    const tags = [`SparkConnect_OperationTag_User_u_Session_${known.session ?? session}_Operation_o`];
    const job = { jobId: 7, status, submissionTime: at(1000), stageIds: [3], jobTags: tags };
    const stage = { stageId: 3, attemptId: 0, numTasks: 3, submissionTime: at(1002), status: 'ACTIVE' };
    switch (path) {
      case '':
        return [{ id: 'app-1', name: 'a.b.SparkConnectServer', attempts: [{ appSparkVersion: '4.1.0' }] }];
      case '/jobs':
        return [{ ...job, ...over() }];
      case '/stages':
        return [{ ...stage, ...over() }];
      case '/stages/3/0/taskList':
        return known.tasks.map(taskJson);
      case '/sql':
        return sql();
      case '/allexecutors':
        return [{ id: 'driver', hostPort: 'h:1', totalCores: 2, isActive: true, addTime: at(0) }];
      default:
        return undefined;
    }
  };
}

const look = (connect: ConnectServer, isLast: boolean) => connect.look(AbortSignal.timeout(10_000), isLast);

test('what is newest waits for the next look: what is known late takes its place, and nothing is told twice', async t => {
  const known: Parameters<typeof jobUi>[0] = { tasks: [{ id: 0, launchMs: 1010 }] };
  const { connect, rows } = await ui(t, jobUi(known));
  assert.equal(await look(connect, false), false);
  assert.deepEqual(rows(), []);

  known.tasks = [
    { id: 0, launchMs: 1010, tookMs: 190 },
    { id: 1, launchMs: 1005 },
    { id: 2, launchMs: 1300 },
  ];
  assert.equal(await look(connect, false), true);
  const [first, second, third] = [0, 1, 2].map(id => `task ${id}.0 in stage 3.0 (TID ${id})`);
  assert.deepEqual(rows(), [`${second} running`, `${first} running`]);

  assert.equal(await look(connect, false), true);
  assert.deepEqual(rows().slice(2), [`${first} ok`, `${third} running`]);
  assert.equal(await look(connect, false), false, 'nothing is new');

  known.tasks = known.tasks.map(task => ({ ...task, tookMs: 400 - task.id }));
  known.endedMs = 1800;
  await look(connect, true);
  assert.deepEqual(rows().slice(4), [`${second} ok`, `${third} ok`]);
  await look(connect, true);
  assert.equal(rows().length, 6);
});

test('what has ended is not asked for again', async t => {
  const { connect, asked } = await ui(t, jobUi({ tasks: [{ id: 0, launchMs: 1010, tookMs: 5 }], endedMs: 1100 }));
  await look(connect, true);
  const before = asked.length;
  await look(connect, true);
  assert.deepEqual(asked.slice(before), ['/jobs']);
});

test('a look that is broken off loses nothing', async t => {
  const told: { sql: unknown } = { sql: null };
  const known = { tasks: [{ id: 0, launchMs: 1010, tookMs: 5 }], endedMs: 1100 };
  const { connect, rows, asked } = await ui(
    t,
    jobUi(known, () => told.sql),
  );
  const closing = new AbortController();
  const broken = connect.look(closing.signal, true);
  while (!asked.some(path => path.startsWith('/sql'))) await new Promise(setImmediate);
  closing.abort();
  await assert.rejects(broken, Untold);
  assert.deepEqual(rows(), []);
  told.sql = [];
  await look(connect, true);
  assert.deepEqual(rows().at(-1), 'task 0.0 in stage 3.0 (TID 0) ok');
});

test("another session's jobs are not told", async t => {
  const { connect, events } = await ui(t, jobUi({ tasks: [{ id: 0, launchMs: 1010 }], session: 'somebody-else' }));
  await assert.rejects(
    look(connect, true),
    /^Error: no UI of Spark's with jobs of this program is at port \d+ of 127\.0\.0\.1$/,
  );
  assert.deepEqual(events, []);
});

test('what is no API of Spark is said', async t => {
  const { connect } = await ui(t, () => undefined);
  await assert.rejects(look(connect, true), /^Error: of http:\/\/127\.0\.0\.1:\d+, it answered 404 to \/applications$/);
});

/** What is said of the server of a run that is over; `why`: of an operation that could not be stopped. */
async function noteOf(uiPort: number, { why, wasStopped }: { why?: string; wasStopped: boolean }): Promise<string> {
  const notes: string[] = [];
  const emit = (event: EngineEvent) => {
    if (event.kind === 'process' && event.id.startsWith('spark-connect ')) notes.push(event.note ?? '');
  };
  const servers = new ConnectServers({ startedAtMs: 0, emit });
  servers.take({ kind: 'connectSession', address: '127.0.0.1:15002', session, uiPort, atNs: 0 });
  if (why !== undefined)
    for (const isStream of [false, true]) servers.take({ kind: 'connectLeft', session, isStream, why });
  await servers.complete(200, wasStopped);
  servers.finish(1e12);
  assert.equal(notes.length, 1);
  return notes[0] ?? '';
}

test('jobs that still run after a stop are told of, and only then', async t => {
  const known: Parameters<typeof jobUi>[0] = { tasks: [{ id: 0, launchMs: 1010 }] };
  const { port } = await ui(t, jobUi(known));
  assert.match(
    await noteOf(port, { wasStopped: true }),
    /One job of it was still running there after the run was stopped\./,
  );
  assert.doesNotMatch(await noteOf(port, { wasStopped: false }), /still running/);
  known.endedMs = 1100;
  assert.doesNotMatch(
    await noteOf(port, { wasStopped: true, why: 'DEADLINE_EXCEEDED' }),
    /still running|An operation of it could not be stopped/,
  );
});

test('where no UI tells, the word of the program counts', async t => {
  const { port } = await ui(t, () => undefined);
  const note = await noteOf(port, { wasStopped: true, why: 'UNAVAILABLE' });
  assert.match(note, /which jobs, stages and tasks the server made of them is not known: of http:/);
  assert.match(note, /An operation of it could not be stopped there \(UNAVAILABLE\)/);
  assert.match(note, /A streaming query of it could not be stopped there \(UNAVAILABLE\)/);
});

test('the last look is given up when nobody waits for it', async t => {
  const { port, asked } = await ui(t, () => null);
  const servers = new ConnectServers({ startedAtMs: 0, emit: () => undefined });
  servers.take({ kind: 'connectSession', address: '127.0.0.1:15002', session, uiPort: port, atNs: 0 });
  const done = servers.complete(2 ** 30, false);
  while (asked.length === 0) await new Promise(setImmediate);
  servers.giveUp();
  await done;
  servers.finish(1e12);
});
