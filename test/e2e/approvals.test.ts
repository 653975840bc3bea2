import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RedisLab } from "../../scripts/lab/redis.ts";
import { controlsOf, type LabMessage, type LabModal, type LabSlack } from "../../scripts/lab/slack/index.ts";
import { auditOf } from "./support/audit.ts";
import {
  approve,
  ask,
  callsOf,
  cards,
  openDialog,
  outcome,
  requestIdOf,
  seen,
  setScene,
  startTarget,
  textOf,
  type Scene,
} from "./support/scene.ts";

// Who may have a word, and when it counts: asked of the servers that would have been changed.
const APPROVERS = ["approver", "second", "third", "fourth", "fifth"];
const NAMES = [
  "clicked",
  "typed",
  "own",
  "glass",
  "pair",
  "grown",
  "restarted",
  "soon",
  "frozen",
  "held",
  "group",
  "left",
  "pressed",
  "struck",
  "dropped",
] as const;
type Name = (typeof NAMES)[number];
const DONE = /Done, and it helped: Flush|Done, but it did not help: Flush/;

const targets = new Map<Name, RedisLab>();
let scene: Scene;

beforeAll(async () => {
  const connections: Record<string, { url: string }> = {};
  scene = await setScene({
    slack: {
      users: ["requester", ...APPROVERS, "admin", "bystander"],
      channels: ["alerts", "incidents", ...NAMES],
      groups: { oncall: ["approver", "second"] },
    },
    started: false,
    settings: (slack) => ({ connections, access: accessOf(slack, APPROVERS) }),
  });
  for (const name of NAMES) {
    const target = await startTarget(scene, name === "held" ? 5_000 : 300);
    targets.set(name, target);
    connections[name] = { url: target.url };
  }
  await scene.start();
});

afterAll(() => scene.stop());

/** Whoever is named may approve, as a person or in a group; the requester is among them and still may not approve their own. */
function accessOf(slack: LabSlack, names: readonly string[]) {
  const everybody = [slack.id("requester"), ...APPROVERS.map((name) => slack.id(name))];
  const approvers = [slack.id("requester"), ...names.map((name) => slack.id(name))];
  const insiders = [...everybody, slack.id("admin")];
  const policies = [
    { name: "pair", targets: ["redis/pair"], approvers, approvals: 2 },
    { name: "alone", targets: ["redis/glass"], approvers, breakGlass: true },
    { name: "soon", targets: ["redis/soon"], approvers, expiry: "15s" },
    { name: "group", targets: ["redis/group", "redis/left"], approvers: [slack.id("oncall")] },
    { name: "all", approvers },
  ];
  return { investigators: insiders, requesters: insiders, admins: [slack.id("admin")], policies };
}

describe("many at once", () => {
  test("of ten clicks by five people on one button one wins, and everybody else is told", async () => {
    const card = await asked("clicked", "set-maxmemory redis/clicked --maxmemory 100mb");
    const clickers = [...APPROVERS, ...APPROVERS];
    await Promise.all(clickers.map((user) => scene.people().click(user, card, "request_approve")));
    await outcome(scene, "clicked", /Done, (and it helped|but it did not help): Set memory limit/);
    const told = await seen("nine to be told", () => {
      const all = APPROVERS.flatMap((user) => scene.toldOnly(user));
      return all.length >= 9 ? all : undefined;
    });
    expect(told).toHaveLength(9);
    for (const text of told) expect(text).toMatch(/did not count/);
    expect(await callsOf(at("clicked"), "config\\|set")).toBe(1);
    expect(auditOf(scene, requestIdOf(card)).filter((kind) => kind === "decision-approved")).toHaveLength(1);
  });

  test("of five who typed the confirmation one wins, and the others read why in their dialogs", async () => {
    const card = await asked("typed", "flush-db redis/typed/0");
    const dialogs = await Promise.all(APPROVERS.map((user) => openDialog(scene, user, { card })));
    const answers = await Promise.all(dialogs.map((dialog) => scene.people().submit(dialog, { typed: "typed 0" })));
    expect(answers.filter(({ body }) => body === "")).toHaveLength(1);
    expect(answers.filter(({ body }) => /Too late/.test(JSON.stringify(body)))).toHaveLength(4);
    await outcome(scene, "typed", DONE);
    expect(await callsOf(at("typed"), "flushdb")).toBe(1);
  });
});

