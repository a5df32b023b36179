const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];

/** A size as people read it: `512 bytes`, `1.2 MB`. Decimal units, as in the field's own tools. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (Math.abs(value) >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  const decimals = unit === 0 || Math.abs(value) >= 99.5 ? 0 : Math.abs(value) >= 9.95 ? 1 : 2;
  return `${Number(value.toFixed(decimals))} ${units[unit]}`;
}
