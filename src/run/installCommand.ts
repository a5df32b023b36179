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
 * A command line for a shell, each part quoted so that it stays one argument as it is.
 *
 * @param shell path of the shell; '' = not known
 */
export function shellCommand(shell: string, parts: readonly string[], platform: NodeJS.Platform): string {
  const name = /([^\\/]*?)(?:\.exe)?$/i.exec(shell)?.[1]?.toLowerCase() ?? '';
  if (name === 'pwsh' || name === 'powershell') {
    return `& ${parts.map(part => `'${part.replaceAll("'", "''")}'`).join(' ')}`;
  }
  const isCmd = name === 'cmd' || (name === '' && platform === 'win32');
  if (isCmd) return parts.map(part => `"${part}"`).join(' ');
  return parts.map(part => `'${part.replaceAll("'", "'\\''")}'`).join(' ');
}
