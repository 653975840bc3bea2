import type { StoreSettings } from "../adapters/sql/settings.ts";
import type { StoreConfig } from "../config/build.ts";

const POSTGRES = { poolSize: 10, connectTimeoutMs: 5_000 } as const;

/** Where everything is kept that outlives a process. */
export function storeSettings(config: StoreConfig): StoreSettings {
  return config.kind === "sqlite" ? config : { ...config, ...POSTGRES };
}
