/** Throws when one of our own assumptions is wrong: a bug, never an expected failure. */
export function assert(condition: unknown, what: string): asserts condition {
  if (!condition) throw new Error(`Assertion failed: ${what}`);
}

/** Ends an exhaustive switch: the compiler complains when a case is missing. */
export function assertUnreachable(value: never): never {
  throw new Error(`Unexpected value: ${JSON.stringify(value)}`);
}
