import { readFile } from "node:fs/promises";

/** From package.json, which lies two folders above src/cli/ and dist/cli/ alike. */
export async function version(): Promise<string> {
  const content: unknown = JSON.parse(await readFile(new URL("../../package.json", import.meta.url), "utf8"));
  const found: unknown = typeof content === "object" && content !== null ? Reflect.get(content, "version") : undefined;
  return typeof found === "string" ? found : "unknown";
}
