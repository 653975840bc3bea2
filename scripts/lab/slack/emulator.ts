import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";
import { startEmulator } from "../emulator.ts";

export const APP = { appId: "A0OOMPH", botId: "B0OOMPH", botUserId: "U0OOMPH", botToken: "xoxb-lab-oomph" } as const;
/** The bot that posts alerts. */
export const ALERT_BOT = { appId: "A0ALERTS", botId: "B0ALERTS", botUserId: "U0ALERTS", botToken: "xoxb-lab-alerts" } as const;

export type Reply = Readonly<Record<string, unknown>> & { readonly ok: boolean; readonly error?: string };

/** The Slack of the `emulate` package, without anything in front of it. */
export type EmulatedSlack = {
  readonly port: number;
  call(method: string, params: Readonly<Record<string, unknown>>, token: string): Promise<Reply>;
  close(): Promise<void>;
};

/** `advertisedUrl` is what upload URLs and permalinks begin with. */
export async function startEmulatedSlack(
  seed: { readonly users: readonly string[]; readonly channels: readonly string[] },
  advertisedUrl: string,
): Promise<EmulatedSlack> {
  const bots = [
    { app: APP, name: "oomph" },
    { app: ALERT_BOT, name: "alertmanager" },
  ];
  const scopes = manifestScopes();
  const { port, close } = await startEmulator({
    service: "slack",
    baseUrl: advertisedUrl,
    seed: {
      tokens: Object.fromEntries([
        ...bots.flatMap(({ app }) => aliases(app.botToken).map((token) => [token, { login: app.botUserId }] as const)),
        ...seed.users.map((name) => [userToken(name), { login: name }] as const),
      ]),
      slack: {
        // Oomph gets the scopes of its manifest and no others, so that a missing one is found here.
        strict_scopes: true,
        users: seed.users.map((name) => ({ name })),
        channels: seed.channels.map((name) => ({ name })),
        oauth_apps: bots.map(({ app, name }) => ({
          client_id: app.appId,
          client_secret: "made-up",
          app_id: app.appId,
          name,
          bot_id: app.botId,
          bot_user_id: app.botUserId,
          bot_name: name,
          redirect_uris: [],
        })),
        tokens: [
          ...bots.flatMap(({ app }) => aliases(app.botToken).map((token) => botToken(app, token, scopes))),
          ...seed.users.map((name) => ({ token: userToken(name), type: "user", user: name })),
        ],
      },
    },
  });
  let calls = 0;
  const call: EmulatedSlack["call"] = async (method, params, token) => {
    calls += 1;
    const alias = token.startsWith("xoxb-") ? aliases(token)[Math.floor(calls / CALLS_PER_TOKEN) % ALIASES] : token;
    const answer = await fetch(`http://127.0.0.1:${port}/api/${method}`, {
      method: "POST",
      headers: { authorization: `Bearer ${alias}`, "content-type": "application/json" },
      body: JSON.stringify(params),
    });
    if (answer.status === 403) throw new Error(`the local Slack refused ${method} after ${calls} calls: ${await answer.text()}`);
    return answer.status === 404 ? { ok: false, error: "unknown_method" } : replyOf(await answer.json());
  };
  return { port, call, close };
}

// The emulator takes 5,000 calls an hour with one token, which Slack does not know: a bot has several here.
const CALLS_PER_TOKEN = 2_000;
const ALIASES = 100;

function aliases(token: string): readonly string[] {
  return Array.from({ length: ALIASES }, (_, index) => (index === 0 ? token : `${token}-${index}`));
}

function botToken(app: typeof APP | typeof ALERT_BOT, token: string, scopes: readonly string[]) {
  const { appId, botId, botUserId } = app;
  const granted = app === APP ? { scopes: [...scopes] } : {};
  return { token, type: "bot", user: botUserId, app_id: appId, bot_id: botId, bot_user_id: botUserId, ...granted };
}

function manifestScopes(): readonly string[] {
  const Manifest = z.object({ oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }) });
  const manifest = Manifest.parse(parse(readFileSync(new URL("../../../manifest.yml", import.meta.url), "utf8")));
  return manifest.oauth_config.scopes.bot;
}

export function userToken(name: string): string {
  return `xoxp-lab-${name}`;
}

function replyOf(value: unknown): Reply {
  if (typeof value !== "object" || value === null) throw new Error("expected the local Slack to answer with an object");
  return { ok: false, ...value };
}