describe("nobody alone", () => {
  test("who asked cannot approve it: not by button, not by a forged dialog, not by another's, not by breaking glass", async () => {
    const card = await asked("own", "flush-db redis/own/0");
    const id = requestIdOf(card);
    const people = scene.people();
    await people.click("requester", card, "modal_approve");
    await seen("the refusal", () => scene.toldOnly("requester").find((text) => /own request/.test(text)));

    // As if it had been a button without a dialog.
    const plain = { ...card, blocks: withAction(card, "modal_approve", "request_approve") };
    await people.click("requester", plain, "request_approve");
    await seen("the second refusal", () =>
      scene.toldOnly("requester").filter((text) => /own request/.test(text)).length === 2 ? true : undefined,
    );

    const others = await openDialog(scene, "approver", { card });
    const forged = { ...others, id: "V0FORGED", user: scene.slack.id("requester") };
    for (const dialog of [{ ...others, user: scene.slack.id("requester") }, forged]) {
      expect(JSON.stringify((await people.submit(dialog, { typed: "own 0" })).body)).toMatch(/own request/);
    }
    const glass = glassDialog("requester", id);
    expect(JSON.stringify((await people.submit(glass, { reason: "nobody else is awake", typed: "own 0" })).body)).toMatch(
      /does not allow break-glass/,
    );
    expect(await callsOf(at("own"), "flushdb")).toBe(0);
    expect(auditOf(scene, id)).not.toContain("decision-approved");
    expect(auditOf(scene, id).filter((kind) => kind === "decision-refused")).toHaveLength(5);
  });

  test("one who goes alone where that is allowed types why, and the whole channel and the audit have it", async () => {
    const card = await asked("glass", "flush-db redis/glass/0");
    const people = scene.people();
    expect(
      JSON.stringify(
        (await people.submit(glassDialog("second", requestIdOf(card)), { reason: "let me do this for them", typed: "glass 0" })).body,
      ),
    ).toMatch(/for the one who asked/);
    const dialog = await openDialog(scene, "requester", { card, control: "modal_break_glass" });
    expect(JSON.stringify((await people.submit(dialog, { reason: "now", typed: "glass 0" })).body)).toMatch(
      /at least 10 characters, got 3/,
    );
    expect(JSON.stringify((await people.submit(dialog, { reason: "everything is down here", typed: "glass 1" })).body)).toMatch(
      /Expected exactly: glass 0/,
    );
    expect(await callsOf(at("glass"), "flushdb")).toBe(0);

    expect((await people.submit(dialog, { reason: "everything is down <!channel>", typed: "glass 0" })).body).toBe("");
    await outcome(scene, "glass", DONE);
    const notice = await seen("the notice in the channel", () =>
      scene.said("glass").find((one) => one.text.startsWith("Glass broken") && one.thread_ts === undefined),
    );
    expect(textOf(notice)).toContain("everything is down &lt;!channel&gt;");
    expect(await callsOf(at("glass"), "flushdb")).toBe(1);
    expect(auditOf(scene, requestIdOf(card))).toEqual(
      expect.arrayContaining(["decision-refused", "break-glass", "run-begun", "run-ended"]),
    );
  });

  test("where two must agree, one person twice is one, and the second person sets it off", async () => {
    const card = await asked("pair", "flush-db redis/pair/0");
    const people = scene.people();
    await approve(scene, "approver", { card, typed: "pair 0" });
    const again = { ...scene.slack.modals().at(-1), id: "V0AGAIN" } as LabModal;
    expect(JSON.stringify((await people.submit(again, { typed: "pair 0" })).body)).toMatch(/one person has one word/);
    expect(await callsOf(at("pair"), "flushdb")).toBe(0);
    await approve(scene, "second", { card, typed: "pair 0" });
    await outcome(scene, "pair", DONE);
    expect(await callsOf(at("pair"), "flushdb")).toBe(1);
    // It helped: the thread sums up how long, what was done, and who; its root is marked.
    const [asker, first, second] = ["requester", "approver", "second"].map((name) => `<@${scene.slack.id(name)}>`);
    const sum = await seen("the sum", () => scene.said("pair").find((one) => /Resolved: [^]*It lasted/.test(textOf(one))));
    expect(textOf(sum)).toContain(`Asked for by ${asker}, approved by ${first} and ${second}`);
    await seen("the root to be marked", () => scene.said("pair").find((one) => one.ts === sum.thread_ts && textOf(one).includes("✅")));
  });
});

