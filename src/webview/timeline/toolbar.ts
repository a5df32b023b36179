import { formatDuration } from '../../base/time.ts';
import { button, element, setAttributes, setText } from '../dom.ts';
import { icon } from '../icons.ts';
import type { Viewport } from './viewport.ts';

export interface ToolbarActions {
  zoomIn(): void;
  zoomOut(): void;
  fit(): void;
  toggleFollow(): void;
}

/** Above the tracks: which part of the run is seen, and the hands for those who have neither wheel nor keys in mind. */
export class Toolbar {
  readonly root = element('div', { class: 'tl-toolbar', role: 'toolbar', 'aria-label': 'Timeline view' });
  private readonly range = element('span', { class: 'tl-range' });
  private readonly failure = element('span', { class: 'tl-failure', role: 'status' });
  private readonly follow: HTMLButtonElement;
  private readonly fit: HTMLButtonElement;

  constructor(actions: ToolbarActions) {
    this.follow = button(
      { className: 'tool toggle', label: 'Follow the end', icon: icon('follow'), text: 'Follow' },
      () => actions.toggleFollow(),
    );
    this.fit = button({ className: 'tool', label: 'Show the whole run (0)', icon: icon('fit') }, () => actions.fit());
    this.root.append(
      this.range,
      this.failure,
      element('span', { class: 'spacer' }),
      this.follow,
      button({ className: 'tool', label: 'Zoom out (−)', icon: icon('minus') }, () => actions.zoomOut()),
      button({ className: 'tool', label: 'Zoom in (+)', icon: icon('plus') }, () => actions.zoomIn()),
      this.fit,
    );
  }

  /** `failure`: why what is drawn may be old or missing; '' for nothing. */
  update(viewport: Viewport, live: boolean, failure: string): void {
    setText(this.failure, failure === '' ? '' : `Not up to date: ${failure}`);
    const whole = formatDuration(viewport.limitNs);
    setText(
      this.range,
      viewport.fitted
        ? `Whole run · ${whole}`
        : `${formatDuration(viewport.widthNs)} from ${formatDuration(viewport.startNs)} · of ${whole}`,
    );
    this.follow.hidden = !live;
    setAttributes(this.follow, { 'aria-pressed': viewport.follow ? 'true' : 'false' });
    this.fit.disabled = viewport.fitted;
  }
}
