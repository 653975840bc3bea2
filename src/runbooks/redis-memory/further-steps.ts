import type { Finding } from "../../domain/finding.ts";
import { mainDatabase } from "./advice.ts";
import type { NodeDiagnosis } from "./diagnose-node.ts";
import { looksThrowAway } from "./looks-throw-away.ts";
import { occupancyOf } from "./occupancy.ts";
import type { NodePicture } from "./picture.ts";
import type { DatabaseCensus } from "./schema.ts";
import { oneLine } from "./words.ts";

/** What people must do themselves: code to change, settings that Oomph does not touch, rights to grant. */
export function furtherStepsFor({ node, finding }: NodeDiagnosis): readonly string[] {
  return [...stepsFor(finding, node), ...rightsToGrant(node)];
}

function stepsFor(finding: Finding, node: NodePicture): readonly string[] {
  switch (finding.verdict) {
    case "full-under-noeviction":
    case "full-without-ttl-under-volatile":
    case "database-never-cleaned":
    case "near-full":
      return [...keySteps(node), ...ifItIsACache(node, finding)];
    case "client-output-buffers":
      return [
        "Find out why the client named above does not read: a stuck consumer, a MONITOR left running, or a subscriber slower than what is published to it.",
        'Set a limit so that Redis closes such clients itself: CONFIG SET client-output-buffer-limit "normal 256mb 64mb 60".',
      ];
    case "replication-backlog":
      return [
        "If the backlog is larger than an interruption of the replicas needs, make it smaller: CONFIG SET repl-backlog-size 64mb.",
        "If a replica lags, look at its network and disk: INFO replication shows its offset and lag.",
      ];
    case "script-memory":
      return [
        "Have the application pass values as KEYS and ARGV instead of building them into the script; SCRIPT FLUSH frees what is cached, and clients load their scripts again.",
      ];
    case "fragmentation":
      return [
        "Turn on active defragmentation if this build has it: CONFIG SET activedefrag yes. It costs some CPU.",
        "MEMORY PURGE gives back what can be given back at once; a restart (or a failover to a replica) gives back the rest.",
      ];
    case "no-maxmemory-near-host-limit":
      return ["Write maxmemory and maxmemory-policy into the server's own configuration: what is set while it runs is lost on restart."];
    case "evicting-under-pressure":
      return ["If the hit ratio hurts, give the cache more memory or shorter TTLs for what is rarely read."];
    case "writes-refused-otherwise":
      return [
        "On a replica: point writers at the master (a failover may have moved it). On MISCONF: free disk space and look at the server's log.",
      ];
    default:
      return [];
  }
}

/** Said where it is not offered: only somebody who knows what the keys are can decide on it. */
function ifItIsACache(node: NodePicture, { advice }: Finding): readonly string[] {
  const isOffered = advice.some(({ params }) => params["policy"] === "allkeys-lru");
  if (isOffered || occupancyOf(node).policy?.startsWith("allkeys-") === true) return [];
  return [
    "If it is a cache in which any key may go, the policy allkeys-lru (`set-eviction-policy`) makes it drop what was not used for longest. For queues, locks or the only copy of something that is wrong.",
  ];
}

function keySteps(node: NodePicture): readonly string[] {
  const database = mainDatabase(node);
  const census = node.census?.value.find((each) => each.database === database);
  const writer = `Find the code that writes ${namesIn(census)} and give these keys a TTL when they are written (SET ... EX 3600, or EXPIRE right after).`;
  if (database === undefined || looksThrowAway(node, database).kind === "keep") return [writer];
  return [
    `If a test suite fills database ${database}: empty it once before the suite (BeforeSuite) with \`oomph redis flush --url redis://HOST:PORT --db ${database}\`, or before each test (BeforeEach) where tests disturb each other.`,
    writer,
    "Use another Redis, or at least another database, for tests than for anything that must keep working.",
  ];
}

function namesIn(census: DatabaseCensus | undefined): string {
  const names = (census?.prefixes ?? []).filter(({ prefix }) => prefix !== "").slice(0, 3);
  return names.length === 0 ? "keys without a TTL" : names.map(({ prefix }) => `\`${oneLine(prefix)}*\``).join(", ");
}

function rightsToGrant({ gaps }: NodePicture): readonly string[] {
  const lacking = gaps.filter(({ code }) => code === "no-rights");
  const [because, ...others] = new Set(lacking.map((gap) => gap.because));
  if (because === undefined) return [];
  if (others.length === 0) return [`So that Oomph sees more next time: ${because}`];
  const steps = [...new Set(lacking.map(({ step }) => step.replace("redis.", "")))].join(", ");
  return [`So that Oomph sees more next time, grant its user what it lacks for ${steps}: docs/security.md has the whole line.`];
}
