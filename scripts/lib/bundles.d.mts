import type { BuildOptions } from 'esbuild';

export const nodeBundle: BuildOptions;
export function copyGrammar(outdir: string): void;
