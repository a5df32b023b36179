import { counted } from '../../base/counts.ts';
import type { Ns } from '../../base/time.ts';
import type { RunView } from '../../protocol/hostWebview.ts';
import type { Overview } from '../../protocol/query.ts';
import { element } from '../dom.ts';
import type { Host } from '../host.ts';
import type { SectionState } from '../store.ts';
import type { Theme } from '../theme.ts';
import { axisHeight } from './axis.ts';
import { TimelineChart } from './controller.ts';
import { CounterCache } from './counterCache.ts';
import { wordsAt } from './counterWords.ts';
import { DetailAsker } from './details.ts';
import { FocusModel } from './focus.ts';
import { Gutter } from './gutter.ts';
import { type Hit, hitTest } from './hitTest.ts';
import { connectKeyboard, connectPointer, type TimelineActions } from './input.ts';
import { emptyLayout, layOut, processKey, type TrackLayout, visibleRows } from './layout.ts';
import { ScenePainter } from './painter.ts';
import { Surface } from './surface.ts';
import { Toolbar } from './toolbar.ts';
import type { Tooltip } from './tooltip.ts';
import { Viewport } from './viewport.ts';
import { WindowCache } from './windowCache.ts';

export interface TimelineEnvironment {
  host: Host;
  tooltip: Tooltip;
  /** Speaks through the page's live region. */
  announce(text: string): void;
  theme(): Theme;
}

/** How near the pointer must be to a span that is thinner than a pixel. */
const tolerancePixels = 3;
const zoomAnimationMs = 140;

/** The timeline of one run: tracks, axis, names, and the hands to move in it. */
export class Timeline {
  readonly root: HTMLElement;
  readonly viewport: Viewport;
  private readonly environment: TimelineEnvironment;
  private readonly state: SectionState;
  private readonly save: () => void;
  private readonly onRange: () => void;
  private readonly surface: Surface;
  private readonly toolbar: Toolbar;
  private readonly gutter: Gutter;
  private readonly chart: TimelineChart;
  private readonly cache: WindowCache;
  private readonly counters: CounterCache;
  private readonly details: DetailAsker;
  private readonly focus = new FocusModel();
  private overview: Overview | null = null;
  private layout: TrackLayout = emptyLayout;
  private revision = -1;
  private hover: { hit: Hit; x: number; y: number } | null = null;
  private highlight: { threads: number[]; startNs: Ns; endNs: Ns } | null = null;
  private live = false;
  private frame = 0;
  private animation = 0;
  private sizedFor = '';
  private restored = false;

  constructor(
    runId: string,
    environment: TimelineEnvironment,
    remembered: { state: SectionState; save(): void },
    onRange: () => void,
  ) {
    this.environment = environment;
    this.state = remembered.state;
    this.save = remembered.save;
    this.onRange = onRange;
    this.viewport = new Viewport(() => this.moved());
    this.viewport.follow = this.state.follow;
    this.gutter = new Gutter(process => this.toggleProcess(process));
    this.surface = new Surface(
      this.gutter.root,
      () => this.redraw(),
      () => this.redraw(),
    );
    this.toolbar = new Toolbar({
      zoomIn: () => this.zoomMiddle(1 / 1.6),
      zoomOut: () => this.zoomMiddle(1.6),
      fit: () => this.animateTo(0, this.viewport.limitNs),
      toggleFollow: () => this.viewport.setFollow(!this.viewport.follow),
    });
    const { host } = environment;
    this.cache = new WindowCache(
      params => host.request('getWindow', { runId, ...params }),
      () => this.redraw(),
    );
    this.counters = new CounterCache(
      params => host.request('getCounters', { runId, ...params }),
      () => this.redraw(),
    );
    this.details = new DetailAsker(runId, environment, (hit, toleranceNs) =>
      this.overview ? wordsAt(this.overview, this.counters, hit, toleranceNs) : null,
    );
    this.root = element('div', { class: 'timeline' }, this.toolbar.root, this.surface.root);
    const painter = new ScenePainter();
    this.chart = new TimelineChart(this.surface.canvas, (ctx, area) => {
      const scene = this.scene();
      if (scene) painter.paint(ctx, area, this.chart.scale, scene);
    });
    const actions = this.actions();
    connectPointer(this.surface.canvasBox, actions);
    connectKeyboard(this.surface.root, actions);
    this.surface.root.addEventListener('focus', () => this.environment.announce(this.surface.root.ariaLabel ?? ''));
    this.surface.root.addEventListener('blur', () => actions.clearFocus());
  }

  /** New data of the run: tracks, length, revision. */
  update(run: RunView, overview: Overview): void {
    this.overview = overview;
    this.revision = run.revision;
    this.live = !overview.meta.ended;
    this.relayOut();
    this.viewport.setLimit(overview.meta.durationNs);
    if (!this.restored) {
      this.restored = true;
      if (this.state.window) this.viewport.show(...this.state.window);
    }
    this.redraw();
  }