describe("what has changed since", () => {
  test("more keys than were agreed to: not done, and the new plan is put to approval", async () => {
    const card = await asked("grown", "flush-db redis/grown/0");
    await at("grown").client.eval("for i = 1, 20000 do redis.call('SET', 'new:' .. i, 'x') end", 0);
    await approve(scene, "approver", { card, typed: "grown 0" });
    await outcome(scene, "grown", /Superseded: Flush.*target changed/s);
    const fresh = await seen("the new card", () =>
      cards(scene, "grown").find((one) => one.ts !== card.ts && textOf(one).includes("20,300")),
    );
    expect(await callsOf(at("grown"), "flushdb")).toBe(0);
    await approve(scene, "approver", { card: fresh, typed: "grown 0" });
    await outcome(scene, "grown", DONE);
    expect(await callsOf(at("grown"), "flushdb")).toBe(1);
  });

  test("another server process: not done", async () => {
    const card = await asked("restarted", "flush-db redis/restarted/0");
    await at("restarted").restart();
    await at("restarted").client.eval("for i = 1, 300 do redis.call('SET', 'cache:' .. i, 'x') end", 0);
    await approve(scene, "approver", { card, typed: "restarted 0" });
    await outcome(scene, "restarted", /Superseded: Flush.*target changed/s);
    expect(await callsOf(at("restarted"), "flushdb")).toBe(0);
    expect(await at("restarted").client.dbsize()).toBe(300);
  });

  test("the time is up while the dialog is open: it counts as no", async () => {
    const card = await asked("soon", "flush-db redis/soon/0");
    const dialogs = await Promise.all(["approver", "second"].map((user) => openDialog(scene, user, { card })));
    await seen("the card to be expired", () => scene.said("soon").find((one) => one.ts === card.ts && one.text.startsWith("Expired")));
    for (const dialog of dialogs) {
      expect(JSON.stringify((await scene.people().submit(dialog, { typed: "soon 0" })).body)).toMatch(/Too late/);
    }
    expect(auditOf(scene, requestIdOf(card))).toEqual(["action-requested", "request-expired", "decision-refused", "decision-refused"]);
    expect(await callsOf(at("soon"), "flushdb")).toBe(0);
  });

  test("somebody who has left the group since the request", async () => {
    const card = await asked("group", "flush-db redis/group/0");
    const dialog = await openDialog(scene, "approver", { card });
    scene.slack.setGroup("oncall", ["second"]);
    expect(JSON.stringify((await scene.people().submit(dialog, { typed: "group 0" })).body)).toMatch(/not an approver/);
    await scene.people().click("approver", card, "modal_approve");
    await seen("the refusal", () => scene.toldOnly("approver").find((text) => /not an approver/.test(text)));
    expect(await callsOf(at("group"), "flushdb")).toBe(0);
    await approve(scene, "second", { card, typed: "group 0" });
    await outcome(scene, "group", DONE);
  });

  test("frozen between approval and execution: nothing is done, and while it is on nobody can approve", async () => {
    const card = await asked("frozen", "flush-db redis/frozen/0");
    // Stopped, it holds up the look at the target that comes before the act.
    process.kill(at("frozen").pid, "SIGSTOP");
    try {
      await approve(scene, "approver", { card, typed: "frozen 0" });
      await scene.people().command("admin", "incidents", "/oom freeze on something is wrong");
      await seen("the freeze", () => scene.toldOnly("admin").find((text) => text.startsWith("Frozen")));
    } finally {
      process.kill(at("frozen").pid, "SIGCONT");
    }
    await outcome(scene, "frozen", /(Cancelled|Failed): Flush/);
    expect(await callsOf(at("frozen"), "flushdb")).toBe(0);

    const next = await asked("frozen", "flush-db redis/frozen/0");
    await scene.people().click("approver", next, "modal_approve");
    await seen("the refusal", () => scene.toldOnly("approver").find((text) => /Frozen/.test(text)));
    await scene.people().command("bystander", "incidents", "/oom freeze off");
    await seen("the bystander's refusal", () => scene.toldOnly("bystander").find((text) => /freeze/.test(text)));
    await scene.people().command("admin", "incidents", "/oom freeze off");
    await seen("the thaw", () => scene.toldOnly("admin").find((text) => text.includes("The freeze is off")));
    await approve(scene, "approver", { card: next, typed: "frozen 0" });
    await outcome(scene, "frozen", DONE);
    expect(await callsOf(at("frozen"), "flushdb")).toBe(1);
  });

  test("a lease that an admin releases ends the act that held it", async () => {
    const card = await asked("held", "unlink-keys redis/held/0 --pattern cache:* --keys-per-second 200 --everything yes");
    await approve(scene, "approver", { card, typed: "held 0" });
    await seen("some keys to be deleted", async () => (await callsOf(at("held"), "unlink")) > 0);
    const second = await asked("held", "set-maxmemory redis/held --maxmemory 100mb");
    await scene.people().click("second", second, "request_approve");
    await seen("the second act to be kept off", () => scene.toldOnly("second").find((text) => /Something else is being done/.test(text)));

    await scene.people().command("requester", "held", "/oom unlock redis/held");
    await seen("the requester's refusal", () => scene.toldOnly("requester").find((text) => /release/.test(text)));
    expect(auditOf(scene, requestIdOf(card))).not.toContain("lease-released");
    await scene.people().command("admin", "held", "/oom unlock redis/held");
    await outcome(scene, "held", /A human must look: Delete.*lease was released/s);
    await seen("the act to have stopped", () => auditOf(scene, requestIdOf(card)).includes("run-observed"));
    expect(await at("held").client.dbsize()).toBeGreaterThan(3_000);
  });
});

