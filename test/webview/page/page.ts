import type { Insight } from '../../../src/insights/insight.ts';
import { type FrameValue, frameMimeType } from '../../../src/protocol/frameValue.ts';
import type { HostToWebview, OutputPage, RunView, WebviewToHost } from '../../../src/protocol/hostWebview.ts';
import type { TraceQueries } from '../../../src/protocol/query.ts';
import type { PlanInfo } from '../../../src/trace/model.ts';
import { TraceReader } from '../../../src/trace/reader.ts';
import { buildCluster, buildSavedLog } from './clusterSample.ts';
import { figurePng, frameHtml, graphSvg } from './figures.ts';
import { lazyPeople, people, pivot } from './frames.ts';
import { buildMany, buildPool, gilInsight, queueInsight } from './samples.ts';
import { applyTheme, type ThemeName } from './themes.ts';

interface FakeRun {
  view: RunView;
  reader: TraceReader | null;
  output: OutputPage['chunks'];
  truncated: boolean;
  /** Beside those of its trace. */
  plans: PlanInfo[];
}

/** Plays the extension: answers from real traces, records what the panel says, can be slow and can fail. */
class FakeHost {
  readonly sent: WebviewToHost[] = [];
  readonly violations: string[] = [];
  state: unknown = undefined;
  /** Replies wait until released when this holds their method. */
  held = new Set<string>();
  failing = new Set<string>();
  private readonly runs: FakeRun[] = [];
  private waiting: (() => void)[] = [];

  receive(message: WebviewToHost): void {
    this.sent.push(message);
    if (message.kind !== 'request') return;
    const answer = () => this.post(this.reply(message));
    if (this.held.has(message.method)) this.waiting.push(answer);
    else setTimeout(answer, 0);
  }

  release(): void {
    this.held.clear();
    const waiting = this.waiting;
    this.waiting = [];
    for (const answer of waiting) answer();
  }

  add(
    view: Partial<RunView>,
    options: {
      trace?: 'pool' | 'many' | 'cluster' | 'savedLog' | 'none';
      untilMs?: number;
      insights?: boolean | 'several';
    } = {},
  ): void {
    const run: FakeRun = {
      view: { ...plainRun, runId: `run-${this.runs.length + 1}`, ...view },
      reader: null,
      output: [],
      truncated: false,
      plans: [],
    };
    this.runs.unshift(run);
    const kind = options.trace ?? 'pool';
    if (kind === 'many') {
      run.reader = new TraceReader(buildMany(64, 2000, 8), []);
      run.view.durationNs = 8e9;
    }
    if (kind === 'cluster' || kind === 'savedLog') {
      run.reader = new TraceReader(kind === 'cluster' ? buildCluster() : buildSavedLog(), []);
      run.view.durationNs = 2.4e9;
    }
    if (kind === 'pool') this.setPool(run, options.untilMs ?? 1200, insightsOf(options.insights));
    run.view.hasTrace = run.reader !== null;
  }

  /** Lets a live run grow to this age. */
  grow(runId: string, untilMs: number): void {
    const run = this.find(runId);
    this.setPool(run, untilMs, []);
    run.view.revision += 1;
    this.changed(runId);
  }

  change(runId: string, patch: Partial<RunView>): void {
    Object.assign(this.find(runId).view, patch);
    this.changed(runId);
  }

  write(runId: string, stream: 'stdout' | 'stderr', text: string): void {
    const run = this.find(runId);
    run.output.push({ stream, text });
    run.view.outputRevision += 1;
    this.changed(runId);
  }

  show(runId: string, data: Record<string, string>): void {
    const run = this.find(runId);
    run.output.push({ stream: 'display', data });
    run.view.outputRevision += 1;
    run.view.valueCount += 1;
    this.changed(runId);
  }

  /** An engine tells of one more plan. */
  tellPlan(runId: string, plan: PlanInfo): void {
    const run = this.find(runId);
    run.plans.push(plan);
    run.view.revision += 1;
    this.changed(runId);
  }

  cut(runId: string): void {
    this.find(runId).truncated = true;
  }

  remove(runId: string): void {
    this.runs.splice(this.runs.indexOf(this.find(runId)), 1);
    this.changed(runId);
  }

