import { element } from '../dom.ts';
import { axisHeight } from './axis.ts';

/**
 * The timeline's boxes. The scroller scrolls natively; what is seen is one sticky layer of its size, redrawn for each position, so that
 * ten thousand tracks cost no more than those on the screen.
 *
 *   root (focus) ── scroller ─┬─ sticky: gutter │ canvas (axis on top)
 *                             └─ filler: as high as the tracks that don't fit
 */
export class Surface {
  readonly root: HTMLElement;
  readonly canvas = element('canvas', { role: 'img' });
  readonly canvasBox: HTMLElement;
  private readonly scroller: HTMLElement;
  private readonly sticky: HTMLElement;
  private readonly filler = element('div', { class: 'tl-filler' });
  private contentHeight = 0;
  width = 0;
  height = 0;

  constructor(names: HTMLElement, onResize: () => void, onScroll: () => void) {
    this.canvasBox = element('div', { class: 'tl-canvas' }, this.canvas);
    const gutter = element('div', { class: 'tl-gutter' }, element('div', { class: 'tl-corner' }, 'Threads'), names);
    this.sticky = element('div', { class: 'tl-sticky' }, gutter, this.canvasBox);
    this.scroller = element('div', { class: 'tl-scroller', tabindex: -1 }, this.sticky, this.filler);
    this.root = element(
      'div',
      { class: 'tl', tabindex: 0, role: 'application', 'aria-roledescription': 'timeline' },
      this.scroller,
    );
    this.scroller.addEventListener('scroll', onScroll, { passive: true });
    new ResizeObserver(() => {
      if (this.measure()) onResize();
    }).observe(this.scroller);
  }

  get scrollTop(): number {
    return this.scroller.scrollTop;
  }

  /** Height of the part with tracks. */
  get tracksHeight(): number {
    return Math.max(0, this.height - axisHeight);
  }

  setContentHeight(tracks: number): void {
    const height = tracks + axisHeight;
    if (height === this.contentHeight) return;
    this.contentHeight = height;
    this.scroller.style.height = `${height}px`;
    this.measure();
  }

  /** Scrolls as little as it takes to see the rows between two heights. */
  reveal(top: number, bottom: number): void {
    if (top < this.scrollTop) this.scroller.scrollTop = top;
    else if (bottom > this.scrollTop + this.tracksHeight) this.scroller.scrollTop = bottom - this.tracksHeight;
  }

  /** Whether the size changed. */
  measure(): boolean {
    const height = this.scroller.clientHeight;
    this.sticky.style.height = `${height}px`;
    this.filler.style.height = `${Math.max(0, this.contentHeight - height)}px`;
    const width = this.canvasBox.clientWidth;
    if (width === this.width && height === this.height) return false;
    this.width = width;
    this.height = height;
    return true;
  }
}
