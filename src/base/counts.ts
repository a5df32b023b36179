/** `1,200` */
export function countText(n: number): string {
  return n.toLocaleString('en-US');
}

/** `1 task`, `12 tasks`, `1,200 tasks`. */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${countText(n)} ${n === 1 ? one : many}`;
}
