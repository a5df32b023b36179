import { formatBytes } from '../../base/bytes.ts';
import { counted } from '../../base/counts.ts';
import { formatDuration } from '../../base/time.ts';
import type { SizeRange, TaskGroup } from '../../protocol/query.ts';
import { rowsWords } from '../../trace/words.ts';
import { element } from '../dom.ts';

/** Groups beyond these are told as a number. */
const mostShown = 12;

/** What the colours of tasks stand for: key prefixes, stages; with how many tasks they had and how long those ran. */
export class GroupLegend {
  readonly root = element('div', { class: 'groups', hidden: true });
  private shown = '';

  update(groups: TaskGroup[]): void {
    const told = JSON.stringify(groups);
    if (told === this.shown) return;
    this.shown = told;
    this.root.hidden = groups.length === 0;
    const items = groups.slice(0, mostShown).map(groupItem);
    const more = groups.length - mostShown;
    const rest = more > 0 ? [element('li', { class: 'group-more' }, counted(more, 'more', 'more'))] : [];
    this.root.replaceChildren(
      element('span', { class: 'groups-title' }, 'Tasks'),
      element(
        'ul',
        { class: 'group-list', 'aria-label': 'Groups of tasks by the time that they ran' },
        ...items,
        ...rest,
      ),
    );
  }
}

function groupItem({ name, hue, tasks, ranNs, bytes, rows }: TaskGroup): HTMLElement {
  const each = bytes ? ` · ${formatBytes(bytes.median)}${tasks === 1 ? '' : ' each'}` : '';
  const figures = `${counted(tasks, 'task')} · ${formatDuration(ranNs)}${each}`;
  const sizes = [rangeWords(bytes, formatBytes), rangeWords(rows, rowsWords)].filter(words => words !== '').join(', ');
  const title = `${name}: ${figures}${sizes && `; results of ${sizes}`}`;
  return element(
    'li',
    { class: 'group', title },
    element('span', { class: `group-swatch hue-${hue}`, 'aria-hidden': 'true' }),
    element('span', { class: 'group-name' }, name),
    element('span', { class: 'group-figure' }, figures),
  );
}

/** `1.2 MB`, `1 MB to 2 MB` */
function rangeWords(range: SizeRange | null, words: (size: number) => string): string {
  if (!range) return '';
  const [least, most] = [words(range.least), words(range.most)];
  return least === most ? least : `${least} to ${most}`;
}
