import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";

const Manifest = z.object({
  features: z.object({
    slash_commands: z.array(z.object({ command: z.string() })),
    shortcuts: z.array(z.object({ type: z.string(), callback_id: z.string() })),
  }),
  oauth_config: z.object({ scopes: z.object({ bot: z.array(z.string()) }) }),
  settings: z.object({
    event_subscriptions: z.object({ bot_events: z.array(z.string()) }),
    interactivity: z.object({ is_enabled: z.boolean() }),
    socket_mode_enabled: z.boolean(),
  }),
});

describe("manifest.yml", () => {
  const manifest = Manifest.parse(parse(readFileSync("manifest.yml", "utf8")));
  const docs = readFileSync("docs/slack-setup.md", "utf8");
  const { bot: scopes } = manifest.oauth_config.scopes;

  test("declares what the adapter listens for", () => {
    expect(manifest.features.slash_commands.map(({ command }) => command)).toEqual(["/oom"]);
    expect(manifest.features.shortcuts).toEqual([expect.objectContaining({ type: "message", callback_id: "investigate_message" })]);
    expect(manifest.settings.event_subscriptions.bot_events).toEqual(["app_mention", "message.channels", "message.groups"]);
    expect(manifest.settings.interactivity.is_enabled).toBe(true);
  });

  test("every scope and event is explained, and no other", () => {
    const explained = [...docs.matchAll(/^\| `([a-z_]+(?::[a-z_.]+)?)` \|/gm)].map(([, scope]) => scope);
    expect(new Set(explained)).toEqual(new Set([...scopes, "connections:write", "app_mention"]));
    for (const event of manifest.settings.event_subscriptions.bot_events) expect(docs).toContain(`\`${event}\``);
  });
});
