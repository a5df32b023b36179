import { frameMimeType } from '../../protocol/frameValue.ts';
import { readFrame } from '../../protocol/readFrame.ts';
import { element } from '../dom.ts';
import { type FrameActions, FrameView } from './frames/frameView.ts';
import { imageElement, svgImage } from './images.ts';
import { safeHtml } from './safeHtml.ts';

/** A value's forms by MIME type; `text/plain` is always there. */
export type ValueData = Record<string, string>;

const longestAlt = 200;
/** A text that says nothing of the value: `<IPython.core.display.HTML object>`. */
const bareObject = /^\s*(?:<.* object\b.*>)?\s*$/;

/** What a cell shows, in the richest form that can be shown here: a frame, a picture, HTML, or its text. */
export function renderValue(data: ValueData, actions: FrameActions): HTMLElement {
  const shown = table(data, actions) ?? picture(data) ?? page(data) ?? textBlock(bestText(data));
  return element('div', { class: 'value' }, shown);
}

function table(data: ValueData, actions: FrameActions): HTMLElement | null {
  const json = data[frameMimeType];
  const frame = json === undefined ? null : readFrame(json);
  return frame === null ? null : new FrameView(frame, actions).root;
}

function picture(data: ValueData): HTMLElement | null {
  const alt = (data['text/plain'] ?? '').slice(0, longestAlt);
  const png = data['image/png'];
  const jpeg = data['image/jpeg'];
  const svg = data['image/svg+xml'];
  const image =
    (png === undefined ? null : imageElement(`data:image/png;base64,${png}`, alt)) ??
    (jpeg === undefined ? null : imageElement(`data:image/jpeg;base64,${jpeg}`, alt)) ??
    (svg === undefined ? null : svgImage(svg, alt));
  image?.addEventListener('error', () => image.replaceWith(textBlock(bestText(data))), { once: true });
  return image;
}

function page(data: ValueData): HTMLElement | null {
  const html = data['text/html'];
  const safe = html === undefined ? null : safeHtml(html);
  if (safe === null || (safe.isFallback && !bareObject.test(data['text/plain'] ?? ''))) return null;
  return element('div', { class: 'value-html' }, safe.nodes);
}

function bestText(data: ValueData): string {
  return data['text/markdown'] ?? data['text/latex'] ?? data['text/plain'] ?? '';
}

function textBlock(text: string): HTMLElement {
  return element('pre', { class: 'value-text' }, text);
}
