import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applySgr, fixedColour, plainStyle } from '../../src/webview/panels/ansi.ts';
import { findLinks } from '../../src/webview/panels/links.ts';
import { TerminalLines } from '../../src/webview/panels/terminalLines.ts';
import { cutToFit } from '../../src/webview/timeline/labels.ts';
import { timeTicks } from '../../src/webview/timeline/ticks.ts';
import { Viewport } from '../../src/webview/timeline/viewport.ts';
import { errorWords } from '../../src/webview/words.ts';

function textOf(...chunks: string[]): string[] {
  const terminal = new TerminalLines(100);
  for (const chunk of chunks) terminal.write('stdout', chunk);
  return terminal.lines.map(line => line.pieces.map(piece => piece.text).join(''));
}

test('terminal: carriage returns overwrite, also across chunks and Windows line ends', () => {
  assert.deepEqual(textOf('abcdef\rXY'), ['XYcdef']);
  assert.deepEqual(textOf('50%', '\r', '100%\n'), ['100%', '']);
  assert.deepEqual(textOf('a\r\nb\r\n'), ['a', 'b', '']);
  assert.deepEqual(textOf('abc\b\bX'), ['aXc']);
  assert.deepEqual(textOf('long line\r\x1b[Kshort'), ['short']);
});

test('terminal: escape sequences are taken in or left out, never shown, however they are cut', () => {
  assert.deepEqual(textOf('\x1b[1mbold\x1b[0m'), ['bold']);
  assert.deepEqual(textOf('a\x1b', '[3', '1mb'), ['ab']);
  assert.deepEqual(textOf('\x1b]0;title\x07text\x1b[2J\x1b[?25l'), ['text']);
  assert.deepEqual(textOf('\x00\x01junk\x7f\x1f'), ['junk']);
});

test('terminal: a stream keeps its own colours, lines are counted on when old ones go', () => {
  const terminal = new TerminalLines(3);
  terminal.write('stderr', '\x1b[31mred');
  terminal.write('stdout', 'plain\n');
  assert.deepEqual(
    terminal.lines[0]?.pieces.map(piece => [piece.stream, piece.style.foreground]),
    [
      ['stderr', 1],
      ['stdout', null],
    ],
  );
  terminal.write('stdout', '1\n2\n3\n4\n');
  assert.deepEqual(
    terminal.lines.map(line => line.number),
    [3, 4, 5],
  );
  assert.equal(terminal.dropped, 3);
});

test('ANSI: sixteen named colours, the cube, greys and true colour', () => {
  assert.equal(applySgr(plainStyle, '91').foreground, 9);
  assert.equal(applySgr(plainStyle, '38;5;196').foreground, 196);
  assert.equal(fixedColour(196), 'rgb(255, 0, 0)');
  assert.equal(fixedColour(255), 'rgb(238, 238, 238)');
  assert.equal(applySgr(plainStyle, '1;48;2;1;2;3').background, 'rgb(1, 2, 3)');
  assert.deepEqual(applySgr(applySgr(plainStyle, '1;4;33'), ''), plainStyle);
});

test('links: tracebacks and warnings, not made-up names', () => {
  assert.deepEqual(findLinks('  File "/a b/x.py", line 12, in f'), [{ from: 2, to: 27, file: '/a b/x.py', line: 12 }]);
  assert.deepEqual(findLinks('C:\\x.py:3: DeprecationWarning: old'), [{ from: 0, to: 9, file: 'C:\\x.py', line: 3 }]);
  assert.deepEqual(findLinks('  File "<string>", line 1'), []);
  assert.deepEqual(findLinks('at 12:30: hello'), []);
});

test('ticks: round steps, one unit, enough decimals', () => {
  assert.deepEqual(
    timeTicks(0, 1e9, 5).map(tick => tick.label),
    ['0', '0.2 s', '0.4 s', '0.6 s', '0.8 s', '1.0 s'],
  );
  assert.deepEqual(
    timeTicks(1.0001e9, 1.0004e9, 3).map(tick => tick.label),
    ['1000.1 ms', '1000.2 ms', '1000.3 ms', '1000.4 ms'],
  );
  assert.equal(new Set(timeTicks(5e9, 5e9 + 300, 6).map(tick => tick.label)).size, timeTicks(5e9, 5e9 + 300, 6).length);
});

test('viewport: stays within the run, keeps the zoomed time in place, follows until panned', () => {
  const viewport = new Viewport(() => {});
  viewport.setLimit(10e9);
  assert.deepEqual([viewport.startNs, viewport.endNs], [0, 10e9]);
  viewport.zoom(0.5, 8e9);
  assert.deepEqual([viewport.startNs, viewport.endNs], [4e9, 9e9]);
  viewport.pan(5e9);
  assert.deepEqual([viewport.startNs, viewport.endNs, viewport.follow], [5e9, 10e9, true]);
  viewport.setLimit(11e9);
  assert.deepEqual([viewport.startNs, viewport.endNs], [6e9, 11e9]);
  viewport.pan(-1e9);
  viewport.setLimit(20e9);
  assert.deepEqual([viewport.startNs, viewport.endNs, viewport.follow], [5e9, 10e9, false]);
  viewport.zoom(100, 7e9);
  assert.deepEqual([viewport.startNs, viewport.endNs, viewport.fitted], [0, 20e9, true]);
  viewport.zoom(1e-12, 7e9);
  assert.ok(viewport.widthNs >= 200);
});

test('what is written on the canvas is cut at an ellipsis', () => {
  const shown = (text: string, most: number) => cutToFit(text, part => part.length <= most);
  assert.equal(shown('pid 7 · exit 0', 14), 'pid 7 · exit 0');
  assert.equal(shown('pid 7 · exit 0', 13), 'pid 7 · exit…');
  assert.equal(shown('pid 7 · exit 0', 9), 'pid 7 ·…');
  assert.equal(shown('pid 7', 0), '…');
});

test('an exception is told in its first paragraph, cut where nobody reads on', () => {
  assert.equal(errorWords({ type: 'ValueError', message: 'too small' }), 'ValueError: too small');
  assert.equal(errorWords({ type: 'KeyboardInterrupt', message: '' }), 'KeyboardInterrupt');
  const plan = 'unable to find column "x"\n\nResolved plan until failure:\n\n\tDF ["a"]';
  assert.equal(
    errorWords({ type: 'ColumnNotFoundError', message: plan }),
    'ColumnNotFoundError: unable to find column "x"',
  );
  const long = errorWords({ type: 'E', message: 'word '.repeat(1000) });
  assert.ok(long.length < 420 && long.endsWith(' word…'), long);
});
