import { createLog } from "./adapters/log/create-log.ts";
import { hearConsole } from "./adapters/log/hear-console.ts";
import { createMetrics } from "./adapters/metrics/create-metrics.ts";
import { startOomph, type Oomph } from "./app.ts";
import { problemLines } from "./cli/load-config.ts";
import { loadConfig, processSources, type ServiceConfig } from "./config.ts";
import { secretsOf } from "./config/secrets.ts";
import { messageOf } from "./domain/errors.ts";
import type { Log } from "./ports/log.ts";

/** Exit codes follow sysexits.h: 78 configuration, 69 something needed is away, 70 a fault of our own. */
const EXIT = { configuration: 78, unavailable: 69, internal: 70 } as const;

const loaded = loadConfig(processSources());
if (loaded.kind === "invalid") {
  process.stderr.write(`Oomph cannot start, the configuration has ${loaded.problems.length} problem(s):\n`);
  for (const line of problemLines(loaded)) process.stderr.write(`${line}\n`);
  process.exitCode = EXIT.configuration;
} else {
  await run(loaded.config);
}

async function run(config: ServiceConfig): Promise<void> {
  const log = createLog({ level: config.log.level, secrets: secretsOf(config) });
  hearConsole(log);
  const fail = (error: unknown): void => {
    log.error({ error }, "an error that nobody handled: stopping");
    process.exit(EXIT.internal);
  };
  process.on("unhandledRejection", fail);
  try {
    const oomph = await startOomph(config, { log, metrics: createMetrics(), fail });
    log.info({ url: oomph.url, pid: process.pid, node: process.version }, "Oomph is up");
    stopOnSignals(oomph, log);
  } catch (error) {
    log.error({ error, because: messageOf(error) }, "Oomph could not start");
    process.exit(EXIT.unavailable);
  }
}

/** SIGTERM and SIGINT finish what is running; a second one does not wait. */
function stopOnSignals(oomph: Oomph, log: Log): void {
  let stopping = false;
  const stop = (signal: NodeJS.Signals): void => {
    if (stopping) process.exit(EXIT.internal);
    stopping = true;
    log.info({ signal }, "stopping: what is running is finished first");
    oomph.stop().then(
      () => {
        log.info({}, "stopped");
        process.exit(0);
      },
      (error: unknown) => {
        log.error({ error }, "could not stop cleanly");
        process.exit(EXIT.internal);
      },
    );
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
}
