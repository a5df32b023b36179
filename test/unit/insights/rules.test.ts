import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Insight } from '../../../src/insights/insight.ts';
import { findInsights } from '../../../src/insights/rules.ts';
import { traceFromText } from '../../support/textTrace.ts';

const insight = (code: string, weight: number): Insight => ({
  ...{ code, weight, severity: 'hint', title: '', advice: '', file: null, line: null, evidence: {}, highlight: null },
});

test('the insight that explains most comes first; a rule that fails is named and costs no other', () => {
  const warnings: string[] = [];
  const found = findInsights(traceFromText('T-1 |R'), warning => warnings.push(warning), {
    RIP1: () => insight('RIP1', 0.2),
    RIP2: () => {
      throw new Error('no such column');
    },
    RIP3: () => null,
    RIP4: () => insight('RIP4', 0.7),
  });
  assert.deepEqual(
    found.map(one => one.code),
    ['RIP4', 'RIP1'],
  );
  assert.deepEqual(warnings, ['The rule RIP2 failed and was left out: no such column']);
});

test('an empty trace has no insights', () => {
  assert.deepEqual(findInsights(traceFromText('|')), []);
});
