import { asBoolean, asObject } from '../base/parse.ts';
import type { RuleLevel, RuleLevels } from '../checks/diagnose.ts';

/** The section `runInParallel` of the client's settings, as far as the server is concerned. */
export interface ServerSettings {
  diagnostics: boolean;
  /** By code. */
  rules: RuleLevels;
  codeLens: boolean;
  inlayHints: boolean;
}

/** What holds where nothing is set; the same as in package.json. */
export const defaultSettings: ServerSettings = { diagnostics: true, rules: {}, codeLens: true, inlayHints: false };

const levels: readonly RuleLevel[] = ['off', 'hint', 'information', 'warning', 'error'];

/** Reads the section; what is missing or of another kind is as by default. */
export function parseSettings(section: unknown): ServerSettings {
  const settings = asObject(section);
  const diagnostics = asObject(settings?.diagnostics);
  return {
    diagnostics: asBoolean(diagnostics?.enable) ?? defaultSettings.diagnostics,
    rules: parseLevels(diagnostics?.rules),
    codeLens: asBoolean(settings?.codeLens) ?? defaultSettings.codeLens,
    inlayHints: asBoolean(settings?.inlayHints) ?? defaultSettings.inlayHints,
  };
}

function parseLevels(value: unknown): RuleLevels {
  const entries = Object.entries(asObject(value) ?? {}).flatMap(([code, word]) => {
    const level = levels.find(one => one === word);
    return level ? [[code.trim().toUpperCase(), level] as const] : [];
  });
  return Object.fromEntries(entries);
}
