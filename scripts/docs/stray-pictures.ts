import type { Severity } from "../../src/domain/alert.ts";
import { tellStrays, type Stray } from "../../src/domain/stray.ts";
import { strayPages, strayQuestion, strayRoot } from "../../src/messages/strays.ts";
import { AT_MS } from "./example-facts.ts";
import type { PageMessage } from "./thread-page.ts";

const ALERTS = ["RedisMemoryHigh", "RedisEvicting", "RedisMaxmemoryReached"];

function stray(index: number): Stray {
  const name = index % 7 === 5 ? `node in pod 0a1b${2000 + index} on worker-${index % 4}` : `redis-${["sessions", "cart", "billing", "prices", "search"][index % 5]}-${index}`;
  const mild: Severity | null = index % 9 === 2 ? null : "warning";
  const severity = index % 5 === 4 ? "critical" : mild;
  return {
    id: `str_${(4_096_731 + index * 7_919).toString(32)}`,
    channel: "C0ALERTS",
    roundMs: AT_MS,
    name,
    source: "alertmanager",
    class: "redis_memory",
    severity,
    says: index % 7 === 5 ? "Memory cgroup out of memory: Killed process 4711 (node)" : (ALERTS[index % 3] ?? ""),
    because: `This is about the memory of a Redis, but I do not know "${name}".`,
    count: 1 + (index % 4) * 3,
    lastAtMs: AT_MS + index * 1000,
    ...(index === 6 ? { chosen: { target: "redis/sessions", userId: "U0RESPONDER" } } : {}),
  };
}

const ROUND = Array.from({ length: 43 }, (_, index) => stray(index));
const TOLD = tellStrays(ROUND);

function oomph(message: PageMessage["message"], afterMs: number): PageMessage {
  return { author: "Oomph", atMs: AT_MS + afterMs, message };
}

const TARGETS = ["checkout", "cart", "search"].map((name) => ({ kind: "workload", connection: "prod", resource: "deploy", namespace: "shop", name }) as const);
const GROUP = "RdevAPIHighMemory";
const MEANT: Stray = {
  ...stray(0),
  id: "str_6m2x7q4k",
  name: GROUP,
  threadTs: "1778555050.000100",
  class: "memory_high",
  severity: "warning",
  because:
    "This is about memory, but it does not say whose. First in the list is what is nearest to its limit now. Of several alerts in a group Alertmanager's own template posts only the labels that they share: `examples/alertmanager/oomph.tmpl` posts those of each, and its webhook has them too.",
  count: 1,
};
const ALONE: Stray = { ...stray(1), says: "RedisMemoryHigh: memory is at 93% of its limit", count: 4, severity: "critical" };

function alert(text: string, afterMs: number, reaction?: "eyes" | "white_check_mark"): PageMessage {
  const reactions = reaction === undefined ? [] : [{ name: reaction, users: ["U0OOMPH"] }];
  return { author: "Alertmanager", atMs: AT_MS + afterMs, message: { text, reactions }, isAlone: true };
}

/** Name of the file → the messages in it: marked posts, what is asked, many names that nobody knows, and their list in the thread. */
export const STRAY_PICTURES: Readonly<Record<string, readonly PageMessage[]>> = {
  marks: [
    alert("*[RESOLVED] KubePodOOMKilled* (shop/checkout critical)", -3_600_000, "white_check_mark"),
    alert("*[FIRING:1] RedisMemoryHigh* (sessions critical)\nMemory of sessions is at 98% of its limit", 0, "eyes"),
    alert("*[FIRING:1] DiskWillFill* (node-7 warning)", 60_000),
  ],
  question: [
    alert(`*[FIRING:2] ${GROUP}* (warning)`, 0),
    oomph(strayQuestion(MEANT, TARGETS), 900),
    { ...oomph(strayQuestion(ALONE, [{ kind: "redis", name: "sessions" }, { kind: "redis", name: "cache" }]), 60_000), isAlone: true },
    { ...oomph(strayQuestion({ ...ALONE, chosen: { target: "redis/sessions", userId: "U0RESPONDER" } }, []), 120_000), isAlone: true },
  ],
  "unknown-names": [oomph(strayRoot(TOLD), 0), ...strayPages(TOLD).map((page) => oomph(page, 2000))],
};
