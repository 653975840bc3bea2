import type { Severity } from "../../src/domain/alert.ts";
import { tellStrays, type Stray } from "../../src/domain/stray.ts";
import { strayPages, strayRoot } from "../../src/messages/strays.ts";
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

/** Name of the file → the messages in it: many names that nobody knows, and their list in the thread. */
export const STRAY_PICTURES: Readonly<Record<string, readonly PageMessage[]>> = {
  "unknown-names": [oomph(strayRoot(TOLD), 0), ...strayPages(TOLD).map((page) => oomph(page, 2000))],
};
