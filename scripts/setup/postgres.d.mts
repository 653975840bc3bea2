/** See postgres.mjs, which is plain JavaScript because it runs before anything is installed. */
export function linkPostgresLibraries(root: string): string | undefined;
