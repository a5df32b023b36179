// What the tests use of environments.mjs.

/** The interpreter of an environment that is ready, or undefined. */
export function environmentPython(name: 'frames' | 'framesOld' | 'spark' | 'sparkOld'): string | undefined;
