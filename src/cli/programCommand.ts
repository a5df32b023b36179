import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { parseObject } from '../base/parse.ts';
import { type ProgramSpec, programWireVersion } from '../protocol/programWire.ts';
import { parseProgramResult } from '../protocol/readProgram.ts';
import { noClusters } from '../run/clusters.ts';
import { programText } from '../run/programText.ts';
import type { Snippet } from '../snippet/snippet.ts';
import type { Console } from './console.ts';
import { exitCodes } from './exitCode.ts';
import { findInterpreter } from './interpreter.ts';
import { readTarget } from './targets.ts';

/** `program`: the statements that would run, with the reasons why, and notes; the user's interpreter decides, and runs none of them. */
export async function programCommand(
  command: { target: string; cells: number[]; python: string | null; format: 'text' | 'json' },
  distDir: string,
  console: Console,
): Promise<number> {
  const targets = readTarget(command.target, command.cells);
  if (!targets.ok) return console.problem(targets.error, exitCodes.usage);
  const interpreter = await findInterpreter(command.python, resolve('.'));
  if (!interpreter.ok) return console.problem(interpreter.error, exitCodes.setUp);
  let exitCode: number = exitCodes.ok;
  for (const { snippet } of targets.value) {
    const { command: python, args } = interpreter.value;
    const shown = ask([python, ...args, join(distDir, 'python', 'run.py')], snippet);
    const program = parseProgramResult(parseObject(shown.stdout));
    if (!program) {
      const advice = 'Check that it is a working Python, 3.8 or later.';
      const message = `${python} could not tell the program: ${shown.stderr.trim() || shown.failure}`;
      return console.problem({ message, advice }, exitCodes.setUp);
    }
    const { error } = program;
    const units = snippet.units.map(({ file }) => ({ name: basename(file), file }));
    const text = () => programText({ ...program, error: null }, units);
    console.stdout(command.format === 'json' ? `${JSON.stringify(program, null, 2)}\n` : text());
    if (!error) continue;
    const at = [error.file, error.line].filter(part => part !== null).join(':');
    exitCode = console.problem({ message: `${at}: ${error.type}: ${error.message}`, advice: '' }, exitCodes.failed);
  }
  return exitCode;
}

function ask(command: string[], snippet: Snippet): { stdout: string; stderr: string; failure: string } {
  const folder = mkdtempSync(join(tmpdir(), 'run-in-parallel-'));
  try {
    const path = join(folder, 'spec.json');
    const { units, selection } = snippet;
    const what = { units, selection, argv: [], trace: false, display: null };
    const spec: ProgramSpec = { version: programWireVersion, runDir: folder, ...what, clusters: noClusters };
    writeFileSync(path, JSON.stringify(spec));
    const [python = '', ...args] = command;
    const ended = spawnSync(python, [...args, '--show', path], { encoding: 'utf8', maxBuffer: 1 << 28, input: '' });
    return { stdout: ended.stdout ?? '', stderr: ended.stderr ?? '', failure: ended.error?.message ?? '' };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
