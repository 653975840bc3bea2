/** Where Prometheus, or what speaks as it does, is asked. */
export type PrometheusSettings = {
  /** What comes before `/api/v1`. */
  readonly url: string;
  readonly timeoutMs: number;
  readonly auth?:
    | { readonly kind: "basic"; readonly user: string; readonly password: string }
    | { readonly kind: "bearer"; readonly token: string };
};
