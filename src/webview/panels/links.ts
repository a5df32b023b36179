/** A part of a line that names a place in a source file. */
export interface SourceLink {
  from: number;
  to: number;
  file: string;
  line: number;
}

// As Python prints tracebacks and warnings: `File "/path/x.py", line 12` and `/path/x.py:12: DeprecationWarning: …`.
const tracebackPattern = /File "([^"\n]{1,1000})", line (\d{1,9})/g;
const warningPattern = /^((?:[A-Za-z]:)?[^\s:"<>|?*]{1,1000}\.pyw?):(\d{1,9}): /;

/** The places that a line of output names, from left to right. Made-up names like `<string>` are none. */
export function findLinks(text: string): SourceLink[] {
  const links: SourceLink[] = [];
  for (const match of text.matchAll(tracebackPattern)) {
    const [whole, file = '', line = ''] = match;
    if (file.startsWith('<')) continue;
    links.push({ from: match.index, to: match.index + whole.length, file, line: Number(line) });
  }
  const warning = links.length === 0 ? warningPattern.exec(text) : null;
  if (warning) {
    const [, file = '', line = ''] = warning;
    links.push({ from: 0, to: file.length + 1 + line.length, file, line: Number(line) });
  }
  return links;
}
