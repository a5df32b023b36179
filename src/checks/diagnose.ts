import type { SourceFile } from '../snippet/syntax/sourceFile.ts';
import type { Diagnostic, Finding, Rule, Severity } from './check.ts';
import { Ignores } from './ignores.ts';

/** What the user's settings make of a rule's findings. */
export type RuleLevel = 'off' | Severity | 'error';
export type RuleLevels = Readonly<Record<string, RuleLevel>>;

const order: readonly RuleLevel[] = ['off', 'hint', 'information', 'warning', 'error'];

/**
 * Runs the rules over a file: settings and `# rip: ignore` comments applied, sorted by place.
 *
 * @param levels by code; a rule that isn't in it keeps its own severity
 * @param onFault told of a rule that threw: its findings are left out, those of the others stay
 */
export function diagnose(
  file: SourceFile,
  rules: readonly Rule[],
  levels: RuleLevels,
  onFault: (code: string, error: unknown) => void,
): Diagnostic[] {
  const ignores = new Ignores(file);
  const found: Diagnostic[] = [];
  for (const rule of rules) {
    const level = levels[rule.code] ?? rule.severity;
    if (level === 'off') continue;
    try {
      for (const finding of rule.check(file)) {
        if (!ignores.covers(rule.code, finding.start)) found.push(diagnosticOf(rule, finding, level));
      }
    } catch (error) {
      onFault(rule.code, error);
    }
  }
  return found.sort((a, b) => a.start - b.start || a.end - b.end || compare(a.code, b.code));
}

function diagnosticOf(rule: Rule, finding: Finding, level: Severity | 'error'): Diagnostic {
  const { start, end, message, severity = rule.severity, fixes = [], related = [], deprecated = false } = finding;
  // What is less certain than its rule is never raised by a setting that is meant for the rule.
  const lowered = order.indexOf(severity) < order.indexOf(rule.severity);
  const shown = lowered && order.indexOf(severity) < order.indexOf(level) ? severity : level;
  return { start, end, message, severity: shown, fixes, related, deprecated, code: rule.code };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
