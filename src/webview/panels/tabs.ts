import { element, setAttributes, uniqueId } from '../dom.ts';

export interface Tab<Name extends string> {
  name: Name;
  label: string;
  panel: HTMLElement;
}

/** ARIA tabs: one stop of the Tab key, arrows, Home and End move and activate. */
export class Tabs<Name extends string> {
  readonly root = element('div', { class: 'tabs', role: 'tablist' });
  private readonly tabs: { tab: Tab<Name>; button: HTMLButtonElement; badge: HTMLElement }[];
  private readonly onSelect: (name: Name) => void;
  selected: Name;

  constructor(label: string, tabs: Tab<Name>[], selected: Name, onSelect: (name: Name) => void) {
    this.selected = selected;
    this.onSelect = onSelect;
    this.root.setAttribute('aria-label', label);
    this.tabs = tabs.map(tab => {
      const panelId = uniqueId('panel');
      const buttonId = uniqueId('tab');
      const badge = element('span', { class: 'tab-badge' });
      const button = element(
        'button',
        { type: 'button', role: 'tab', id: buttonId, 'aria-controls': panelId, class: 'tab' },
        tab.label,
        badge,
      );
      setAttributes(tab.panel, { role: 'tabpanel', id: panelId, 'aria-labelledby': buttonId });
      button.addEventListener('click', () => this.select(tab.name));
      this.root.append(button);
      return { tab, button, badge };
    });
    this.root.addEventListener('keydown', event => this.onKey(event));
    this.draw();
  }

  /** Chooses a tab, as a click on it does. */
  select(name: Name): void {
    if (name === this.selected) return;
    this.show(name);
    this.onSelect(name);
  }

  /** Shows a tab for now, without having chosen it. */
  show(name: Name): void {
    if (name === this.selected) return;
    this.selected = name;
    this.draw();
  }

  /** A figure behind a tab's label; empty for none. */
  setBadge(name: Name, text: string): void {
    const found = this.tabs.find(({ tab }) => tab.name === name);
    if (found && found.badge.textContent !== text) found.badge.textContent = text;
  }

  /** A tab that has nothing to show is not there; the first one is shown instead of it. */
  setHidden(name: Name, hidden: boolean): void {
    const found = this.tabs.find(({ tab }) => tab.name === name);
    if (!found || found.button.hidden === hidden) return;
    found.button.hidden = hidden;
    const [first] = this.tabs;
    if (hidden && name === this.selected && first) this.select(first.tab.name);
  }

  private draw(): void {
    for (const { tab, button } of this.tabs) {
      const active = tab.name === this.selected;
      setAttributes(button, { 'aria-selected': active ? 'true' : 'false', tabindex: active ? 0 : -1 });
      tab.panel.hidden = !active;
    }
  }

  private onKey(event: KeyboardEvent): void {
    const seen = this.tabs.filter(each => !each.button.hidden);
    const at = seen.findIndex(({ tab }) => tab.name === this.selected);
    const last = seen.length - 1;
    const steps: Record<string, number> = {
      ArrowRight: at === last ? 0 : at + 1,
      ArrowLeft: at === 0 ? last : at - 1,
      Home: 0,
      End: last,
    };
    const next = seen[steps[event.key] ?? -1];
    if (!next) return;
    event.preventDefault();
    this.select(next.tab.name);
    next.button.focus();
  }
}
