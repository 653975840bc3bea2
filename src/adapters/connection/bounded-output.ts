import type { ExecResult } from "../../ports/containers.ts";

export type BoundedOutput = {
  add(stream: "stdout" | "stderr", data: Buffer): void;
  texts(): Pick<ExecResult, "stdout" | "stderr" | "truncated">;
};

/** What a program prints, up to so many bytes on both streams together. */
export function createBoundedOutput(maxBytes: number): BoundedOutput {
  const kept = { stdout: [] as Buffer[], stderr: [] as Buffer[] };
  let bytes = 0;
  let truncated = false;
  return {
    add(stream, data) {
      const room = Math.max(0, maxBytes - bytes);
      truncated ||= data.length > room;
      bytes += Math.min(data.length, room);
      if (room > 0) kept[stream].push(Buffer.from(data.subarray(0, room)));
    },
    texts: () => ({ stdout: textOf(kept.stdout), stderr: textOf(kept.stderr), truncated }),
  };
}

function textOf(parts: readonly Buffer[]): string {
  return Buffer.concat(parts).toString("utf8");
}
