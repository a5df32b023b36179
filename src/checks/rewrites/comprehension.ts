import type { Rewrite } from '../check.ts';
import { indentUnit } from '../edits.ts';
import { bindsAnew, collectingAt, enclosed } from './collecting.ts';

export const loopToComprehension: Rewrite = {
  name: 'for loop to list comprehension',
  offer: (file, start, end) => {
    const found = collectingAt(file, start, end);
    if (found?.form !== 'loop') return [];
    const test = found.test ? ` if ${enclosed(file, found.test)}` : '';
    const head = `for ${file.textOf(found.target)} in ${enclosed(file, found.iter)}`;
    const newText = `${found.name.id} = [${file.textOf(found.element)} ${head}${test}]`;
    return [{ title: 'Turn into a list comprehension', edits: [{ start: found.start, end: found.end, newText }] }];
  },
};

export const comprehensionToLoop: Rewrite = {
  name: 'list comprehension to for loop',
  offer: (file, start, end) => {
    const found = collectingAt(file, start, end);
    if (found?.form !== 'comprehension' || bindsAnew(file, found)) return [];
    const indent = file.indentOf(found.start);
    const unit = indentUnit(file);
    const lines = [`${found.name.id} = []`, `${indent}for ${file.textOf(found.target)} in ${file.textOf(found.iter)}:`];
    if (found.test) lines.push(`${indent}${unit}if ${file.textOf(found.test)}:`);
    lines.push(`${indent}${unit.repeat(found.test ? 2 : 1)}${found.name.id}.append(${file.textOf(found.element)})`);
    const edit = { start: found.start, end: found.end, newText: lines.join(file.eol) };
    return [{ title: 'Turn into a for loop', edits: [edit] }];
  },
};
