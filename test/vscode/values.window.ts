// Values of cells in the panel of a real VS Code, under its own content security policy.
import assert from 'node:assert/strict';
import { createSuite, skip } from '../support/vscode/harness.ts';
import { page } from '../support/vscode/page.ts';
import { cleanUp, openPython, until, untilPanel } from './support.ts';

const suite = createSuite();
suite.afterEach(cleanUp);

const cell = `# %%
import struct, zlib

def png(width, height):
    def part(kind, data):
        return struct.pack('>I', len(data)) + kind + data + struct.pack('>I', zlib.crc32(kind + data))
    rows = b''.join(b'\\0' + b''.join(bytes((x % 256, y * 2 % 256, 160)) for x in range(width)) for y in range(height))
    head = struct.pack('>2I5B', width, height, 8, 2, 0, 0, 0)
    return b'\\x89PNG\\r\\n\\x1a\\n' + part(b'IHDR', head) + part(b'IDAT', zlib.compress(rows)) + part(b'IEND', b'')

class Figure:
    def _repr_png_(self): return png(240, 100)

class Frame:
    def _repr_html_(self):
        rows = ''.join(f'<tr><th>{n}</th><td>{n * n}</td><td>row {n}</td></tr>' for n in range(8))
        head = '<thead><tr style="text-align: right;"><th></th><th>square</th><th>name</th></tr></thead>'
        return f'<style scoped>td {{ color: red }}</style><table border="1" class="dataframe">{head}<tbody>{rows}</tbody></table>'

print('before')
display(Figure())
print('between')
Frame()
`;

suite.test('a figure and a table stand among the output of their cell', async () => {
  if (!page.available) skip('this VS Code has no page to drive; the launcher of test/support/vscode provides one');
  await openPython(cell);
  await page.command('Run in Parallel');
  await untilPanel('the cell has run', text => /Finished in/.test(text));
  await page.click('[role=tab]:has-text("Output")', { frame: 'webview' });
  const shown = await until(
    'the values are shown',
    () =>
      page.evaluateInWebview<string[]>(`[...document.querySelectorAll('.out-line')].map(line => {
        const image = line.querySelector('img');
        if (image) return image.complete ? 'image ' + image.naturalWidth + '×' + image.naturalHeight : 'loading';
        return line.querySelector('table') ? 'table of ' + line.querySelectorAll('tbody tr').length : line.textContent;
      })`),
    lines => lines.length === 5 && !lines.includes('loading'),
  );
  assert.deepEqual(shown, ['before', 'image 240×100', 'between', 'table of 8', '']);
  await page.screenshot('vscode-values');
});

export const run = suite.run;
