/**
 * A package as pip is given it: a name, extras, versions. No option, path or address: what is here comes from a document.
 * `dask`, `dask[dataframe,distributed]`, `pandas>=2.0,<3`, `numpy==1.26.*`.
 */
const packagePattern =
  /^[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?(?:\[[A-Za-z0-9._-]+(?:,[A-Za-z0-9._-]+)*\])?(?:(?:===|[=<>!~]=|<|>)[A-Za-z0-9][A-Za-z0-9.*+!_-]*(?:,(?:===|[=<>!~]=|<|>)[A-Za-z0-9][A-Za-z0-9.*+!_-]*)*)?$/;

/** Which of these may be given to pip, and which not. Blanks within them do not count. */
export function sortPackages(packages: readonly string[]): { accepted: string[]; refused: string[] } {
  const plain = [...new Set(packages.map(name => name.replace(/\s+/g, '')))];
  return {
    accepted: plain.filter(name => name.length <= 200 && packagePattern.test(name)),
    refused: plain.filter(name => name.length > 200 || !packagePattern.test(name)),
  };
}

/**
 * A command line for a shell, parts quoted where it takes that for each to stay one argument as it is.
 *
 * @param shell path of the shell; '' = not known
 */
export function shellCommand(shell: string, parts: readonly string[], platform: NodeJS.Platform): string {
  const name = /([^\\/]*?)(?:\.exe)?$/i.exec(shell)?.[1]?.toLowerCase() ?? '';
  if (name === 'pwsh' || name === 'powershell') {
    // A quoted command is a text, unless it is called.
    const line = quoted(parts, windowsPlain, part => `'${part.replaceAll("'", "''")}'`);
    return line.startsWith("'") ? `& ${line}` : line;
  }
  if (name === 'cmd' || (name === '' && platform === 'win32')) {
    return quoted(parts, windowsPlain, part => `"${part}"`);
  }
  return quoted(parts, plain, part => `'${part.replaceAll("'", "'\\''")}'`);
}

// What no shell takes for anything but itself.
const plain = /^[\w./:-]+$/;
const windowsPlain = /^[\w./:\\-]+$/;

function quoted(parts: readonly string[], harmless: RegExp, quote: (part: string) => string): string {
  return parts.map(part => (harmless.test(part) ? part : quote(part))).join(' ');
}
