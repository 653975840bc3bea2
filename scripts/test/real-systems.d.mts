/** See real-systems.mjs. */
export type RealSystem = { readonly system: string; readonly tookPart: boolean; readonly says: string };
export function realSystems(ledgerFile: string): readonly RealSystem[];
export function systemProblems(systems: readonly RealSystem[], required: string | undefined): readonly string[];
