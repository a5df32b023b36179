import type { RunView } from '../../protocol/hostWebview.ts';
import { button, element, setText } from '../dom.ts';
import type { Host } from '../host.ts';
import { icon } from '../icons.ts';
import { fixedColour, type TextStyle } from './ansi.ts';
import type { FrameActions } from './frames/frameView.ts';
import { findLinks, type SourceLink } from './links.ts';
import { type OutputLine, type Piece, TerminalLines } from './terminalLines.ts';
import { renderValue } from './values.ts';

/** More lines than these are only in the log. */
const mostLines = 5000;
/** Nearer to the end than this, and new output keeps it in view. CSS pixels. */
const stickyDistance = 24;

/** What the program wrote and showed, all in the order in which it came. */
export class OutputPanel {
  readonly root: HTMLElement;
  private readonly host: Host;
  private readonly runId: string;
  private readonly terminal = new TerminalLines(mostLines);
  private readonly list = element('div', { class: 'out-lines' });
  private readonly scroller = element('div', {
    class: 'out-scroller',
    tabindex: 0,
    role: 'log',
    'aria-label': 'Output',
  });
  private readonly notice = element('div', { class: 'out-notice', hidden: true });
  private readonly noticeText = element('span', {}, '… earlier output is in the log');
  private readonly empty = element('div', { class: 'placeholder' });
  private readonly toEnd: HTMLButtonElement;
  private readonly actions: FrameActions = {
    showFirstRows: number => this.host.act({ kind: 'showFirstRows', runId: this.runId, number }),
    copy: text => this.host.act({ kind: 'copy', text }),
  };
  private next = 0;
  private revision = -1;
  private asking = false;
  private truncated = false;
  private sticky = true;

  constructor(runId: string, host: Host) {
    this.host = host;
    this.runId = runId;
    this.notice.append(
      this.noticeText,
      button({ className: 'link', label: 'Open log', text: 'Open log' }, () => host.act({ kind: 'openLog', runId })),
    );
    this.toEnd = button(
      { className: 'out-to-end', label: 'Scroll to the end and stay there', icon: icon('down') },
      () => this.scrollToEnd(),
    );
    this.toEnd.hidden = true;
    this.scroller.append(this.notice, this.empty, this.list);
    this.root = element('div', { class: 'output' }, this.scroller, this.toEnd);
    this.scroller.addEventListener('scroll', () => this.onScroll(), { passive: true });
    this.list.addEventListener('click', event => {
      // Whoever selects a part of a path wants to copy it.
      if (getSelection()?.isCollapsed !== false) this.open(event);
    });
    this.list.addEventListener('keydown', event => {
      if (event.key === 'Enter') this.open(event);
    });
    // An image has no height until it is loaded. (The event does not bubble.)
    this.list.addEventListener('load', () => this.shown(), { capture: true });
  }

  /** Asks for what is new. */
  update(run: RunView): void {
    this.describeEmptiness(run);
    if (this.asking || run.outputRevision === this.revision) return;
    this.asking = true;
    void this.read(run);
  }

  /** The tab was opened: while hidden it can't scroll. */
  shown(): void {
    if (this.sticky) this.scrollToEnd();
  }

  private async read(run: RunView): Promise<void> {
    try {
      for (let more = true; more; ) {
        const from = this.next;
        const page = await this.host.request('getOutput', { runId: this.runId, from });
        this.truncated ||= page.truncated;
        this.next = page.next;
        let changed = Number.POSITIVE_INFINITY;
        for (const chunk of page.chunks) {
          const first =
            chunk.stream === 'display' ? this.terminal.show(chunk.data) : this.terminal.write(chunk.stream, chunk.text);
          changed = Math.min(changed, first);
        }
        if (page.chunks.length > 0) this.render(changed);
        this.showNotice(page.hasLog);
        more = page.chunks.length > 0 && page.next > from;
      }
      this.revision = run.outputRevision;
    } catch {
      // The next revision asks again.
    } finally {
      this.asking = false;
      this.describeEmptiness(run);
    }
  }

