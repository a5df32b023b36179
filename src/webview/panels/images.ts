import { element } from '../dom.ts';

/** Pictures whose bytes are all in the address; anything else would be a request to somewhere. */
const imageAddress = /^data:image\/(?:png|jpeg|gif|webp);base64,[A-Za-z0-9+/]+={0,2}$/;

/** An image from its own bytes; null when the address is any other. */
export function imageElement(address: string, alt: string): HTMLImageElement | null {
  const compact = address.replaceAll(/\s+/g, '');
  return imageAddress.test(compact) ? element('img', { class: 'value-image', src: compact, alt }) : null;
}

/** An SVG drawing as an image: a browser runs no script in it and loads nothing for it. Null when it is none. */
export function svgImage(drawing: string, alt: string): HTMLImageElement | null {
  const root = /<svg\b[^>]*>/.exec(drawing)?.[0];
  if (root === undefined) return null;
  // What is meant to stand in HTML may lack the namespace, without which it is no image.
  const text = /\sxmlns\s*=/.test(root) ? drawing : drawing.replace('<svg', '<svg xmlns="http://www.w3.org/2000/svg"');
  // Half a surrogate pair can't be encoded.
  const address = `data:image/svg+xml,${encodeURIComponent(text.replaceAll(/\p{Surrogate}/gu, '\ufffd'))}`;
  return element('img', { class: 'value-image', src: address, alt });
}
