/** What the pointer and the keyboard can do to a timeline. Positions in CSS pixels within the canvas. */
export interface TimelineActions {
  zoomAt(factor: number, x: number): void;
  zoomMiddle(factor: number): void;
  panPixels(pixels: number): void;
  panShare(share: number): void;
  fit(): void;
  jump(to: 'start' | 'end'): void;
  hoverAt(x: number, y: number): void;
  hoverEnd(): void;
  open(x: number, y: number): void;
  zoomToSpan(x: number, y: number): void;
  focusTrack(step: 1 | -1): void;
  focusEntry(step: 1 | -1): void;
  openFocused(): void;
  clearFocus(): boolean;
  dragging(active: boolean): void;
}

/** Further than this and a press is a drag, not a click. */
const clickSlop = 4;
const zoomStep = 1.4;

/**
 * Hands as in Perfetto and Chrome: Ctrl/Cmd+wheel zooms at the pointer, the wheel alone scrolls the tracks, Shift+wheel or a sideways
 * wheel pans, dragging pans, a double click zooms to the span, a click opens its source.
 */
export function connectPointer(surface: HTMLElement, actions: TimelineActions): void {
  surface.addEventListener(
    'wheel',
    event => {
      const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? 16 : 1;
      if (event.ctrlKey || event.metaKey) {
        event.preventDefault();
        const factor = Math.exp(Math.max(-60, Math.min(60, event.deltaY * unit)) * 0.005);
        actions.zoomAt(factor, event.clientX - surface.getBoundingClientRect().left);
        return;
      }
      const sideways = event.shiftKey ? event.deltaY || event.deltaX : event.deltaX;
      if (sideways === 0 || (!event.shiftKey && Math.abs(event.deltaY) > Math.abs(event.deltaX))) return;
      event.preventDefault();
      actions.panPixels(sideways * unit);
    },
    { passive: false },
  );

  let pressed: { x: number; y: number; lastX: number; moved: boolean } | null = null;
  const place = (event: MouseEvent) => {
    const box = surface.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  surface.addEventListener('pointerdown', event => {
    if (event.button !== 0) return;
    const { x, y } = place(event);
    pressed = { x, y, lastX: x, moved: false };
    surface.setPointerCapture(event.pointerId);
  });
  surface.addEventListener('pointermove', event => {
    const { x, y } = place(event);
    if (!pressed) {
      actions.hoverAt(x, y);
      return;
    }
    if (!pressed.moved && Math.abs(x - pressed.x) > clickSlop) {
      pressed.moved = true;
      actions.dragging(true);
      actions.hoverEnd();
    }
    if (pressed.moved) actions.panPixels(pressed.lastX - x);
    pressed.lastX = x;
  });
  surface.addEventListener('pointerup', event => {
    const wasClick = pressed !== null && !pressed.moved;
    pressed = null;
    actions.dragging(false);
    // The second click of a double click opens nothing more.
    if (wasClick && event.button === 0 && event.detail < 2) actions.open(place(event).x, place(event).y);
  });
  surface.addEventListener('pointercancel', () => {
    pressed = null;
    actions.dragging(false);
  });
  surface.addEventListener('pointerleave', () => actions.hoverEnd());
  surface.addEventListener('dblclick', event => actions.zoomToSpan(place(event).x, place(event).y));
}

/** Keys that act alone; letters as in Perfetto, for both cases. */
export function connectKeyboard(root: HTMLElement, actions: TimelineActions): void {
  const plain: Record<string, () => void> = {
    w: () => actions.zoomMiddle(1 / zoomStep),
    '+': () => actions.zoomMiddle(1 / zoomStep),
    '=': () => actions.zoomMiddle(1 / zoomStep),
    s: () => actions.zoomMiddle(zoomStep),
    '-': () => actions.zoomMiddle(zoomStep),
    a: () => actions.panShare(-0.15),
    arrowleft: () => actions.panShare(-0.15),
    d: () => actions.panShare(0.15),
    arrowright: () => actions.panShare(0.15),
    arrowup: () => actions.focusTrack(-1),
    arrowdown: () => actions.focusTrack(1),
    ',': () => actions.focusEntry(-1),
    '.': () => actions.focusEntry(1),
    '0': () => actions.fit(),
    home: () => actions.jump('start'),
    end: () => actions.jump('end'),
    enter: () => actions.openFocused(),
  };
  const withAlt: Record<string, () => void> = {
    arrowup: () => actions.focusTrack(-1),
    arrowdown: () => actions.focusTrack(1),
    arrowleft: () => actions.focusEntry(-1),
    arrowright: () => actions.focusEntry(1),
  };
  root.addEventListener('keydown', event => {
    if (event.target !== root || event.ctrlKey || event.metaKey) return;
    const key = event.key.toLowerCase();
    if (key === 'escape') {
      if (actions.clearFocus()) event.preventDefault();
      return;
    }
    const action = (event.altKey ? withAlt : plain)[key];
    if (!action) return;
    event.preventDefault();
    action();
  });
}
