import { createInterface } from "node:readline";
import { controlsOf, type LabMessage } from "../lab/slack/index.ts";
import { WEBHOOKS, type Stage } from "./scene.ts";
import { dialogOf, has, inputsOf, seen } from "./story.ts";
import { messageText, readable } from "./thread-text.ts";

const HELP = `What you can type:
  /oom ...  [as alice]        any command, for example: /oom incidents
  approve 1 [as bob]          says yes to the first request that waits; types the confirmation where one is needed
  deny 1 [as bob]             says no to it
  press <label> [as alice]    presses the newest button with this label, for example: press Flush database
  post <text>                 posts an alert in #alerts
  fill                        brings the trouble back (Redis only: fills database 2 until writes are refused again)
  help, quit
People: alice and bob may approve, bob is an admin, mallory may neither. Without "as", commands are alice's, decisions bob's.`;

export type Story = {
  readonly scene: Stage;
  /** Labels of an alert about what is in trouble here. */
  readonly alert: Readonly<Record<string, string>>;
  /** Brings the trouble back. */
  readonly again: () => Promise<void>;
};

/** Shows every message as it comes and does what is typed, until "quit", the end of input, or Ctrl-C. */
export async function runPrompt({ scene, alert, again }: Story, out: (text: string) => void): Promise<void> {
  const { slack } = scene;
  out(HELP);
  out(`From another terminal, an alert by Alertmanager's webhook:\n${curlLine(scene.oomph.url, alert)}`);
  out(`Oomph's log, until you quit: ${scene.oomph.logPath}`);
  const stopShowing = slack.onOwnMessage((message, change) =>
    out(`\n${change === "posted" ? "" : "(edit) "}${messageText(slack, message)}`),
  );
  const lines = createInterface({ input: process.stdin, output: process.stdout, prompt: "oomph> " });
  lines.prompt();
  for await (const line of lines) {
    if (/^\s*(quit|exit)\s*$/.test(line)) break;
    const seenBefore = { responses: slack.responses().length, whispers: slack.ephemerals().length };
    await obey(scene, { line: line.trim(), refill: again, out }).catch((error: unknown) =>
      out(error instanceof Error ? error.message : String(error)),
    );
    await showAnswers(scene, seenBefore, out);
    lines.prompt();
  }
  lines.close();
  stopShowing();
}

function curlLine(url: string, labels: Story["alert"]): string {
  const body = JSON.stringify({ version: "4", status: "firing", alerts: [{ status: "firing", labels, annotations: {} }] });
  return `  curl -H 'Authorization: Bearer ${WEBHOOKS.alertmanagerSecret}' -H 'Content-Type: application/json' -d '${body}' ${url}/webhooks/alertmanager`;
}

type Order = { readonly line: string; readonly refill: () => Promise<void>; readonly out: (text: string) => void };

async function obey(scene: Stage, { line, refill, out }: Order): Promise<void> {
  const [, order = "", named] = /^(.*?)(?:\s+as\s+(\w+))?$/.exec(line) ?? [];
  const { people, slack } = scene;
  if (named !== undefined && slack.users[named] === undefined)
    throw new Error(`Expected one of ${Object.keys(slack.users).join(", ")}, got "${named}".`);
  const decision = /^(approve|deny)\s+(\d+)$/.exec(order);
  if (order === "" || order === "help") out(order === "" ? "" : HELP);
  else if (order.startsWith("/")) await answered(people.command(named ?? "alice", "incidents", order), out);
  else if (decision !== null)
    await decide(scene, { approve: decision[1] === "approve", number: Number(decision[2]), user: named ?? "bob" }, out);
  else if (order.startsWith("press ")) await press(scene, order.slice(6), named ?? "alice");
  else if (order.startsWith("post ")) await people.postAsBot("alerts", { text: order.slice(5) });
  else if (order === "fill") await refill();
  else throw new Error(`"${line}" is none of the things that can be typed here. Type help.`);
}

async function answered(
  delivery: Promise<{ readonly status: number; readonly body: unknown }>,
  out: (text: string) => void,
): Promise<void> {
  const { status, body } = await delivery;
  if (status !== 200 || body !== "") out(`Oomph answered ${status} ${JSON.stringify(body)}`);
}

async function decide(
  scene: Stage,
  word: { readonly approve: boolean; readonly number: number; readonly user: string },
  out: (text: string) => void,
): Promise<void> {
  const waiting = (await allMessages(scene)).filter((message) => has(message, "modal_deny"));
  const card = waiting[word.number - 1];
  if (waiting.length === 0) throw new Error("No request waits for approval: ask for an action first.");
  if (card === undefined) throw new Error(`Expected a number from 1 to ${waiting.length}, got ${word.number}.`);
  const control = controlFor(card, word.approve);
  const refusals = (): number => scene.slack.ephemerals().length + scene.slack.responses().length;
  const before = { modals: scene.slack.modals().length, refusals: refusals() };
  await scene.people.click(word.user, card, control);
  if (control === "request_approve") return;
  const answer = await seen("a dialog or a refusal", async () => {
    if (scene.slack.modals().length > before.modals) return { dialog: dialogOf(scene.slack, word.user) };
    return refusals() > before.refusals ? { dialog: undefined } : undefined;
  });
  if (answer.dialog === undefined) return;
  const { dialog } = answer;
  const typed = confirmationOf(card) ?? "no reason given";
  await answered(scene.people.submit(dialog, Object.fromEntries(inputsOf(dialog).map((block) => [block, typed]))), out);
}

/** A dialog where something must be typed, else the button that decides at once. */
function controlFor(card: LabMessage, approve: boolean): "modal_deny" | "modal_approve" | "request_approve" {
  if (!approve) return "modal_deny";
  return has(card, "modal_approve") ? "modal_approve" : "request_approve";
}

/** What the card asks its approver to type. */
function confirmationOf(card: LabMessage): string | undefined {
  return /types `([^`]+)`/.exec(JSON.stringify(card.blocks))?.[1];
}

async function press(scene: Stage, label: string, user: string): Promise<void> {
  const message = (await allMessages(scene)).findLast(({ blocks }) => controlsOf(blocks ?? []).some((control) => control.label === label));
  if (message === undefined) throw new Error(`Expected the label of a button in one of the threads, got "${label}".`);
  await scene.people.click(user, message, label);
}

async function allMessages({ slack }: Stage): Promise<readonly LabMessage[]> {
  const roots = [...(await slack.messages("alerts")), ...(await slack.messages("incidents"))];
  const threads = await Promise.all(roots.map((root) => slack.thread(root.channel, root.ts)));
  return threads.flat();
}

/** What only the one who asked can see comes a moment later. */
async function showAnswers(
  { slack }: Stage,
  before: { readonly responses: number; readonly whispers: number },
  out: (text: string) => void,
): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, 700));
  const news = [...slack.responses().slice(before.responses), ...slack.ephemerals().slice(before.whispers)];
  for (const answer of news) {
    const shown: LabMessage = {
      channel: answer.channel,
      ts: String(Date.now() / 1000),
      text: answer.text,
      blocks: answer.blocks,
      user: slack.self.userId,
    };
    out(`\n(only ${readable(slack, `<@${answer.user}>`)} sees this)\n${messageText(slack, shown)}`);
  }
}