  /** What the whole says to those who can't see it. */
  setSummary(text: string): void {
    const { overview } = this;
    if (!overview) return;
    const tracks = `${counted(overview.processes.length, 'process', 'processes')}, ${counted(overview.threads.length, 'thread')}`;
    const label = `Timeline of ${overview.meta.title}: ${tracks}. ${text}`;
    this.surface.canvas.setAttribute('aria-label', label);
    this.surface.root.setAttribute(
      'aria-label',
      `${label} Arrow up and down choose a track, comma and full stop a span, Enter opens its source.`,
    );
  }

  /** Shows what an insight is about. */
  showHighlight(highlight: { threads: number[]; startNs: Ns; endNs: Ns }): void {
    this.highlight = highlight;
    const width = highlight.endNs - highlight.startNs;
    this.animateTo(highlight.startNs - width * 0.05, highlight.endNs + width * 0.05);
    const row = this.layout.rows.find(
      candidate => candidate.kind === 'thread' && highlight.threads.includes(candidate.thread),
    );
    if (row) this.surface.reveal(row.top, row.top + row.height);
    this.redraw();
  }

  /** Draws in the next frame; the theme or the pixel ratio may have changed too. */
  redraw(): void {
    if (this.frame === 0) this.frame = requestAnimationFrame(() => this.draw());
  }

  dispose(): void {
    cancelAnimationFrame(this.frame);
    cancelAnimationFrame(this.animation);
    this.cache.dispose();
    this.chart.dispose();
  }

  private scene() {
    if (!this.overview) return null;
    return {
      theme: this.environment.theme(),
      overview: this.overview,
      layout: this.layout,
      viewport: this.viewport,
      cache: this.cache,
      counters: this.counters,
      scrollTop: this.surface.scrollTop,
      pixelRatio: devicePixelRatio,
      hover: this.hover?.hit ?? null,
      focus: this.focus.current,
      cursorNs: this.hover?.hit.atNs ?? null,
      highlight: this.highlight,
    };
  }

  private draw(): void {
    this.frame = 0;
    const { surface, overview, viewport } = this;
    if (!overview || surface.width === 0 || surface.height === 0) return;
    const size = `${surface.width} ${surface.height} ${devicePixelRatio}`;
    if (size !== this.sizedFor) {
      this.chart.resize(surface.width, surface.height, devicePixelRatio);
      this.sizedFor = size;
    }
    const rows = visibleRows(this.layout, surface.scrollTop, surface.scrollTop + surface.tracksHeight);
    const threads = rows.flatMap(row => (row.kind === 'thread' ? [row.thread] : []));
    const { startNs, endNs } = viewport;
    const nsPerPixel = viewport.widthNs / (surface.width * devicePixelRatio);
    this.cache.want({ threads, startNs, endNs, nsPerPixel, revision: this.revision });
    const counters = rows.flatMap(row => (row.kind === 'counter' ? (overview.counters[row.counter]?.index ?? []) : []));
    this.counters.want({ counters, startNs, endNs, bucketNs: nsPerPixel, revision: this.revision });
    const theme = this.environment.theme();
    this.chart.scale.colours = {
      background: theme.background,
      text: theme.muted,
      line: theme.border,
      font: theme.font,
    };
    this.chart.scale.move(startNs, endNs);
    this.chart.draw();
    this.gutter.update(rows, surface.scrollTop, overview);
    this.toolbar.update(viewport, this.live, this.cache.failure);
  }

  private moved(): void {
    this.state.window = this.viewport.fitted ? null : [this.viewport.startNs, this.viewport.endNs];
    this.state.follow = this.viewport.follow;
    this.save();
    this.onRange();
    this.redraw();
  }

  private relayOut(): void {
    if (!this.overview) return;
    this.layout = layOut(this.overview, new Set(this.state.collapsedPids));
    this.surface.setContentHeight(this.layout.height);
    this.focus.relocate(this.layout);
  }

  private toggleProcess(process: number): void {
    if (!this.overview?.processes[process]) return;
    const pid = processKey(this.overview, process);
    const { collapsedPids } = this.state;
    this.state.collapsedPids = collapsedPids.includes(pid)
      ? collapsedPids.filter(other => other !== pid)
      : [...collapsedPids, pid];
    this.save();
    this.relayOut();
    this.redraw();
  }

  private timeAt(x: number): Ns {
    return this.viewport.startNs + (x / Math.max(1, this.surface.width)) * this.viewport.widthNs;
  }

  private get toleranceNs(): Ns {
    return (tolerancePixels / Math.max(1, this.surface.width)) * this.viewport.widthNs;
  }

