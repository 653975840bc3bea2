import type { Message } from "../domain/message.ts";
import { formatTarget, type Target } from "../domain/target.ts";
import { button, buttons, context, header, message, lines } from "./kit.ts";
import { targetSelect } from "./target-picker.ts";
import { code } from "./words.ts";

/** What the caller may do; what they may not is left out. */
export type Abilities = { readonly investigate: boolean; readonly request: boolean; readonly approve: boolean; readonly admin: boolean };

/** The menu of `/oom help`: what the caller may do, the commands as they are typed, and buttons for the common ones. */
export function helpMenu(facts: {
  readonly abilities: Abilities;
  readonly targets: readonly Target[];
  readonly actionIds: readonly string[];
}): Message {
  const { abilities, targets } = facts;
  const example = targets[0] === undefined ? "redis/sessions" : formatTarget(targets[0]);
  const typed = entries(example, facts.actionIds[0] ?? "redis.flush-db")
    .filter((entry) => entry.needs === "nothing" || abilities[entry.needs])
    .map((entry) => `${code(entry.typed)}\n${entry.says}`);
  const menu = MENU.filter((entry) => entry.needs === "nothing" || abilities[entry.needs]);
  return message("What Oomph can do for you: /oom investigate, incidents, run, approvals and more", [
    header("Oomph: memory incidents"),
    ...(abilities.investigate && targets.length > 0 ? targetSelect(targets, "Investigate …") : []),
    buttons(menu.map((entry) => button(entry.label, { actionId: entry.actionId, id: "menu" }))),
    ...lines(typed),
    abilities.investigate ? undefined : context("You may not investigate here: ask whoever runs Oomph to list you as an investigator."),
    context(
      `A target is written ${code("docker/<container>")}, ${code("deploy/<namespace>/<name>")} (or pod, sts, ds, job, cronjob), ${code("node/<name>")}, ${code("redis/<name>")} or ${code("redis/<name>/<database>")}; a bare name is looked up.`,
    ),
  ]);
}

type Entry = { readonly needs: keyof Abilities | "nothing"; readonly typed: string; readonly says: string };

const MENU = [
  { needs: "investigate", label: "Incidents", actionId: "menu_incidents" },
  { needs: "investigate", label: "Approvals", actionId: "menu_approvals" },
  { needs: "investigate", label: "Locks", actionId: "menu_locks" },
  { needs: "nothing", label: "Runbooks", actionId: "menu_runbooks" },
  { needs: "nothing", label: "Who am I?", actionId: "menu_whoami" },
] as const;

function entries(target: string, actionId: string): readonly Entry[] {
  return [
    {
      needs: "investigate",
      typed: `/oom investigate ${target} [--since 30m]`,
      says: "Finds out what is wrong, in a thread. Changes nothing.",
    },
    { needs: "investigate", typed: "/oom top [containers|pods] [part of a name]", says: "Who uses how much of its limit, now." },
    {
      needs: "investigate",
      typed: "/oom trend <target>",
      says: "A chart of memory against its limit, with a forecast where one can be made.",
    },
    { needs: "investigate", typed: "/oom incidents [open|all]", says: "What is going on." },
    { needs: "investigate", typed: "/oom show <id>", says: "What happened in one incident, line by line." },
    {
      needs: "investigate",
      typed: `/oom snooze ${target} 30m [reason]`,
      says: "Says nothing of it for a while; what comes in is counted.",
    },
    {
      needs: "investigate",
      typed: "/oom mute <target|label=value|problem|#channel> [for 2d|until resolved]",
      says: "The same for many: `deploy/shop/*`, `severity=warning`.",
    },
    { needs: "investigate", typed: "/oom silences", says: "What is silenced, with a button that takes it back." },
    { needs: "request", typed: `/oom run ${actionId} ${target} [--param value]`, says: "Plans an action and asks for approval." },
    { needs: "investigate", typed: "/oom approvals", says: "What waits for somebody's word." },
    { needs: "investigate", typed: "/oom locks", says: "Which targets something is being done to." },
    { needs: "admin", typed: `/oom unlock ${target}`, says: "Takes a lock away that nobody will release." },
    { needs: "admin", typed: "/oom freeze [on|off] [reason]", says: "The kill switch: nothing is carried out while it is on." },
    { needs: "nothing", typed: "/oom runbooks [id]", says: "What Oomph knows how to look at and to do." },
    { needs: "investigate", typed: "/oom audit [id]", says: "Who did what, checked against the hash chain." },
    { needs: "nothing", typed: "/oom whoami", says: "What you may investigate, ask for and approve." },
  ];
}