  changed(...runIds: string[]): void {
    this.post({ kind: 'changed', runIds });
  }

  theme(name: ThemeName): void {
    applyTheme(name);
  }

  private find(runId: string): FakeRun {
    const run = this.runs.find(candidate => candidate.view.runId === runId);
    if (!run) throw new Error(`No run ${runId}`);
    return run;
  }

  private setPool(run: FakeRun, untilMs: number, insights: Insight[]): void {
    const { builder, endNs } = buildPool(untilMs);
    const ended = run.view.phase === 'ended';
    run.reader = new TraceReader(ended ? builder.finish(endNs) : builder.snapshot(endNs), insights);
    run.view.durationNs = endNs;
  }

  private reply(message: Extract<WebviewToHost, { kind: 'request' }>): HostToWebview {
    const { id, method } = message;
    try {
      if (this.failing.has(method)) throw new Error('The run is gone.');
      return { kind: 'reply', id, ok: true, result: this.answer(message) };
    } catch (error) {
      return { kind: 'reply', id, ok: false, message: error instanceof Error ? error.message : String(error) };
    }
  }

  private answer(message: Extract<WebviewToHost, { kind: 'request' }>): unknown {
    if (message.method === 'getRuns') return { runs: this.runs.map(run => ({ ...run.view })) };
    if (message.method === 'getOutput') return this.outputOf(message.params.runId, message.params.from);
    const { reader, plans } = this.find(message.params.runId);
    if (!reader) throw new Error('This run has no trace.');
    if (message.method === 'getPlans') {
      return { plans: [...reader.answer('getPlans', message.params).plans, ...plans] };
    }
    const query: keyof TraceQueries = message.method;
    return reader.answer(query, message.params);
  }

  /** Pages of at most 400 chunks. */
  private outputOf(runId: string, from: number): OutputPage {
    const run = this.find(runId);
    const chunks = run.output.slice(from, from + 400);
    return { chunks, next: from + chunks.length, truncated: run.truncated, hasLog: true };
  }

  private post(message: HostToWebview): void {
    window.postMessage(message, '*');
  }
}

function insightsOf(which: boolean | 'several' = false): Insight[] {
  if (which === false) return [];
  return which === true ? [gilInsight] : [gilInsight, queueInsight, { ...queueInsight, title: 'And one more.' }];
}

const plainRun: RunView = {
  runId: '',
  title: 'fetch.py:10-24',
  where: '',
  progress: '',
  phase: 'ended',
  status: 'ok',
  queuePosition: null,
  revision: 1,
  outputRevision: 0,
  durationNs: 0,
  exitCode: 0,
  signal: null,
  programError: null,
  userError: null,
  valueCount: 0,
  opensWith: 'timeline',
  notes: [],
  packages: [],
  canRunAgain: true,
  remedies: [],
  hasProgram: false,
  hasTrace: false,
  file: '/code/fetch.py',
  line: 10,
};

const host = new FakeHost();
// Frames are timed from outside of the panel: every callback that it gives to the browser.
const frameTimes: number[] = [];
const nextFrame = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = callback =>
  nextFrame(now => {
    const begun = performance.now();
    callback(now);
    frameTimes.push(performance.now() - begun);
  });
document.addEventListener('securitypolicyviolation', event => {
  host.violations.push(`${event.violatedDirective}: ${event.blockedURI} ${event.sample}`);
});
const values = {
  frameHtml,
  figurePng,
  graphSvg,
  people,
  lazyPeople,
  pivot,
  showFrame: (frame: FrameValue) => values.show({ 'text/plain': 'plain', [frameMimeType]: JSON.stringify(frame) }),
  write: (text: string) => host.write('run-1', 'stdout', text),
  show: (data: Record<string, string>) => host.show('run-1', data),
};
Object.assign(window, {
  fake: host,
  values,
  frameTimes,
  acquireVsCodeApi: () => ({
    postMessage: (message: WebviewToHost) => host.receive(structuredClone(message)),
    getState: () => host.state,
    setState: (state: unknown) => {
      host.state = structuredClone(state);
    },
  }),
});

declare global {
  interface Window {
    fake: FakeHost;
    values: typeof values;
    frameTimes: number[];
  }
}
