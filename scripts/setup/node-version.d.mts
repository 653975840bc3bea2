/** See node-version.mjs, which is plain JavaScript because it runs before anything is installed. */
export function checkNode(version: string, range: string): void;
export function satisfies(version: string, range: string): boolean;
