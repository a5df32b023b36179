import { readFile } from 'node:fs/promises';
import { Language, Parser } from 'web-tree-sitter';
import { PythonParser } from '../snippet/syntax/parser.ts';

/** Paths of tree-sitter's two WebAssembly files. */
export interface GrammarFiles {
  runtime: string;
  python: string;
}

/** Loads tree-sitter and Python's grammar. Rejects when a file is missing. */
export async function loadParser(files: GrammarFiles): Promise<PythonParser> {
  const [runtime, python] = await Promise.all([readFile(files.runtime), readFile(files.python)]);
  await Parser.init({ wasmBinary: runtime });
  return new PythonParser(await Language.load(python));
}
