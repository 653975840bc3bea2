/** See nginx.mjs, which is plain JavaScript because it runs before anything is installed. */
export function bringNginx(root: string, systemsOwn?: string): string | undefined;
