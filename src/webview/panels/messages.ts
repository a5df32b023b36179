import type { Remedy } from '../../base/errors.ts';
import type { Insight } from '../../insights/insight.ts';
import type { RunView } from '../../protocol/hostWebview.ts';
import { button, element } from '../dom.ts';
import type { Host } from '../host.ts';
import { type IconName, icon } from '../icons.ts';
import { errorWords, placeWords } from '../words.ts';

const remedyWords: Record<Remedy, string> = {
  openInterpreterSetting: 'Choose the interpreter…',
  openTimeoutSetting: 'Change the time limit…',
  openLog: 'Open log',
  openLimitSetting: 'Change the limit…',
};

interface Message {
  tone: 'bad' | 'warn' | 'hint';
  icon: IconName;
  title: string;
  advice: string;
  place: { file: string; line: number | null } | null;
  buttons: { text: string; click(): void }[];
}

/** What there is to say about a run: why it failed, and what holds it back. */
export class Messages {
  readonly root = element('div', { class: 'messages' });
  private readonly runId: string;
  private readonly host: Host;
  private readonly onShow: (insight: Insight) => void;
  private shown = '';

  constructor(runId: string, host: Host, onShow: (insight: Insight) => void) {
    this.runId = runId;
    this.host = host;
    this.onShow = onShow;
  }

  update(run: RunView, insight: Insight | null): void {
    const key = JSON.stringify([run.programError, run.userError, insight]);
    if (key === this.shown) return;
    this.shown = key;
    const messages = [this.programError(run), this.userError(run), this.insight(insight)];
    this.root.replaceChildren(...messages.filter(message => message !== null).map(message => this.render(message)));
  }

  private programError({ programError }: RunView): Message | null {
    if (!programError) return null;
    const { advice, file, line } = programError;
    const title = errorWords(programError);
    return { tone: 'bad', icon: 'error', title, advice, place: file ? { file, line } : null, buttons: [] };
  }

  private userError({ userError, status }: RunView): Message | null {
    if (!userError) return null;
    const { message, advice, remedy } = userError;
    const buttons = remedy
      ? [{ text: remedyWords[remedy], click: () => this.host.act({ kind: 'remedy', runId: this.runId, remedy }) }]
      : [];
    const bad = status === 'failed' || status === 'killed';
    return {
      tone: bad ? 'bad' : 'warn',
      icon: bad ? 'error' : 'warning',
      title: message,
      advice,
      place: null,
      buttons,
    };
  }

  private insight(insight: Insight | null): Message | null {
    if (!insight) return null;
    const { title, advice, file, line, severity } = insight;
    const buttons = insight.highlight ? [{ text: 'Show in timeline', click: () => this.onShow(insight) }] : [];
    return {
      tone: severity === 'problem' ? 'warn' : 'hint',
      icon: 'hint',
      title,
      advice,
      place: file ? { file, line } : null,
      buttons,
    };
  }

  private render(message: Message): HTMLElement {
    const { place } = message;
    const link = place
      ? button({ className: 'link', label: `Open ${place.file}`, text: placeWords(place.file, place.line) }, () =>
          this.host.act({ kind: 'reveal', file: place.file, line: place.line ?? 1 }),
        )
      : null;
    const buttons = message.buttons.map(({ text, click }) => button({ className: 'link', label: text, text }, click));
    const title = element('p', { class: 'message-title' }, message.title, link ? ' ' : null, link);
    const advice =
      message.advice || buttons.length > 0 ? element('p', { class: 'message-advice' }, message.advice) : null;
    for (const extra of buttons) advice?.append(message.advice ? ' ' : '', extra);
    const text = element('div', { class: 'message-text' }, title, advice);
    return element('div', { class: 'message', 'data-tone': message.tone }, icon(message.icon), text);
  }
}
