import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { asObject, parseObject } from '../../../src/base/parse.ts';
import { defaultSettings, parseSettings } from '../../../src/server/settings.ts';

test('what is missing or wrong is as by default', () => {
  for (const section of [null, undefined, 7, [], {}, { diagnostics: null }, { codeLens: 'yes', inlayHints: 1 }]) {
    assert.deepEqual(parseSettings(section), defaultSettings);
  }
});

test('rules have a level each; codes in any case', () => {
  const rules = { rip101: 'off', RIP202: 'error', RIP303: 'loud', RIP404: 7 };
  assert.deepEqual(parseSettings({ diagnostics: { rules } }).rules, { RIP101: 'off', RIP202: 'error' });
});

test('the defaults are those of package.json', () => {
  const manifest = parseObject(readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8'));
  const properties = asObject(asObject(asObject(manifest?.contributes)?.configuration)?.properties);
  const byDefault = (name: string) => asObject(properties?.[`runInParallel.${name}`])?.default;
  assert.deepEqual(
    {
      diagnostics: byDefault('diagnostics.enable'),
      rules: byDefault('diagnostics.rules'),
      codeLens: byDefault('codeLens'),
      inlayHints: byDefault('inlayHints'),
    },
    defaultSettings,
  );
});
