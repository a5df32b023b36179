import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asString, parseObject } from '../base/parse.ts';

/** The product's version, from the manifest that lies above the bundles. */
export function version(distDir: string): string {
  return asString(parseObject(readFileSync(join(distDir, '..', 'package.json'), 'utf8'))?.version) ?? 'unknown';
}
