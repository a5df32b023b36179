// Finds the Java that Spark needs, and installs one where the system's package manager can.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { aptInstall, tryCapture } from './processes.mjs';

/** What the current Spark needs. */
const oldest = 17;
const places = ['/usr/lib/jvm', '/usr/java', '/opt/java', '/Library/Java/JavaVirtualMachines'];

/** The major version in a Java's own `release` file, or undefined. @param {string} home */
function versionOf(home) {
  const file = [home, join(home, 'Contents/Home')].map(folder => join(folder, 'release')).find(existsSync);
  return file && major(/JAVA_VERSION="([^"]+)"/.exec(readFileSync(file, 'utf8'))?.[1]);
}

/** @param {string | undefined} version such as 17.0.15 or 1.8.0_412 */
function major(version) {
  const [first, second] = version?.split(/[._]/).map(Number) ?? [];
  return first === 1 ? second : first;
}

/** The newest Java that is new enough and found without being told where, as a sentence; undefined when there is none. */
export function findJava() {
  const homes = places.filter(existsSync).flatMap(place => readdirSync(place).map(name => join(place, name)));
  if (process.env.JAVA_HOME) homes.unshift(process.env.JAVA_HOME);
  const found = homes.find(home => (versionOf(home) ?? 0) >= oldest);
  if (found) return `${versionOf(found)} in ${found}`;
  // `java -version` writes to stderr; this way it says the same on stdout.
  const said = tryCapture('java', ['--version']);
  const version = major(/\d[\d._]*/.exec(said ?? '')?.[0]);
  return version && version >= oldest ? `${version} on PATH` : undefined;
}

/** @returns {Promise<string>} which one @throws {SetUpError} when there is none and none can be installed */
export async function setUpJava() {
  const found = findJava();
  if (found) return found;
  await aptInstall([`openjdk-${oldest}-jre-headless`], `Java ${oldest} or newer, which Spark needs,`);
  return findJava() ?? 'installed';
}
