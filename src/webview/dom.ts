type Child = Node | string | null;
type Attributes = Record<string, string | number | boolean | null>;

/** Makes an element. Attributes that are null or false are left out; never `style`, which the panel's CSP forbids. */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  setAttributes(node, attributes);
  for (const child of children) if (child !== null) node.append(child);
  return node;
}

export function setAttributes(node: Element, attributes: Attributes): void {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === false) node.removeAttribute(name);
    else node.setAttribute(name, value === true ? '' : String(value));
  }
}

/** Writes text only when it differs: a live panel must not disturb selections and screen readers ten times a second. */
export function setText(node: Element, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** A button with an icon, a text or both; `label` is its accessible name and its tooltip. */
export function button(
  look: { className: string; label: string; icon?: Node; text?: string },
  onClick: () => void,
): HTMLButtonElement {
  const node = element('button', { type: 'button', class: look.className, title: look.label });
  if (look.icon) node.append(look.icon);
  if (look.text) node.append(element('span', {}, look.text));
  if (look.text !== look.label) node.setAttribute('aria-label', look.label);
  node.addEventListener('click', onClick);
  return node;
}

let lastId = 0;

/** An id that no other element of this page has. */
export function uniqueId(prefix: string): string {
  lastId += 1;
  return `${prefix}-${lastId}`;
}
