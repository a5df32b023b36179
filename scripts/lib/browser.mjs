// Chromium, for the tests, and the desktop's own browser, for `npm start`.
import { spawn } from 'node:child_process';
import { aptInstall, isProgram, onPath, SetUpError } from './processes.mjs';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome', 'microsoft-edge'];
const elsewhere = [
  '/usr/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];

/** Path of a Chromium or a relative of it: $CHROMIUM, PATH, then the usual places; undefined if there is none. */
export function findChromium() {
  const wanted = process.env.CHROMIUM;
  if (wanted) {
    if (isProgram(wanted)) return wanted;
    throw new SetUpError(`CHROMIUM is set to ${wanted}, which is not a program.`, 'Correct it, or unset it.');
  }
  return names.map(onPath).find(path => path !== undefined) ?? elsewhere.find(isProgram);
}

/** Installs Chromium by apt unless one is there. @returns {Promise<boolean>} whether it had to */
export async function installChromium() {
  if (findChromium()) return false;
  // Fonts are only a recommendation of Debian's package; without any, pages show boxes.
  await aptInstall(['chromium', 'fonts-dejavu-core', 'fonts-liberation'], 'Chromium (the tests drive it)');
  if (!findChromium()) throw new SetUpError('Chromium was installed but is not on PATH.', 'Set CHROMIUM to its path.');
  return true;
}

/** Opens the user's browser if this is a desktop session. @param {string} address @returns {boolean} whether it tried */
export function openBrowser(address) {
  const { CI, SSH_CONNECTION, DISPLAY, WAYLAND_DISPLAY } = process.env;
  if (CI) return false;
  let command;
  if (process.platform === 'darwin') command = SSH_CONNECTION ? undefined : ['open', address];
  else if (process.platform === 'win32') command = ['rundll32', 'url.dll,FileProtocolHandler', address];
  else if ((DISPLAY || WAYLAND_DISPLAY) && onPath('xdg-open')) command = ['xdg-open', address];
  if (!command) return false;
  const child = spawn(command[0], command.slice(1), { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
  return true;
}
