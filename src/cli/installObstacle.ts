import { join } from 'node:path';
import { findUv, pythonFacts } from '../pool/pythonFacts.ts';
import { planEnvironment, planInstall } from '../run/environmentPlan.ts';
import { shellCommand } from '../run/installCommand.ts';
import { missingPackages } from '../run/missingPackages.ts';
import type { Interpreter, ProgramError } from '../run/request.ts';

/**
 * What stands in the way of installing what a program lacks into its interpreter, and the commands that get it all the same: a `.venv`
 * in the working folder is found by the next run. '' when nothing stands in the way, or nothing is missing.
 */
export async function installObstacle(error: ProgramError, interpreter: Interpreter): Promise<string> {
  const packages = missingPackages(error);
  const facts = packages.length === 0 ? null : await pythonFacts(interpreter);
  if (facts === null || !facts.ok) return '';
  const uv = await findUv();
  const plan = planInstall(interpreter, facts.value, uv, packages);
  if (plan.ok) return '';
  const python = join('.venv', ...(process.platform === 'win32' ? ['Scripts', 'python.exe'] : ['bin', 'python']));
  const environment = planEnvironment(interpreter, facts.value, uv, {
    folder: '.venv',
    python,
    exists: false,
    packages,
  });
  if (!environment.ok) return `${plan.error.message} ${environment.error.message} ${environment.error.advice}`;
  const commands = environment.value.map(step => shellCommand(process.env.SHELL ?? '', step, process.platform));
  return `${plan.error.message} An environment can have it: ${commands.join(' && ')}`;
}
