// What the tests use of sparkPackages.mjs.

/** Paths of the jars; none when they have not been fetched. */
export function sparkJars(name: 'yarn' | 'connectOld'): string[];
