import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseCall, parseSchedStat, shortCommand } from '../../../src/worker/threadStates/procFiles.ts';
import { SamplingRate } from '../../../src/worker/threadStates/samplingRate.ts';
import {
  callTables,
  gilWait,
  ioWait,
  lockWait,
  sleeping,
  stateOfCall,
  unknown,
} from '../../../src/worker/threadStates/syscalls.ts';

const gil = { from: 0x7f3465656000, to: 0x7f34656f0000 };

test('parses what /proc says of a thread', () => {
  const stat = { cpuNs: 0, waitNs: 0, slices: 0 };
  const text = Buffer.from('164118846 127912147 130\n');
  parseSchedStat(text.length, stat, text);
  assert.deepEqual(stat, { cpuNs: 164118846, waitNs: 127912147, slices: 130 });

  const call = { number: 0, first: 0, second: 0 };
  const parse = (line: string) => parseCall(line.length, call, Buffer.from(line));
  assert.equal(parse('running\n'), false);
  assert.equal(parse('202 0x7f3465656204 0x89 0x0 0x7f345fffebf0 0x0 0xffffffff 0x7f345fffea50 0x7f34\n'), true);
  assert.deepEqual(call, { number: 202, first: 0x7f3465656204, second: 0x89 });
  assert.equal(parse('-1 0x7ffd 0x7f12\n'), true);
  assert.deepEqual(call, { number: -1, first: 0, second: 0 });
});

test('tells waits apart by the call, on x86-64 and arm64', () => {
  const { x64, arm64 } = callTables;
  const cases: [number, number, number, number, number][] = [
    // x86-64, arm64, first, second, state
    [202, 98, 0x7f3465656204, 0x89, gilWait],
    [202, 98, 0x7f3400000b70, 0x189, lockWait],
    [61, 260, 100, 0, lockWait],
    [230, 115, 0, 0, sleeping],
    [0, 63, 3, 0, ioWait],
    [42, 203, 3, 0, ioWait],
    [45, 207, 3, 0, ioWait],
    [281, 22, 3, 0, ioWait],
    [271, 73, 0, 0, sleeping],
    [271, 73, 0, 1, ioWait],
    [270, 72, 0, 0, sleeping],
    [270, 72, 8, 0, ioWait],
    [24, 124, 0, 0, unknown],
  ];
  for (const [onX64, onArm64, first, second, state] of cases) {
    assert.equal(stateOfCall({ number: onX64, first, second }, gil, x64), state, `x64 ${onX64}`);
    assert.equal(stateOfCall({ number: onArm64, first, second }, gil, arm64), state, `arm64 ${onArm64}`);
  }
  assert.equal(stateOfCall({ number: 202, first: gil.from, second: 0 }, null, x64), lockWait);
  assert.equal(stateOfCall({ number: -1, first: 0, second: 0 }, gil, x64), ioWait);
});

test('names an untraced program by its file', () => {
  assert.equal(shortCommand(['/usr/bin/python3', '/tmp/server.py', '--port']), 'python3 server.py');
  assert.equal(shortCommand(['sh', '-c', 'sleep 1']), 'sh');
  assert.equal(shortCommand([]), '');
});

/** Samples that take `costMs` of CPU each, for `seconds`; the share of a CPU and the rate reached in the last half. */
function sampleFor(seconds: number, costMs: number, threads: number): { share: number; hz: number; late: number } {
  const rate = new SamplingRate(400, 0);
  let now = 0;
  let cpu = 0;
  let count = 0;
  let spent = 0;
  while (now < seconds * 1000) {
    rate.begin(now);
    now += costMs;
    cpu += costMs;
    if (now > seconds * 500) {
      count++;
      spent += costMs;
    }
    now += rate.end(now, costMs, () => cpu, threads);
  }
  return { share: spent / (seconds * 500), hz: count / (seconds / 2), late: rate.figures(now).lateSamples };
}

test('samples as often as wanted when that is cheap, and stays within its budget when it is not', () => {
  const cheap = sampleFor(10, 0.03, 16);
  assert.ok(cheap.hz > 300, `${cheap.hz} Hz`);
  const dear = sampleFor(20, 0.4, 16);
  assert.ok(dear.share < 0.022 && dear.share > 0.015, `${dear.share} of a CPU`);
  const crowded = sampleFor(20, 2, 250);
  assert.ok(crowded.share < 0.055 && crowded.share > 0.035, `${crowded.share} of a CPU`);
});

test('counts late samples', () => {
  const rate = new SamplingRate(400, 0);
  let now = 0;
  for (let i = 0; i < 100; i++) {
    rate.begin(now);
    now += rate.end(now, 0.01, () => null, 2) + (i % 10 === 9 ? 50 : 0);
  }
  assert.equal(rate.figures(now).lateSamples, 9);
});
