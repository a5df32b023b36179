import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ignoreLine } from '../../../src/server/ignoreComment.ts';
import { sourceFile } from '../checks/fixtures.ts';

/** The text after adding the comment for `bad`; null where it can't be added. */
async function ignored(text: string): Promise<string | null> {
  const file = await sourceFile(text);
  const edit = ignoreLine(file, 'RIP101', text.indexOf('bad'));
  return edit && text.slice(0, edit.start) + edit.newText + text.slice(edit.end);
}

const cases: [name: string, before: string, after: string | null][] = [
  ['at the end of the line', 'x\nbad()  \ny', 'x\nbad()  # rip: ignore[RIP101]\ny'],
  ['in a last line without a line break', 'bad()', 'bad()  # rip: ignore[RIP101]'],
  ['before a carriage return', 'bad()\r\ny', 'bad()  # rip: ignore[RIP101]\r\ny'],
  ['behind a comment', 'bad()  # why', 'bad()  # why  # rip: ignore[RIP101]'],
  ['in a list that is there', 'bad()  # rip: ignore[RIP202]', 'bad()  # rip: ignore[RIP202, RIP101]'],
  ['within brackets', 'f(\n  bad,\n)', 'f(\n  bad,  # rip: ignore[RIP101]\n)'],
  ['behind a string that ends there', 'bad("x")\n"y"', 'bad("x")  # rip: ignore[RIP101]\n"y"'],
  ['above a string that goes on', '  \nif x:\n  bad("""\n""")', '  \nif x:\n  # rip: ignore[RIP101]\n  bad("""\n""")'],
  ['above a line that goes on', 'bad + \\\n 1', '# rip: ignore[RIP101]\nbad + \\\n 1'],
  ['nowhere in a line that goes on both ways', 'x = 1 + \\\n bad + \\\n 1', null],
];

for (const [name, before, after] of cases) {
  test(`the comment stands ${name}`, async () => assert.equal(await ignored(before), after));
}
