import { counted } from '../../base/counts.ts';
import type { Remedy, UserError } from '../../base/errors.ts';
import type { Insight } from '../../insights/insight.ts';
import type { RunView } from '../../protocol/hostWebview.ts';
import type { ProgramError } from '../../run/request.ts';
import { button, element } from '../dom.ts';
import type { Host } from '../host.ts';
import { type IconName, icon } from '../icons.ts';
import { errorWords, placeWords } from '../words.ts';

const remedyWords: Record<Remedy, string> = {
  openInterpreterSetting: 'Choose the interpreter…',
  openTimeoutSetting: 'Change the time limit…',
  openLog: 'Open log',
  openLimitSetting: 'Change the limit…',
  chooseCluster: 'Choose cluster…',
  openTlsSetting: 'Change the TLS files…',
  installJava: 'Install Java',
  installMissing: 'Install into this environment',
  createEnvironment: 'Create an environment',
};

interface Message {
  tone: 'bad' | 'warn' | 'hint';
  icon: IconName;
  title: string;
  advice: string;
  place: { file: string; line: number | null } | null;
  buttons: { text: string; click(): void }[];
}

/** Our own words reach the program as an exception too, such as those about a Java that is not there: they are said once. */
function isToldAs(programError: ProgramError, userError: UserError | null): boolean {
  return userError !== null && programError.message.includes(userError.message);
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

  /** `insights`: the one that explains most first; the others are there for who asks. */
  update(run: RunView, insights: Insight[]): void {
    const key = JSON.stringify([run.programError, run.remedies, run.userError, insights]);
    if (key === this.shown) return;
    this.shown = key;
    const [best, ...others] = insights.map(insight => this.insight(insight));
    const messages = [this.programError(run), this.userError(run), best ?? null];
    this.root.replaceChildren(...messages.filter(message => message !== null).map(message => this.render(message)));
    if (others.length > 0) this.root.append(this.more(others));
  }

  private more(messages: Message[]): HTMLElement {
    const summary = element('summary', {}, icon('chevron'), counted(messages.length, 'more finding'));
    return element('details', { class: 'more-findings' }, summary, ...messages.map(message => this.render(message)));
  }

  private programError({ programError, remedies, userError }: RunView): Message | null {
    if (!programError || isToldAs(programError, userError)) return null;
    const { advice, file, line } = programError;
    const title = errorWords(programError);
    const buttons = remedies.map(remedy => this.remedyButton(remedy));
    return { tone: 'bad', icon: 'error', title, advice, place: file ? { file, line } : null, buttons };
  }

  private userError({ userError, status, programError }: RunView): Message | null {
    if (!userError) return null;
    const toldFor = programError !== null && isToldAs(programError, userError) ? programError : null;
    const { message, advice, remedy } = userError;
    const buttons = remedy ? [this.remedyButton(remedy)] : [];
    const bad = status === 'failed' || status === 'killed';
    return {
      tone: bad ? 'bad' : 'warn',
      icon: bad ? 'error' : 'warning',
      title: message,
      advice,
      place: toldFor?.file ? { file: toldFor.file, line: toldFor.line } : null,
      buttons,
    };
  }

  private remedyButton(remedy: Remedy): Message['buttons'][number] {
    return { text: remedyWords[remedy], click: () => this.host.act({ kind: 'remedy', runId: this.runId, remedy }) };
  }

  private insight(insight: Insight): Message {
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
    const title = element('p', { class: 'message-title' }, ...withCode(message.title), link ? ' ' : null, link);
    const advice =
      message.advice || buttons.length > 0
        ? element('p', { class: 'message-advice' }, ...withCode(message.advice))
        : null;
    for (const extra of buttons) advice?.append(message.advice ? ' ' : '', extra);
    const text = element('div', { class: 'message-text' }, title, advice);
    return element('div', { class: 'message', 'data-tone': message.tone }, icon(message.icon), text);
  }
}

/** What stands between backticks is code. */
function withCode(text: string): (string | HTMLElement)[] {
  return text.split(/`([^`]+)`/).map((part, index) => (index % 2 === 1 ? element('code', {}, part) : part));
}
