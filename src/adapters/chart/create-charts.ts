import { spawn } from "node:child_process";
import { OomphError } from "../../domain/errors.ts";
import type { Charts, MemoryChart } from "../../ports/chart.ts";

export type ChartSettings = {
  /** The compiled module `chart-process.js`: the whole program of the drawing process. */
  readonly program: string;
  readonly timeoutMs: number;
};

const MOST_BYTES = 5 * 2 ** 20;

/** Charts, drawn one after the other by processes that end with their picture: each takes some 150 MiB for a second. */
export function createCharts(settings: ChartSettings): Charts {
  let line: Promise<unknown> = Promise.resolve();
  return {
    async draw(chart) {
      if (chart.readings.length === 0) throw new OomphError("bad-input", "expected at least one reading to draw, got none");
      const drawn = line.then(() => drawApart(settings, chart));
      line = drawn.catch(() => undefined);
      return drawn;
    },
  };
}

function drawApart({ program, timeoutMs }: ChartSettings, chart: MemoryChart): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    // No environment: the secrets of the process that asks are none of its business.
    const child = spawn(process.execPath, [program], { stdio: ["pipe", "pipe", "pipe"], env: {} });
    const picture: Buffer[] = [];
    const complaints: Buffer[] = [];
    let size = 0;
    const timer = setTimeout(() => {
      child.kill("SIGKILL");
      reject(new OomphError("timed-out", `expected a chart within ${timeoutMs} ms, got none`, { retryable: true }));
    }, timeoutMs);
    child.stdout.on("data", (chunk: Buffer) => {
      size += chunk.length;
      if (size <= MOST_BYTES) picture.push(chunk);
    });
    child.stderr.on("data", (chunk: Buffer) => complaints.push(chunk.subarray(0, 2000)));
    child.on("error", (cause) =>
      reject(new OomphError("internal", `the drawing process could not be started: ${cause.message}`, { cause })),
    );
    child.on("close", (code, signal) => {
      clearTimeout(timer);
      if (code === 0 && size > 0 && size <= MOST_BYTES) return resolve(Buffer.concat(picture));
      const because = Buffer.concat(complaints).toString("utf8").trim().slice(-500);
      return reject(new OomphError("internal", `the drawing process ended with ${signal ?? code}: ${because}`));
    });
    child.stdin.on("error", () => undefined); // a process that died early has said why on its way out
    child.stdin.end(JSON.stringify(chart));
  });
}
