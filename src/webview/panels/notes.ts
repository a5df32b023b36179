import { counted } from '../../base/counts.ts';
import type { RunView } from '../../protocol/hostWebview.ts';
import { button, element } from '../dom.ts';
import type { Host } from '../host.ts';
import { icon } from '../icons.ts';
import { listWords } from '../words.ts';

/** More notes than these are one line that opens. */
const mostOpen = 2;

/** What was left out of the program or assumed about it, quietly, and the offer to install what its `%pip` lines name. */
export class Notes {
  readonly root = element('div', { class: 'notes', hidden: true });
  private readonly runId: string;
  private readonly host: Host;
  private shown = '';

  constructor(runId: string, host: Host) {
    this.runId = runId;
    this.host = host;
  }

  update({ notes, packages }: RunView): void {
    const key = JSON.stringify([notes, packages]);
    if (key === this.shown) return;
    this.shown = key;
    this.root.hidden = notes.length === 0 && packages.length === 0;
    const text = element('div', { class: 'message-text' });
    if (notes.length > mostOpen) text.append(folded(notes));
    else text.append(...notes.map(note => element('p', {}, note)));
    if (packages.length > 0) text.append(element('p', {}, this.installButton(packages)));
    this.root.replaceChildren(element('div', { class: 'message', 'data-tone': 'note' }, icon('info'), text));
  }

  private installButton(packages: string[]): HTMLElement {
    const label = `Install ${packages.join(', ')} in a terminal`;
    const act = () => this.host.act({ kind: 'install', runId: this.runId });
    return button({ className: 'offer', label, icon: icon('package'), text: `Install ${listWords(packages)}` }, act);
  }
}

function folded(notes: string[]): HTMLElement {
  const summary = element('summary', {}, icon('chevron'), counted(notes.length, 'note'), ' about what ran');
  return element('details', {}, summary, element('ul', {}, ...notes.map(note => element('li', {}, note))));
}
