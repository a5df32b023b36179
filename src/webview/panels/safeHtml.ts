import { element } from '../dom.ts';
import { imageElement, svgImage } from './images.ts';
import { markCells } from './tableCells.ts';

/** What `<style>` is called for the parser; see quietened(). */
const renamedStyle = 'x-style';

/** Elements that stay, without their attributes. */
const kept = new Set(
  (
    'table caption thead tbody tfoot tr th td p div span b i em strong code pre br hr sub sup blockquote ' +
    'ul ol li dl dt dd h1 h2 h3 h4 h5 h6'
  ).split(' '),
);
/** Elements that go with all that is in them. Of any others only what is in them stays: text, in the end. */
const dropped = new Set(
  (
    `script style ${renamedStyle} template title noscript noembed noframes iframe frame object embed applet audio ` +
    'video canvas map math textarea select input button dialog'
  ).split(' '),
);
/** More rows of a table than these, and more nodes of a value, are left out. */
const mostRows = 200;
const mostNodes = 20_000;
const widestCell = 1000;

/** Parts of a drawing that are not seen. */
const definitions = new Set(['defs', 'symbol', 'title', 'desc', 'metadata', 'style', renamedStyle, 'script']);

const htmlNamespace = 'http://www.w3.org/1999/xhtml';
const svgNamespace = 'http://www.w3.org/2000/svg';

export interface SafeHtml {
  nodes: DocumentFragment;
  /** True when styles would have shown or hidden parts of it: what is left is what its author wrote for readers without them. */
  isFallback: boolean;
}

/**
 * A program's HTML as nodes of our own making: text, tables and simple marks, no attributes but the spans of cells, images only when all
 * of them is in the text. Nothing in it can run, load, style or navigate. Null when nothing of it can be shown.
 */
export function safeHtml(html: string): SafeHtml | null {
  // A document that DOMParser made is inert: no script of it runs, nothing of it is loaded.
  const { body } = new DOMParser().parseFromString(quietened(html), 'text/html');
  const copy = new Copy();
  const nodes = document.createDocumentFragment();
  copy.children(body, nodes, null);
  if (nodes.textContent.trim() === '' && !nodes.querySelector('img')) return null;
  for (const table of nodes.querySelectorAll('table')) markCells(table);
  if (copy.isCut) nodes.append(element('p', { class: 'value-cut' }, 'The rest is too long to be shown.'));
  return { nodes, isFallback: copy.hides };
}

/**
 * The same with other names for styles and handlers: a page with a content security policy reports each of them as soon as it is parsed,
 * inert or not, and every DataFrame has some. Nothing but the quiet of the console rests on this.
 */
function quietened(html: string): string {
  return html.replaceAll(/<\/?[a-z][^<>]*>/gi, tag =>
    tag.replace(/^(<\/?)style\b/i, `$1${renamedStyle}`).replaceAll(/([\s"'/])(style|on\w+)(?=\s*=)/gi, '$1data-$2'),
  );
}

/** A drawing among HTML, with its styles under their own names again. Null when it only defines what others use. */
function drawing(svg: Element): HTMLImageElement | null {
  if ([...svg.children].every(child => definitions.has(child.localName))) return null;
  const text = new XMLSerializer().serializeToString(svg);
  const named = text
    .replaceAll(/\sdata-style=/g, ' style=')
    .replaceAll(new RegExp(`(</?)${renamedStyle}\\b`, 'g'), '$1style');
  return svgImage(named, '');
}

interface Rows {
  shown: number;
  all: number;
}

/** Recursion is bounded: HTML parsers nest no deeper than 512 elements. */
class Copy {
  /** Something was hidden. */
  hides = false;
  private left = mostNodes;

  get isCut(): boolean {
    return this.left < 0;
  }

  /** `rows`: those of the table that `from` is part of. */
  children(from: Node, to: Node, rows: Rows | null): void {
    for (const node of from.childNodes) {
      if (this.isCut) return;
      if (node instanceof Text) this.append(to, document.createTextNode(node.data));
      else if (node instanceof Element) this.element(node, to, rows);
    }
  }

  private element(from: Element, to: Node, rows: Rows | null): void {
    const tag = from.localName;
    if (from.namespaceURI === svgNamespace) this.append(to, drawing(from));
    else if (from.namespaceURI !== htmlNamespace || dropped.has(tag)) return;
    else if (isHidden(from)) this.hides = true;
    else if (tag === 'img')
      this.append(to, imageElement(from.getAttribute('src') ?? '', from.getAttribute('alt') ?? ''));
    else if (!kept.has(tag)) this.children(from, to, rows);
    else if (tag === 'table') this.table(from, to, rows !== null);
    else if (tag === 'tr' && rows !== null && !hasRoom(from, rows)) return;
    else this.plain(from, to, rows);
  }

  private plain(from: Element, to: Node, rows: Rows | null): Element {
    const made = document.createElement(from.localName);
    for (const name of ['colspan', 'rowspan']) {
      const span = Math.min(widestCell, Math.trunc(Number(from.getAttribute(name))));
      if (span > 1) made.setAttribute(name, String(span));
    }
    this.append(to, made);
    this.children(from, made, rows);
    return made;
  }

  /** A table scrolls by itself; one within another does not. */
  private table(from: Element, to: Node, isNested: boolean): void {
    const rows: Rows = { shown: 0, all: 0 };
    const box = isNested
      ? to
      : element('div', { class: 'value-table', role: 'region', 'aria-label': 'Table', tabindex: 0 });
    this.plain(from, box, rows);
    if (box !== to) this.append(to, box);
    if (rows.all === rows.shown) return;
    const words = `${rows.shown.toLocaleString('en-US')} of ${rows.all.toLocaleString('en-US')} rows are shown.`;
    this.append(to, element('p', { class: 'value-cut' }, words));
  }

  private append(to: Node, node: Node | null): void {
    this.left--;
    if (node && !this.isCut) to.appendChild(node);
  }
}

/** Counts a row; those of the head are always shown. */
function hasRoom(row: Element, rows: Rows): boolean {
  if (row.parentElement?.localName === 'thead') return true;
  rows.all++;
  if (rows.shown === mostRows) return false;
  rows.shown++;
  return true;
}

/** What a page with scripts and styles would show later, or never. */
function isHidden(node: Element): boolean {
  return node.hasAttribute('hidden') || /(^|;)\s*display\s*:\s*none/i.test(node.getAttribute('data-style') ?? '');
}
