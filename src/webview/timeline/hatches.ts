/** Whether the texel at (x, y) of a band `height` high takes the ink colour (1), the base (0) or stays empty (-1). Units: CSS pixels. */
export type Ink = ((x: number, y: number, height: number) => -1 | 0 | 1) | null;

/** Patterns repeat after this many CSS pixels. */
export const hatchPeriod = 8;

/**
 * One texture per state, so that they are told apart without colour:
 *
 *   running ████   runnable ▞ sparse   gilWait ▚ dense   lockWait ║║║   ioWait ═══   sleeping ·.·.   idle ──   unknown ┄┄
 */
export const inks: Record<string, Ink> = {
  runnable: (x, y) => ((x + y) % 8 < 2 ? 1 : 0),
  gilWait: (x, y) => ((x - y + 64) % 4 < 2 ? 1 : 0),
  lockWait: x => (x % 4 === 3 ? 1 : 0),
  ioWait: (_x, y) => (y % 4 === 3 ? 1 : 0),
  sleeping: (x, y) => (x % 4 === 1 && y % 4 === 1 ? 1 : (x + 2) % 4 === 1 && (y + 2) % 4 === 1 ? 1 : 0),
  idle: (_x, y, height) => (Math.abs(y - (height - 1) / 2) <= 1 ? 0 : -1),
  unknown: (x, y, height) => (Math.abs(y - (height - 1) / 2) < 1 && x % 4 < 2 ? 0 : -1),
  'task-failed': (x, y) => ((x - y + 64) % 8 < 2 ? 1 : 0),
  'task-cancelled': (x, y) => ((x + y) % 8 < 2 ? 1 : 0),
  'task-lost': (x, y) => ((x + y) % 4 < 2 ? 1 : 0),
  'task-pending': (x, y, height) => (y === 0 || y === height - 1 || x % 4 === 0 ? 0 : -1),
  'task-many': x => (x % 2 === 1 ? 1 : 0),
};
