import { counted } from '../../base/counts.ts';
import { formatDuration, type Ns } from '../../base/time.ts';
import type { Detail } from '../../protocol/query.ts';
import { element } from '../dom.ts';
import { placeWords } from '../words.ts';

export interface TooltipText {
  title: string;
  time: string;
  /** `exact` or `sampled`; empty while it isn't known. */
  precision: string;
  lines: string[];
}

/** The box beside the pointer. Hidden from screen readers: they hear the timeline's own announcements. */
export class Tooltip {
  readonly root = element('div', { class: 'tooltip', 'aria-hidden': 'true', hidden: true });

  show(text: TooltipText, clientX: number, clientY: number): void {
    const head = element('div', { class: 'tooltip-title' }, text.title);
    const time = element('div', { class: 'tooltip-time' }, text.time);
    if (text.precision) time.append(element('span', { class: 'badge' }, text.precision));
    const lines = text.lines.map(line => element('div', { class: 'tooltip-line' }, line));
    this.root.replaceChildren(head, time, ...lines);
    this.root.hidden = false;
    this.place(clientX, clientY);
  }

  hide(): void {
    this.root.hidden = true;
  }

  private place(clientX: number, clientY: number): void {
    const { offsetWidth: width, offsetHeight: height } = this.root;
    const room = document.documentElement;
    const left = clientX + 14 + width > room.clientWidth ? Math.max(4, clientX - width - 10) : clientX + 14;
    const top = clientY + 18 + height > room.clientHeight ? Math.max(4, clientY - height - 10) : clientY + 18;
    this.root.style.transform = `translate(${Math.round(left)}px, ${Math.round(top)}px)`;
  }
}

/** A detail in words; `hidden` entries more are drawn as one with it. */
export function detailText(detail: Detail, hidden: number): TooltipText {
  // How long it took and where it stands are said in ways of their own.
  const saidElsewhere = detail.endNs === null ? /^At / : /^(For|Ran|At) /;
  const lines = detail.lines.filter(line => !saidElsewhere.test(line));
  if (hidden > 0) lines.push(`${counted(hidden, 'more', 'more')} here: zoom in to tell them apart`);
  if (detail.file) lines.push(`${placeWords(detail.file, detail.line)} · click to open`);
  return {
    title: detail.label,
    time: timeWords(detail.startNs, detail.endNs),
    precision: detail.exact ? 'exact' : 'sampled',
    lines,
  };
}

/** `1.2 ms → 106 ms · 105 ms`; an open one has no end. */
export function timeWords(startNs: Ns, endNs: Ns | null): string {
  if (endNs === null) return `since ${formatDuration(startNs)}, not ended`;
  return `${formatDuration(endNs - startNs)} · ${formatDuration(startNs)} → ${formatDuration(endNs)}`;
}