test("one without rights presses everything, and nothing comes of it", async () => {
  const command = "flush-db redis/pressed/0";
  const card = await asked("pressed", command);
  const id = requestIdOf(card);
  const people = scene.people();
  await people.command("requester", "pressed", "/oom help");
  const menu = await seen("the menu", () => scene.slack.responses().findLast(({ blocks }) => controlsOf(blocks).length > 0));
  const before = auditOf(scene, id).length;
  const modalsBefore = scene.slack.modals().length;
  const heard = (): number => scene.toldOnly("bystander").length;
  const start = heard();
  const controls = [card, { ...card, blocks: menu.blocks }].flatMap((message) =>
    controlsOf(message.blocks ?? []).map((control) => ({ message, control })),
  );
  for (const { message, control } of controls) await people.click("bystander", message, control.label);
  const typed = [
    `run ${command}`,
    "investigate redis/pressed",
    "unlock redis/pressed",
    "freeze on",
    "audit",
    "approvals",
    `show ${id}`,
    "locks",
  ];
  for (const text of typed) await people.command("bystander", "pressed", `/oom ${text}`);
  await people.submit(approveDialog("bystander", id), { typed: "pressed 0" });
  await seen("an answer to each", () => (heard() - start >= controls.length + typed.length ? true : undefined));

  expect(scene.slack.modals()).toHaveLength(modalsBefore);
  expect(new Set(auditOf(scene, id).slice(before))).toEqual(new Set(["decision-refused"]));
  expect(await callsOf(at("pressed"), "flushdb")).toBe(0);
  expect(cards(scene, "pressed").map(({ ts }) => ts)).toEqual([card.ts]);
  for (const text of scene.toldOnly("bystander").slice(start)) expect(text).not.toContain("inc_");
});

test("a button's value that belongs to another request, to another kind of thing, or to nothing, does nothing", async () => {
  const [card] = cards(scene, "pressed");
  if (card === undefined) throw new Error("Expected the card of the test above to be waiting still.");
  const simple = await asked("clicked", "set-maxmemory redis/clicked --maxmemory 200mb");
  const before = scene.toldOnly("approver").length;
  const values = [requestIdOf(card), "off_1", "inc_1", "__proto__", "req_", "' or 1=1 --", "x".repeat(2000), ""];
  for (const forgedValue of values) await scene.people().sending({ forgedValue }).click("approver", simple, "request_approve");
  const told = await seen("an answer to each", () => {
    const all = scene.toldOnly("approver").slice(before);
    return all.length >= values.length ? all : undefined;
  });
  expect(told.filter((text) => /Expected exactly: pressed 0/.test(text))).toHaveLength(1);
  expect(told.filter((text) => /leads to nothing/.test(text))).toHaveLength(values.length - 1);
  for (const metadata of [requestIdOf(simple), "req_nothing", "__proto__"]) {
    const answer = await scene.people().submit(approveDialog("requester", metadata), { typed: "pressed 0" });
    expect(answer).toMatchObject({ status: 200, body: { response_action: "errors" } });
  }
  expect(await callsOf(at("clicked"), "config\\|set")).toBe(1);
  expect(await callsOf(at("pressed"), "flushdb")).toBe(0);
});

