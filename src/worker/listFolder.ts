import { readdirSync } from 'node:fs';

/** The names in a folder; none when it can't be read (yet). */
export function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}
