/** How fast `/oom` is acknowledged while something else goes on. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { LabSlack } from "../lab/slack/index.ts";

const ACKS_PER_SECOND = 10;

export async function acknowledgements(
  slack: LabSlack,
  { eventsUrl }: { readonly eventsUrl: string },
  seconds: number,
): Promise<{ readonly p99Ms: number }> {
  const [user, channel] = [slack.id("responder"), slack.id("decisions")];
  const responseUrls = Array.from(
    { length: ACKS_PER_SECOND * seconds },
    () => `${new URL("/", slack.apiUrl).href}response/${slack.tickets.response({ channel, user })}`,
  );
  const load = {
    url: eventsUrl,
    signingSecret: slack.signingSecret,
    perSecond: ACKS_PER_SECOND,
    seconds,
    texts: ["help", "whoami"],
    channel,
    user,
    responseUrls,
  };
  const script = fileURLToPath(new URL("command-load.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", script], { stdio: ["pipe", "pipe", "inherit"] });
  child.stdin.end(JSON.stringify(load));
  const [line] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  return JSON.parse(line) as { readonly p99Ms: number };
}