test("approved, and then the approver leaves while the queue's Redis is away: not done when it is back", async () => {
  scene.slack.setGroup("oncall", ["approver", "second"]);
  const card = await asked("left", "flush-db redis/left/0");
  const dialog = await openDialog(scene, "approver", { card });
  await scene.queue.kill();
  await scene.people().submit(dialog, { typed: "left 0" });
  await seen("the approval to be written down", () => auditOf(scene, requestIdOf(card)).includes("decision-approved"));
  scene.slack.setGroup("oncall", ["second"]);
  await scene.queue.restart();
  await outcome(scene, "left", /Failed: Flush.*an approver was removed/s);
  expect(await callsOf(at("left"), "flushdb")).toBe(0);
});

describe("started again with a configuration that names fewer approvers", () => {
  test("between request and click: who is named no longer does not count", async () => {
    const card = await asked("struck", "flush-db redis/struck/0");
    await scene.start({ access: accessOf(scene.slack, ["second"]) });
    await scene.people().click("approver", card, "modal_approve");
    await seen("the refusal", () => scene.toldOnly("approver").find((text) => /not an approver/.test(text)));
    expect(await callsOf(at("struck"), "flushdb")).toBe(0);
    await approve(scene, "second", { card, typed: "struck 0" });
    await outcome(scene, "struck", DONE);
    await scene.start({ access: accessOf(scene.slack, APPROVERS) });
  });

  test("between click and execution: what was approved is not done", async () => {
    const card = await asked("dropped", "flush-db redis/dropped/0");
    const dialog = await openDialog(scene, "approver", { card });
    await scene.queue.kill();
    await scene.people().submit(dialog, { typed: "dropped 0" });
    await seen("the approval to be written down", () => auditOf(scene, requestIdOf(card)).includes("decision-approved"));
    await scene.kill();
    await scene.queue.restart();
    await scene.start({ access: accessOf(scene.slack, ["second"]) });
    await outcome(scene, "dropped", /Failed: Flush.*an approver was removed/s);
    expect(await callsOf(at("dropped"), "flushdb")).toBe(0);
  });
});

function at(name: Name): RedisLab {
  const target = targets.get(name);
  if (target === undefined) throw new Error(`Expected a server for redis/${name}.`);
  return target;
}

function asked(name: Name, command: string): Promise<LabMessage> {
  return ask(scene, { user: "requester", channel: name }, command);
}

/** A card with one of its buttons pretending to be another. */
function withAction(card: LabMessage, from: string, to: string): NonNullable<LabMessage["blocks"]> {
  const blocks: NonNullable<LabMessage["blocks"]> = JSON.parse(JSON.stringify(card.blocks ?? []).replaceAll(`"${from}"`, `"${to}"`));
  return blocks;
}

function glassDialog(user: string, requestId: string): LabModal {
  return forgedDialog(user, { requestId, callbackId: "modal_break_glass", fields: ["reason", "typed"] });
}

function approveDialog(user: string, requestId: string): LabModal {
  return forgedDialog(user, { requestId, callbackId: "modal_approve", fields: ["typed"] });
}

type Forgery = { readonly requestId: string; readonly callbackId: string; readonly fields: readonly string[] };

/** A dialog that Oomph has never opened. */
function forgedDialog(user: string, { requestId, callbackId, fields }: Forgery): LabModal {
  const blocks = fields.map((field) => ({
    type: "input" as const,
    block_id: field,
    label: { type: "plain_text" as const, text: field },
    element: { type: "plain_text_input" as const, action_id: field },
  }));
  const title = { type: "plain_text" as const, text: "Approve" };
  const view = { type: "modal" as const, callback_id: callbackId, private_metadata: requestId, title, submit: title, close: title, blocks };
  return { id: "V0NEVER", hash: "0.forged", user: scene.slack.id(user), view };
}
