import { assertUnreachable } from '../base/assert.ts';
import { messageOf } from '../base/errors.ts';
import { type Command, parseArguments } from './arguments.ts';
import { processConsole } from './console.ts';
import { convertCommand } from './convertCommand.ts';
import { exitCodes } from './exitCode.ts';
import { helpText } from './help.ts';
import { programCommand } from './programCommand.ts';
import { runCommand } from './runCommand.ts';
import { showCommand } from './showCommand.ts';
import { version } from './version.ts';

/** The command line: the same engine without an editor. Its bundle lies beside poolThread.js, worker.js, guard.js, python/ and the .wasm files. */
const console = processConsole();

async function perform(command: Command): Promise<number> {
  switch (command.kind) {
    case 'help':
      console.stdout(helpText);
      return exitCodes.ok;
    case 'version':
      console.stdout(`${version(__dirname)}\n`);
      return exitCodes.ok;
    case 'run':
      return runCommand(command, __dirname, console);
    case 'show':
      return showCommand(command.file, command.format, console);
    case 'convert':
      return convertCommand(command.file, command.format, command.output, console);
    case 'program':
      return programCommand(command, __dirname, console);
    case 'check': {
      // Only here: the others need not wait for the parser to load.
      const { checkCommand } = await import('./checkCommand.ts');
      return checkCommand(command, __dirname, console);
    }
    default:
      return assertUnreachable(command);
  }
}

async function main(): Promise<void> {
  const parsed = parseArguments(process.argv.slice(2));
  if (!parsed.ok) {
    const problem = { message: parsed.problem, advice: 'run-in-parallel --help says more.' };
    process.exitCode = console.problem(problem, exitCodes.usage);
    return;
  }
  process.exitCode = await perform(parsed.command);
}

main().catch(error => {
  console.stderr(`run-in-parallel: this is a mistake of ours: ${messageOf(error)}\n`);
  process.exitCode = exitCodes.failed;
});
