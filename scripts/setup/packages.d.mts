/** See packages.mjs, which is plain JavaScript because it runs before anything is installed. */
export function installPackages(root: string): string | undefined;
export function mismatch(root: string): string | undefined;
