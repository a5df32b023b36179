import { type Remedy, type UserError, userError } from '../base/errors.ts';
import { failed, ok, type Result } from '../base/result.ts';
import { type ClusterEngine, maskSecrets } from './clusters.ts';

/** Something that listens. */
export interface Endpoint {
  host: string;
  port: number;
}

const daskPort = 8786;
const sparkPort = 7077;
const connectPort = 15002;
const mostWorkers = 1024;

/**
 * An address of a Dask scheduler as it is used from now on: `host` alone gets `tcp://` and Dask's usual port.
 *
 * @returns an error of code `clusterAddress` that says what is wrong with it
 */
export function parseDaskAddress(text: string): Result<string> {
  const address = text.trim();
  const local = /^local(?:\[(\d+)\])?$/.exec(address);
  if (local) return localWorkers(address, local[1] ?? '');
  if (/^https?:/i.test(address)) {
    return wrong(address, 'is the address of a web page', "Give the scheduler's own, such as tcp://host:8786.");
  }
  const parts = /^(?:(\w+):\/\/)?(.*)$/.exec(address);
  const protocol = (parts?.[1] ?? 'tcp').toLowerCase();
  if (protocol !== 'tcp' && protocol !== 'tls') {
    return wrong(address, 'is no address of a Dask scheduler', 'It begins with tcp:// or tls://.');
  }
  const place = parseEndpoint(parts?.[2] ?? '', daskPort);
  return place.ok ? ok(`${protocol}://${endpointText(place.value)}`) : place;
}

/**
 * A master of Spark as it is used from now on. What `sc://` has of secrets stays in it: see splitSparkMaster.
 *
 * @returns an error of code `clusterAddress` that says what is wrong with it
 */
export function parseSparkMaster(text: string): Result<string> {
  const master = text.trim();
  if (/^local(\[(\d+|\*)(,\s*\d+)?\])?$/.test(master) || /^local-cluster\[\d+,\s*\d+,\s*\d+\]$/.test(master))
    return ok(master);
  if (/^yarn(-client|-cluster)?$/.test(master)) return ok('yarn');
  const [, protocol = '', rest = ''] = /^(\w+):\/\/(.*)$/s.exec(master) ?? [];
  switch (protocol) {
    case 'spark': {
      const places = rest.split(',').map(place => parseEndpoint(place, sparkPort));
      const problem = places.find(place => !place.ok);
      if (problem && !problem.ok) return problem;
      return ok(`spark://${places.flatMap(place => (place.ok ? [endpointText(place.value)] : [])).join(',')}`);
    }
    case 'k8s': {
      const place = parseEndpoint(hostPart(rest), 443);
      return place.ok ? ok(`k8s://${rest}`) : place;
    }
    case 'sc':
      return parseConnect(rest);
    case 'mesos':
      return wrong(master, 'is a Mesos master, which Spark 4 no longer has', 'Choose another kind of cluster.');
    default:
      return wrong(
        master,
        'is no master of Spark',
        'It is local[4], spark://host:7077, yarn, k8s://https://host:port or sc://host:15002.',
      );
  }
}

/** What can be tried whether it answers; several are alternatives. Empty: nothing listens, or nobody knows where (`yarn`). */
export function endpointsOf(engine: ClusterEngine, address: string): Endpoint[] {
  const [, protocol = '', rest = ''] = /^(\w+):\/\/(.*)$/s.exec(address) ?? [];
  const usual = { tcp: daskPort, tls: daskPort, spark: sparkPort, sc: connectPort, k8s: 443 }[protocol];
  if (usual === undefined) return [];
  const places = engine === 'dask' ? [rest] : hostPart(rest).split(',');
  return places.flatMap(place => {
    const parsed = parseEndpoint(place, rest.startsWith('http://') ? 80 : usual);
    return parsed.ok ? [parsed.value] : [];
  });
}

/** `host:port`, with brackets around an address of IPv6. */
export function endpointText({ host, port }: Endpoint): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** What stands before the path and the parameters. */
function hostPart(rest: string): string {
  return rest.replace(/^https?:\/\//, '').split(/[/;]/)[0] ?? '';
}

function localWorkers(address: string, digits: string): Result<string> {
  const workers = digits === '' ? null : Number(digits);
  if (workers !== null && (workers < 1 || workers > mostWorkers)) {
    return wrong(address, 'has an impossible number of workers', `It is from 1 to ${mostWorkers}.`);
  }
  return ok(workers === null ? 'local' : `local[${workers}]`);
}

function parseConnect(rest: string): Result<string> {
  const [place = '', ...parameters] = rest.split(';');
  const endpoint = parseEndpoint(place.replace(/\/$/, ''), connectPort);
  if (!endpoint.ok) return endpoint;
  const address = `sc://${endpointText(endpoint.value)}`;
  const given = parameters.filter(parameter => parameter !== '');
  const odd = given.find(parameter => !/^[^=\s]+=\S*$/.test(parameter));
  // The odd one may hold a secret that lacks its name: it is not repeated.
  if (odd !== undefined)
    return wrong(address, 'has a parameter that is not name=value', 'As in sc://host:15002/;use_ssl=true.');
  return ok(given.length > 0 ? `${address}/;${given.join(';')}` : address);
}

function parseEndpoint(text: string, usualPort: number): Result<Endpoint> {
  if (text.includes('@')) {
    return wrong(text.slice(text.lastIndexOf('@') + 1), 'has a name or password before the @', 'Leave them out.');
  }
  const [, bracketed, plain, digits] =
    /^(?:\[([0-9a-fA-F:.]+(?:%\w+)?)\]|([^\s:/[\]]+))(?::(\d*))?\/?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || !(bracketed !== undefined || /^[\w.-]+$/.test(host))) {
    return wrong(text === '' ? 'The address' : text, 'names no host', 'Give host:port.');
  }
  const port = digits === undefined || digits === '' ? usualPort : Number(digits);
  if (!(port >= 1 && port <= 65_535)) return wrong(text, 'has an impossible port', 'It is from 1 to 65535.');
  return ok({ host, port });
}

function wrong<T>(address: string, what: string, advice: string): Result<T> {
  return failed(clusterError('clusterAddress', `${maskSecrets(address)} ${what}.`, advice));
}

/** A failure about a cluster; its code begins with `cluster`. */
export function clusterError(
  code: string,
  message: string,
  advice: string,
  remedy: Remedy = 'chooseCluster',
): UserError {
  return userError(code, message, advice, remedy);
}