  /** Replaces the lines from the first changed one on; those before stay, so that a selection in them survives. */
  private render(changed: number): void {
    const { lines } = this.terminal;
    const first = lines[0]?.number ?? 0;
    for (let node = this.list.firstElementChild; node && numberOf(node) < first; node = this.list.firstElementChild)
      node.remove();
    for (let node = this.list.lastElementChild; node && numberOf(node) >= changed; node = this.list.lastElementChild)
      node.remove();
    const fresh = document.createDocumentFragment();
    for (const line of lines.slice(Math.max(0, changed - first))) fresh.append(renderLine(line, this.actions));
    this.list.append(fresh);
    if (this.sticky) this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  private showNotice(hasLog: boolean): void {
    const cut = this.truncated || this.terminal.dropped > 0;
    this.notice.hidden = !cut;
    const openLog = this.notice.querySelector('button');
    if (openLog) openLog.hidden = !hasLog;
    setText(this.noticeText, hasLog ? '… earlier output is in the log' : '… earlier output was dropped');
  }

  private describeEmptiness(run: RunView): void {
    const written = this.terminal.lines.length > 1 || (this.terminal.lines[0]?.pieces.length ?? 0) > 0;
    this.empty.hidden = written;
    setText(this.empty, run.phase === 'ended' ? 'It wrote nothing.' : 'Nothing written yet.');
  }

  private scrollToEnd(): void {
    this.sticky = true;
    this.toEnd.hidden = true;
    this.scroller.scrollTop = this.scroller.scrollHeight;
  }

  private onScroll(): void {
    const { scrollTop, clientHeight, scrollHeight } = this.scroller;
    if (clientHeight === 0) return;
    this.sticky = scrollHeight - scrollTop - clientHeight < stickyDistance;
    this.toEnd.hidden = this.sticky;
  }

  private open(event: Event): void {
    const link = event.target instanceof Element ? event.target.closest('[data-file]') : null;
    if (!(link instanceof HTMLElement)) return;
    this.host.act({ kind: 'reveal', file: link.dataset.file ?? '', line: Number(link.dataset.line) });
  }
}

function numberOf(node: Element): number {
  return Number(node.getAttribute('data-number'));
}

function renderLine(line: OutputLine, actions: FrameActions): HTMLElement {
  const node = element('div', { class: 'out-line', 'data-number': line.number });
  if (line.value) {
    node.append(renderValue(line.value, actions));
    return node;
  }
  const text = line.pieces.map(piece => piece.text).join('');
  const stderr = line.pieces.length > 0 && line.pieces.every(piece => piece.stream === 'stderr');
  if (stderr) node.classList.add('stderr');
  const links = findLinks(text);
  let at = 0;
  for (const piece of line.pieces) {
    for (const part of splitAtLinks(piece, at, links)) node.append(renderPart(part));
    at += piece.text.length;
  }
  return node;
}

/** A piece may begin or end within a link: Python 3.13 colours the file and the line of a traceback apart. */
function splitAtLinks(
  piece: Piece,
  at: number,
  links: SourceLink[],
): { text: string; piece: Piece; link: SourceLink | null }[] {
  const end = at + piece.text.length;
  const parts: { text: string; piece: Piece; link: SourceLink | null }[] = [];
  const add = (from: number, to: number, link: SourceLink | null) => {
    if (to > from) parts.push({ text: piece.text.slice(from - at, to - at), piece, link });
  };
  let from = at;
  for (const link of links) {
    if (link.to <= from || link.from >= end) continue;
    add(from, link.from, null);
    add(Math.max(from, link.from), Math.min(end, link.to), link);
    from = Math.min(end, link.to);
  }
  add(from, end, null);
  return parts;
}

function renderPart({ text, piece, link }: { text: string; piece: Piece; link: SourceLink | null }): Node {
  const classes = classesOf(piece);
  if (link) {
    const title = `Open ${link.file}, line ${link.line}`;
    // No button: that would be a block of its own, with a new line before and after it where it is long.
    const attributes = {
      role: 'link',
      tabindex: 0,
      class: `link ${classes}`,
      title,
      'data-file': link.file,
      'data-line': link.line,
    };
    return element('span', attributes, text);
  }
  const { foreground, background } = piece.style;
  if (classes === '' && foreground === null && background === null) return document.createTextNode(text);
  const span = element('span', { class: classes }, text);
  if (foreground !== null) span.style.color = fixedColour(foreground) ?? '';
  if (background !== null) span.style.backgroundColor = fixedColour(background) ?? '';
  return span;
}

function classesOf({ style, stream }: Piece): string {
  const named = (colour: TextStyle['foreground'], prefix: string) =>
    typeof colour === 'number' && colour < 16 ? `${prefix}-${colour}` : '';
  return [
    stream === 'stderr' ? 'stderr' : '',
    named(style.foreground, 'fg'),
    named(style.background, 'bg'),
    style.bold ? 'bold' : '',
    style.dim ? 'dim' : '',
    style.italic ? 'italic' : '',
    style.underline ? 'underline' : '',
  ]
    .filter(Boolean)
    .join(' ');
}