  private hitAt(x: number, y: number): Hit | null {
    if (y < axisHeight) return null;
    const point = { y: y - axisHeight + this.surface.scrollTop, atNs: this.timeAt(x), toleranceNs: this.toleranceNs };
    return hitTest(this.layout, this.cache, point);
  }

  private zoomMiddle(factor: number): void {
    const { startNs, endNs, widthNs } = this.viewport;
    const focused = this.focus.current?.entry;
    const inView = focused && focused.endNs > startNs && focused.startNs < endNs;
    const at = inView
      ? (Math.max(focused.startNs, startNs) + Math.min(focused.endNs, endNs)) / 2
      : startNs + widthNs / 2;
    const share = (at - startNs) / widthNs;
    this.animateTo(at - share * widthNs * factor, at + (1 - share) * widthNs * factor);
  }

  private animateTo(startNs: Ns, endNs: Ns): void {
    cancelAnimationFrame(this.animation);
    if (this.environment.theme().reducedMotion) {
      this.viewport.show(startNs, endNs);
      return;
    }
    const from = { startNs: this.viewport.startNs, endNs: this.viewport.endNs };
    const begun = performance.now();
    const step = (now: number) => {
      const share = Math.min(1, Math.max(0, now - begun) / zoomAnimationMs);
      const eased = 1 - (1 - share) ** 3;
      this.viewport.show(from.startNs + (startNs - from.startNs) * eased, from.endNs + (endNs - from.endNs) * eased);
      if (share < 1) this.animation = requestAnimationFrame(step);
    };
    this.animation = requestAnimationFrame(step);
  }

  private hoverAt(x: number, y: number): void {
    const hit = this.hitAt(x, y);
    this.surface.canvasBox.classList.toggle(
      'opens',
      hit?.entry !== null && hit?.band?.kind !== 'state' && hit !== null,
    );
    this.hover = hit && { hit, x, y };
    const box = this.surface.canvasBox.getBoundingClientRect();
    this.details.hover(hit, this.toleranceNs, box.left + x, box.top + y);
    this.redraw();
  }

  private hoverEnd(): void {
    this.hover = null;
    this.details.hover(null, 0, 0, 0);
    this.redraw();
  }

  /** Brings the focused track and span into view and says what they are. */
  private showFocus(): void {
    const { current } = this.focus;
    if (!current) return;
    this.surface.reveal(current.row.top, current.row.top + current.row.height);
    const { entry } = current;
    if (entry && (entry.endNs < this.viewport.startNs || entry.startNs > this.viewport.endNs)) {
      this.viewport.pan((entry.startNs + entry.endNs) / 2 - this.viewport.startNs - this.viewport.widthNs / 2);
    }
    if (this.overview) void this.details.speak(current, this.overview);
    this.redraw();
  }

  private actions(): TimelineActions {
    const { viewport, focus, details } = this;
    return {
      zoomAt: (factor, x) => viewport.zoom(factor, this.timeAt(x)),
      zoomMiddle: factor => this.zoomMiddle(factor),
      panPixels: pixels => viewport.pan((pixels / Math.max(1, this.surface.width)) * viewport.widthNs),
      panShare: share => viewport.pan(share * viewport.widthNs),
      fit: () => this.animateTo(0, viewport.limitNs),
      jump: to => viewport.pan(to === 'start' ? -viewport.limitNs : viewport.limitNs),
      hoverAt: (x, y) => this.hoverAt(x, y),
      hoverEnd: () => this.hoverEnd(),
      open: (x, y) => void details.open(this.hitAt(x, y), this.toleranceNs),
      zoomToSpan: (x, y) => {
        const entry = this.hitAt(x, y)?.entry;
        if (!entry) return;
        const margin = Math.max(1, entry.endNs - entry.startNs) * 0.1;
        this.animateTo(entry.startNs - margin, entry.endNs + margin);
      },
      focusTrack: step => {
        focus.moveTrack(this.layout, step);
        this.showFocus();
      },
      focusEntry: step => {
        if (!focus.current) focus.moveTrack(this.layout, 1);
        focus.moveEntry(this.cache, viewport.startNs, step);
        this.showFocus();
      },
      openFocused: () => {
        const { current } = focus;
        if (current?.row.kind === 'process') this.toggleProcess(current.row.process);
        else if (current?.entry) void details.open({ ...current, atNs: middle(current.entry) }, this.toleranceNs);
      },
      clearFocus: () => {
        const had = focus.current !== null || this.highlight !== null;
        focus.clear();
        this.highlight = null;
        this.redraw();
        return had;
      },
      dragging: active => this.surface.canvasBox.classList.toggle('dragging', active),
    };
  }
}

function middle(entry: { startNs: Ns; endNs: Ns }): Ns {
  return (entry.startNs + entry.endNs) / 2;
}
