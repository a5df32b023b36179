const svgNamespace = 'http://www.w3.org/2000/svg';

/** Stroked outlines on a 16 × 16 grid, in the weight of VS Code's own icons. */
const outlines = {
  chevron: 'M5.5 3.5 10 8l-4.5 4.5',
  stop: 'M4 4h8v8H4z',
  rerun: 'M12.9 6.2A5.3 5.3 0 1 0 13.3 9M13.2 2.6v3.8H9.4',
  remove: 'M4 4l8 8M12 4l-8 8',
  save: 'M8 2.5v7.2M4.8 6.9 8 10.1l3.2-3.2M3 12.8h10',
  clock: 'M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2M8 4.8V8l2.2 1.6',
  spinner: 'M8 2.2A5.8 5.8 0 1 1 2.2 8',
  check: 'M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2M5.4 8.2l1.8 1.8 3.4-3.8',
  error: 'M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2M6 6l4 4M10 6l-4 4',
  cancelled: 'M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2M4.1 11.9l7.8-7.8',
  timeout: 'M8 3.4a5.2 5.2 0 1 0 0 10.4A5.2 5.2 0 0 0 8 3.4M8 5.8v3M6.2 1.6h3.6M8 10.9v.1',
  killed: 'M9 1.8 4 9h3.4L6.6 14.2 12 6.9H8.4z',
  warning: 'M8 2.4 14 13.2H2zM8 6.4v3.2M8 11.3v.1',
  hint: 'M6.2 12.2h3.6M6.8 14h2.4M5.7 9.7a4 4 0 1 1 4.6 0c-.4.3-.5.7-.5 1.1H6.2c0-.4-.1-.8-.5-1.1z',
  fit: 'M2.5 3v10M13.5 3v10M4.8 8h6.4M6.6 6 4.6 8l2 2M9.4 6l2 2-2 2',
  plus: 'M8 3.5v9M3.5 8h9',
  minus: 'M3.5 8h9',
  follow: 'M2.5 8h7.5M7.2 5l3 3-3 3M13 3v10',
  info: 'M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2M8 7.2v3.6M8 5.2v.1',
  program: 'M3 3.5h6.5M5.5 6.5H13M5.5 9.5h5M3 12.5h8',
  package: 'M2.5 5 8 2.2 13.5 5v6L8 13.8 2.5 11zM2.5 5 8 7.8 13.5 5M8 7.8v6',
  down: 'M8 3v9.5M4.2 8.8 8 12.6l3.8-3.8',
} as const;
export type IconName = keyof typeof outlines;

/** A decorative icon in the colour of the text around it. */
export function icon(name: IconName): SVGSVGElement {
  const svg = document.createElementNS(svgNamespace, 'svg');
  svg.setAttribute('viewBox', '0 0 16 16');
  svg.setAttribute('class', `icon icon-${name}`);
  svg.setAttribute('aria-hidden', 'true');
  const path = document.createElementNS(svgNamespace, 'path');
  path.setAttribute('d', outlines[name]);
  svg.append(path);
  return svg;
}
