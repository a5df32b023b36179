import type { Disposable } from '../base/disposable.ts';
import { spanKinds, taskStatuses, threadStates } from '../trace/model.ts';
import { hueCodeBase, hueCount } from '../trace/taskCodes.ts';
import { type Ink, inks } from './timeline/hatches.ts';

/** What the canvas needs of the theme: it sees no CSS variables. Colours are packed as ImageData wants them (ABGR). */
export interface Theme {
  background: string;
  foreground: string;
  muted: string;
  grid: string;
  /** Line of a process' life. */
  life: string;
  band: string;
  border: string;
  focus: string;
  error: string;
  warning: string;
  counter: string;
  label: string;
  font: string;
  packed: { background: number; band: number; border: number };
  /** Per paint code. */
  inks: { base: number; ink: number; hatch: Ink }[];
  reducedMotion: boolean;
}

/** Paint codes: what a texel can show. States, then tasks' codes (statuses, hues of groups), then span kinds; +1 block for entries that stand for several. */
export const taskCodeBase = threadStates.length;
export const spanCodeBase = taskCodeBase + hueCodeBase + hueCount;
export const manyCode = spanCodeBase + spanKinds.length;
export const emptyCode = manyCode + 1;
export const paintCodeCount = emptyCode + 1;

const spanColours: Record<(typeof spanKinds)[number], string> = {
  lock: 'lockWait',
  condition: 'lockWait',
  event: 'lockWait',
  semaphore: 'lockWait',
  barrier: 'lockWait',
  queue: 'lockWait',
  join: 'lockWait',
  result: 'lockWait',
  sleep: 'sleeping',
  io: 'ioWait',
  subprocess: 'ioWait',
  processStart: 'runnable',
  idle: 'idle',
  gc: 'gc',
  operation: 'operation',
  transfer: 'transfer',
  disk: 'disk',
  deserialize: 'serialize',
  serialize: 'serialize',
  shuffleRead: 'transfer',
  shuffleWrite: 'disk',
  schedulerDelay: 'idle',
  compute: 'operation',
};

/** CSS variable of each paint code, in the order of the codes (see media/panel/theme.css). */
const codeNames: string[] = [
  ...threadStates,
  ...taskStatuses.map(status => `task-${status}`),
  ...Array.from({ length: hueCount }, (_, hue) => `task-hue-${hue}`),
  ...spanKinds.map(kind => spanColours[kind]),
  'task-many',
];

/** Reads the theme from the page's computed styles. */
export function readTheme(): Theme {
  const style = getComputedStyle(document.body);
  const resolve = colourReader();
  const css = (name: string, fallback: string) => style.getPropertyValue(name).trim() || fallback;
  const background = css('--rip-background', '#ffffff');
  const packedBackground = resolve(background, background);
  const codes = codeNames.map(name => {
    const base = resolve(css(`--rip-${name}`, '#888888'), background);
    const ink = css(`--rip-${name}-ink`, '');
    return { base, ink: ink ? resolve(ink, background) : mix(base, packedBackground, 0.45), hatch: inks[name] ?? null };
  });
  return {
    background,
    foreground: css('--rip-foreground', '#000000'),
    muted: css('--rip-muted', '#666666'),
    life: css('--rip-life', '#888888'),
    grid: css('--rip-grid', 'rgba(128,128,128,0.2)'),
    band: css('--rip-band', '#eeeeee'),
    border: css('--rip-border', '#cccccc'),
    focus: css('--rip-focus', '#0078d4'),
    error: css('--rip-error', '#f85149'),
    warning: css('--rip-warning', '#cca700'),
    counter: css('--rip-counter', '#5a7fb0'),
    label: css('--rip-task-label', '#ffffff'),
    font: style.fontFamily || 'sans-serif',
    packed: {
      background: packedBackground,
      band: resolve(css('--rip-band', '#eeeeee'), background),
      border: resolve(css('--rip-border', '#cccccc'), background),
    },
    inks: codes,
    reducedMotion:
      document.body.classList.contains('vscode-reduce-motion') ||
      matchMedia('(prefers-reduced-motion: reduce)').matches,
  };
}

/** Calls back when VS Code swaps the theme: it changes the body's class and the variables on the root. */
export function watchTheme(onChange: () => void): Disposable {
  const observer = new MutationObserver(onChange);
  observer.observe(document.body, { attributes: true, attributeFilter: ['class', 'data-vscode-theme-id'] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['style', 'class'] });
  return { dispose: () => observer.disconnect() };
}

/** Any CSS colour, blended over the background, as one packed pixel: the browser itself does the parsing. */
function colourReader(): (colour: string, background: string) => number {
  const canvas = new OffscreenCanvas(1, 1);
  const ctx = canvas.getContext('2d', { willReadFrequently: true });
  return (colour, background) => {
    if (!ctx) return 0xff888888;
    for (const layer of [background, colour]) {
      ctx.fillStyle = layer;
      ctx.fillRect(0, 0, 1, 1);
    }
    return new Uint32Array(ctx.getImageData(0, 0, 1, 1).data.buffer)[0] ?? 0xff888888;
  };
}

function mix(a: number, b: number, share: number): number {
  let out = 0;
  for (let shift = 0; shift < 32; shift += 8) {
    const channel = ((a >>> shift) & 255) * (1 - share) + ((b >>> shift) & 255) * share;
    out |= Math.round(channel) << shift;
  }
  return out >>> 0;
}
