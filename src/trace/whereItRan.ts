import { type EngineFact, type Trace, taskEngines } from './model.ts';

const dask = taskEngines.indexOf('dask');

/**
 * On which clusters a run computed, by what its engines have told: `Dask tcp://10.0.0.5:8786`, `Dask LocalCluster`, `Spark local[2]`;
 * '' = on none.
 *
 * @param chosen what was chosen before the run; it counts for engines that told nothing and ran nothing elsewhere
 */
export function whereItRan(trace: Trace, chosen: { dask: string; spark: string }): string {
  const parts = [daskWords(trace, chosen.dask), sparkWords(trace, chosen.spark)];
  return parts.filter(words => words !== '').join(', ');
}

function daskWords({ facts, tasks }: Trace, chosen: string): string {
  const told = facts.filter(({ engine, name }) => engine === 'dask' && name === 'cluster').flatMap(clusterName);
  if (told.length > 0) return `Dask ${[...new Set(told)].join(' and ')}`;
  const ranHere = tasks.engine.subarray(0, tasks.length).includes(dask);
  return ranHere || chosen === '' ? '' : `Dask ${chosen}`;
}

/** A cluster that the program or we have started has a better name than an address. */
function clusterName({ values }: EngineFact): string[] {
  const { cluster, address } = values;
  const name = typeof cluster === 'string' && cluster !== '' ? cluster : address;
  return typeof name === 'string' ? [name] : [];
}

function sparkWords({ facts }: Trace, chosen: string): string {
  // The driver's word counts as well: an event log that is read live begins before it tells the master.
  const applications = facts.filter(
    ({ engine, name }) => engine === 'spark' && (name === 'application' || name === 'driver'),
  );
  const masters = applications.map(({ values }) => values.master).filter(master => typeof master === 'string');
  if (masters.length > 0) return `Spark ${[...new Set(masters)].join(' and ')}`;
  return chosen === '' ? '' : `Spark ${chosen}`;
}
