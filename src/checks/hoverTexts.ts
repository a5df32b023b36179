import { asyncioTexts } from './hoverTextsAsyncio.ts';
import { frameTexts } from './hoverTextsFrames.ts';
import { poolTexts } from './hoverTextsPools.ts';
import { sparkTexts } from './hoverTextsSpark.ts';
import { threadTexts } from './hoverTextsThreads.ts';

/** What hovers say of a name from a library. */
export interface HoverText {
  /** Markdown: one to three short sentences about when and where it runs. What it takes and gives, other extensions tell. */
  text: string;
  /** The page of its official documentation. */
  url: string;
}

/** By full names: `concurrent.futures.as_completed`, or a type with its member, `threading.Thread.start`. `len(…)` is `__len__`. */
export const hoverTexts: ReadonlyMap<string, HoverText> = new Map([
  ...threadTexts,
  ...poolTexts,
  ...asyncioTexts,
  ...frameTexts,
  ...sparkTexts,
]);
