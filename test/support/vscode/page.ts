// The page that VS Code runs in, for tests inside the extension host: real keys, real clicks, the panel's own document, pictures.
// The launcher beside this file owns the browser and answers here over loopback. A VS Code on the desktop has no such bridge:
// ask `page.available` first, and print why a test is skipped.
import { request } from 'node:http';

/** `main`: VS Code's own document. `webview`: the innermost document of a webview, the one that the extension filled. */
export type FrameName = 'main' | 'webview';

export interface FrameOptions {
  /** Where to look; `main` unless told. */
  frame?: FrameName;
  /** Milliseconds to wait for the element before it is an error; 20,000 unless told. */
  timeout?: number;
}

export interface PointerOptions extends FrameOptions {
  /** CSS pixels from the element's top left corner; its middle unless told. */
  position?: { x: number; y: number };
  button?: 'left' | 'right' | 'middle';
  clickCount?: number;
  modifiers?: ('Alt' | 'Control' | 'Meta' | 'Shift')[];
}

const address = process.env.RUN_IN_PARALLEL_PAGE;

function ask<T>(action: string, parameters: object): Promise<T> {
  return new Promise((resolve, reject) => {
    if (!address) {
      reject(new Error('There is no page to drive here: this VS Code was not started by the launcher.'));
      return;
    }
    const call = request(address, { method: 'POST' }, response => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        const body = Buffer.concat(chunks).toString('utf8');
        if (response.statusCode === 200) resolve(JSON.parse(body).value as T);
        else reject(new Error(`page.${action}: ${body}`));
      });
    });
    call.on('error', reject);
    call.end(JSON.stringify({ action, ...parameters }));
  });
}

export const page = {
  /** Whether there is a page to drive; every other call rejects if not. */
  available: address !== undefined,

  /** Presses a key or a chord, as `Control+Shift+P`, wherever the focus is. */
  press: (keys: string): Promise<void> => ask('press', { keys }),

  /** Types text into whatever has the focus. */
  type: (text: string): Promise<void> => ask('type', { text }),

  click: (selector: string, options: PointerOptions = {}): Promise<void> => ask('click', { selector, ...options }),

  hover: (selector: string, options: PointerOptions = {}): Promise<void> => ask('hover', { selector, ...options }),

  /** Turns the wheel by CSS pixels over an element. */
  wheel: (selector: string, delta: { x?: number; y?: number }, options: PointerOptions = {}): Promise<void> =>
    ask('wheel', { selector, delta, ...options }),

  /** Drags from one point of an element to another (CSS pixels from its top left corner). */
  drag: (
    selector: string,
    from: { x: number; y: number },
    to: { x: number; y: number },
    options: FrameOptions = {},
  ): Promise<void> => ask('drag', { selector, from, to, ...options }),

  /** Waits until an element that matches is visible. */
  waitFor: (selector: string, options: FrameOptions = {}): Promise<void> => ask('waitFor', { selector, ...options }),

  /** The visible text of the first element that matches. */
  text: (selector: string, options: FrameOptions = {}): Promise<string> => ask('text', { selector, ...options }),

  /** The value of a JavaScript expression (or of its promise) in the webview's own document; it must survive JSON. */
  evaluateInWebview: <T>(expression: string): Promise<T> => ask('evaluate', { expression, frame: 'webview' }),

  /** As `evaluateInWebview`, in VS Code's own document. */
  evaluateInMain: <T>(expression: string): Promise<T> => ask('evaluate', { expression, frame: 'main' }),

  /** Runs a command as a user does: F1, its title, Enter. */
  async command(title: string): Promise<void> {
    await page.press('F1');
    await page.waitFor('.quick-input-widget input');
    await page.type(title);
    const row = `.quick-input-list .monaco-list-row.focused[aria-label*=${JSON.stringify(title)}]`;
    await page.waitFor(row);
    await page.press('Enter');
  },

  /** Writes test/.out/screenshots/NAME.png and returns its path. */
  screenshot: (name: string): Promise<string> => ask('screenshot', { name }),

  resize: (width: number, height: number): Promise<void> => ask('resize', { width, height }),

  /**
   * Closes the window as a user does, and ends the test run with it: this never returns, and nothing after it is seen. The launcher
   * then waits until the processes `gone` have ended, with the server still running; the run passes if they do within `timeout` ms.
   */
  async closeWindow(gone: number[], timeout = 10_000): Promise<never> {
    await ask('closeWindow', { gone, timeout });
    return new Promise(() => {});
  },
};
