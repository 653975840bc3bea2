/** One GET of a health URL from the configuration. Never follows redirects off the host; answers within `timeoutMs`. */
export type HttpCheck = (url: string, timeoutMs: number) => Promise<HttpReading>;

export type HttpReading =
  | { readonly kind: "answered"; readonly status: number; readonly tookMs: number }
  | { readonly kind: "no-answer"; readonly because: string };
