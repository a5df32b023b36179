import { counted } from '../../base/counts.ts';
import { formatDuration } from '../../base/time.ts';
import type { Overview, Totals } from '../../protocol/query.ts';
import { type ThreadState, threadStates } from '../../trace/model.ts';
import { stateText } from '../../trace/words.ts';
import { element, setText, uniqueId } from '../dom.ts';
import { icon } from '../icons.ts';
import type { Theme } from '../theme.ts';
import { texel } from '../timeline/hatchTable.ts';
import { percent } from '../words.ts';

const swatchWidth = 20;
const swatchHeight = 12;

/** The states with their textures and meanings, and how much of the visible time each took. */
export class Legend {
  readonly root: HTMLElement;
  private readonly entries: { state: ThreadState; canvas: HTMLCanvasElement; figure: HTMLElement; item: HTMLElement }[];
  private readonly scope = element('span', { class: 'legend-scope' });
  private readonly quality = element('p', { class: 'quality' });
  private readonly warnings = element('details', { class: 'warnings', hidden: true });
  private readonly theme: () => Theme;
  private isSampled = false;
  private drawnFor: Theme | null = null;
  private drawnRatio = 0;

  constructor(theme: () => Theme, open: boolean, onToggle: (open: boolean) => void) {
    this.theme = theme;
    const list = element('ul', { class: 'legend-list' });
    this.entries = threadStates.map(state => {
      const entry = legendEntry(state);
      list.append(entry.item);
      return { state, ...entry };
    });
    const listId = uniqueId('legend');
    list.id = listId;
    const toggle = element(
      'button',
      { type: 'button', class: 'legend-toggle', 'aria-controls': listId },
      icon('chevron'),
      element('span', {}, 'Thread states'),
    );
    this.root = element(
      'div',
      { class: 'legend' },
      element('div', { class: 'legend-head' }, toggle, this.scope),
      list,
      this.quality,
      this.warnings,
    );
    const show = (expanded: boolean) => {
      toggle.setAttribute('aria-expanded', String(expanded));
      toggle.title = expanded ? 'Hide what the states mean' : 'Show what the states mean';
      this.root.classList.toggle('open', expanded);
    };
    show(open);
    toggle.addEventListener('click', () => {
      const expanded = !this.root.classList.contains('open');
      show(expanded);
      onToggle(expanded);
    });
  }

  /** Paints the swatches as the timeline paints the states. */
  redraw(): void {
    const theme = this.theme();
    if (theme === this.drawnFor && devicePixelRatio === this.drawnRatio) return;
    this.drawnFor = theme;
    this.drawnRatio = devicePixelRatio;
    this.entries.forEach(({ canvas }, code) => {
      paintSwatch(canvas, theme, code);
    });
  }

  update(overview: Overview): void {
    setText(this.quality, qualityText(overview));
    const { warnings, stateSource } = overview.meta.quality;
    this.isSampled = stateSource !== 'spans-only';
    this.warnings.hidden = warnings.length === 0;
    if (warnings.length !== this.warnings.querySelectorAll('li').length) {
      const items = warnings.map(text => element('li', {}, text));
      this.warnings.replaceChildren(
        element('summary', {}, icon('warning'), counted(warnings.length, 'warning')),
        element('ul', {}, ...items),
      );
    }
    this.redraw();
  }

  /** Returns the figures in words, for those who can't see them. */
  showTotals(totals: Totals, wholeRun: boolean): string {
    const sum = totals.all.reduce((a, b) => a + b, 0);
    if (wholeRun) this.root.classList.toggle('without-states', sum === 0 && !this.isSampled);
    setText(this.scope, wholeRun ? 'thread time, whole run' : 'thread time, visible part');
    const spoken: string[] = [];
    this.entries.forEach(({ state, figure, item }, index) => {
      const ns = totals.all[index] ?? 0;
      const share = sum > 0 ? ns / sum : 0;
      setText(figure, ns > 0 ? `${percent(share)} · ${formatDuration(ns)}` : '–');
      item.classList.toggle('none', ns === 0);
      if (share >= 0.01) spoken.push(`${stateText[state].label} ${percent(share)}`);
    });
    return spoken.length > 0 ? `${spoken.join(', ')}.` : '';
  }
}

function legendEntry(state: ThreadState) {
  const { label, meaning } = stateText[state];
  const meaningId = uniqueId('meaning');
  const canvas = element('canvas', { class: 'swatch', 'aria-hidden': 'true' });
  const figure = element('span', { class: 'legend-figure' }, '–');
  const item = element(
    'li',
    { class: 'legend-item none', tabindex: 0, 'aria-describedby': meaningId, 'data-state': state },
    canvas,
    element('span', { class: 'legend-name' }, label),
    figure,
    element('span', { class: 'legend-meaning', id: meaningId, role: 'tooltip' }, meaning),
  );
  return { canvas, figure, item };
}

function paintSwatch(canvas: HTMLCanvasElement, theme: Theme, code: number): void {
  const ratio = devicePixelRatio;
  const scale = Math.max(1, Math.round(ratio));
  const width = Math.round(swatchWidth * ratio);
  const height = Math.round(swatchHeight * ratio);
  canvas.width = width;
  canvas.height = height;
  const ctx = canvas.getContext('2d');
  if (!ctx) return;
  const image = ctx.createImageData(width, height);
  const words = new Uint32Array(image.data.buffer);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      words[y * width + x] = texel(theme, code, x, y, height, scale) || theme.packed.background;
    }
  }
  ctx.putImageData(image, 0, 0);
}

/** What the figures are worth, in one line. */
function qualityText({ meta }: Overview): string {
  const { quality } = meta;
  if (quality.stateSource === 'spans-only') {
    return quality.stateNote || 'Thread states come from the program’s own waits; this platform offers no sampling.';
  }
  if (quality.samplingHz === 0) return quality.stateNote || 'No thread state was sampled yet.';
  const parts = [`States sampled at ${Math.round(quality.samplingHz)} Hz; waits and tasks are exact`];
  if (quality.lateSamples > 0) parts.push(counted(quality.lateSamples, 'late sample'));
  if (quality.tracerNs > 0) parts.push(`tracing took ${formatDuration(quality.tracerNs)} of the program’s time`);
  if (quality.stateNote) parts.push(quality.stateNote);
  return parts.join(' · ');
}
