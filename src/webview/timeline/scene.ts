import type { Ns } from '../../base/time.ts';
import type { Overview } from '../../protocol/query.ts';
import type { Theme } from '../theme.ts';
import type { CounterCache } from './counterCache.ts';
import type { FocusedTrack } from './focus.ts';
import type { Hit } from './hitTest.ts';
import type { TrackLayout } from './layout.ts';
import type { Viewport } from './viewport.ts';
import type { WindowCache } from './windowCache.ts';

/** All that a frame shows. */
export interface Scene {
  theme: Theme;
  overview: Overview;
  layout: TrackLayout;
  viewport: Viewport;
  cache: WindowCache;
  counters: CounterCache;
  /** CSS pixels of tracks above the visible part. */
  scrollTop: number;
  pixelRatio: number;
  hover: Hit | null;
  focus: FocusedTrack | null;
  /** Where the pointer is in time; null when it's elsewhere. */
  cursorNs: Ns | null;
  /** What an insight points at; threads as in the overview. */
  highlight: { threads: number[]; startNs: Ns; endNs: Ns } | null;
}
