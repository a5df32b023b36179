import type * as vscode from 'vscode';
import type { UserError } from '../base/errors.ts';
import { checkClusters } from '../pool/clusterCheck.ts';
import type { ProgramHelper } from '../pool/programHelper.ts';
import type { RunHandle } from '../pool/runPool.ts';
import {
  type ClusterEngine,
  type ClusterSecrets,
  type Clusters,
  clustersFor,
  enginesOf,
  enginesOfSnippet,
  noSecrets,
} from '../run/clusters.ts';
import type { RunRequest } from '../run/request.ts';
import type { ClusterStore } from './clusterStore.ts';
import { offerToMoveSecrets } from './plainSecrets.ts';
import type { RunRecord } from './runRecord.ts';
import { WaitingRun } from './waitingRun.ts';

/** Where runs are to go, as it was when they were asked for. */
export interface ChosenPlace {
  clusters: Clusters;
  secrets: ClusterSecrets;
  /** Why an engine's cluster can't be used. Runs of other engines go on without noticing. */
  problems: Partial<Record<ClusterEngine, UserError>>;
}

/** Starts runs, those that use a chosen cluster after a look whether it answers. */
export class ClusterRuns {
  private readonly store: ClusterStore;
  private readonly helper: ProgramHelper;

  constructor(store: ClusterStore, helper: ProgramHelper) {
    this.store = store;
    this.helper = helper;
  }

  /** What is chosen now for a file or a notebook. */
  async place(resource: vscode.Uri): Promise<ChosenPlace> {
    const { clusters, secrets, problems } = this.store.current(resource);
    if (clusters.spark !== null) offerToMoveSecrets(this.store, resource, clusters.spark.master, secrets);
    const complete = await this.store.secretsOf(clusters, secrets);
    if (complete.ok) return { clusters, secrets: complete.value, problems };
    return { clusters, secrets: { ...noSecrets, ...secrets }, problems: { ...problems, dask: complete.error } };
  }

  /** `start` hands the run to the pool: at once, or when its cluster has answered. With a problem it ends without having started. */
  launch(request: RunRequest, record: RunRecord, problems: ChosenPlace['problems'], start: () => RunHandle): RunHandle {
    const concerns = (engines: ReadonlySet<ClusterEngine>) =>
      clustersFor(request.clusters, engines) !== null || [...engines].some(engine => problems[engine] !== undefined);
    if (!concerns(enginesOfSnippet(request.snippet))) return start();
    const waiting = new WaitingRun(request.runId);
    void this.lookBefore(request, record, problems).then(problem => {
      if (problem === null) waiting.start(start);
      else waiting.fail(problem);
    });
    return waiting;
  }

  private async lookBefore(
    request: RunRequest,
    record: RunRecord,
    problems: ChosenPlace['problems'],
  ): Promise<UserError | null> {
    const engines = await this.enginesUsed(request);
    const used = clustersFor(request.clusters, engines);
    record.setClusters(used);
    for (const engine of engines) {
      const problem = problems[engine];
      if (problem !== undefined) return problem;
    }
    return used === null ? null : checkClusters(used, request.clusterSecrets);
  }

  /** The engines that the program's statements import; those of the whole text when nobody can tell which statements run. */
  private async enginesUsed({ interpreter, snippet }: RunRequest): Promise<Set<ClusterEngine>> {
    const program = await this.helper.program(interpreter, snippet);
    if (!program.ok || program.value.error !== null) return enginesOfSnippet(snippet);
    return new Set(program.value.statements.flatMap(({ source }) => [...enginesOf(source)]));
  }
}
