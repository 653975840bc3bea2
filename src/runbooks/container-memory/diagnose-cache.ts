import { formatBytes } from "../../domain/bytes.ts";
import type { Finding } from "../../domain/finding.ts";
import { raiseLimit } from "./advice.ts";
import { limitOf, reason, shareOf, usageOf, usageReason } from "./figures.ts";
import { killsOf } from "./kills.ts";
import { weigh, when } from "../make-finding.ts";
import { makeFinding } from "./make-finding.ts";
import { hits } from "./patterns.ts";
import type { Picture } from "./picture.ts";
import { percent } from "../words.ts";

const MOST = 0.5;
const TIGHT_SHARE = 0.7;
const SMALL_VICTIM = 0.15;

/** What fills the limit is files: those kept in tmpfs, or cache that the kernel cannot write back in time. Pure. */
export function diagnoseCache(picture: Picture): Finding | undefined {
  const usage = usageOf(picture);
  const limit = limitOf(picture);
  if (usage === undefined || limit === undefined) return undefined;
  const { shmemBytes = 0, cacheBytes = 0, anonBytes } = usage;
  const killed = killsOf(picture).signs.length > 0;
  const pressed = killed || (shareOf(picture) ?? 0) >= TIGHT_SHARE;
  if (!pressed) return undefined;
  if (shmemBytes >= usage.usedBytes * MOST && shmemBytes >= limit.bytes * SMALL_VICTIM) return tmpfs(picture, shmemBytes);
  const smallAnon = anonBytes !== undefined && anonBytes < limit.bytes * 0.4;
  // Clean cache is given back on demand; only with kills is there a sign that it could not be.
  return killed && smallAnon && cacheBytes >= limit.bytes * MOST ? pageCache(picture, cacheBytes) : undefined;
}

function tmpfs(picture: Picture, shmemBytes: number): Finding {
  const usage = usageOf(picture);
  const kills = killsOf(picture);
  const full = hits(picture, "shm");
  const ofUsed = usage === undefined ? "" : ` (${percent(Math.min(1, shmemBytes / usage.usedBytes))} of what it uses)`;
  return makeFinding({
    verdict: "cache-or-tmpfs",
    headline: `Files in memory fill its limit: ${formatBytes(shmemBytes)} in tmpfs, /dev/shm or shared memory. They stay when a process is killed.`,
    confidence: weigh(
      0.8,
      [kills.signs.length > 0, 0.05],
      [picture.census !== undefined, 0.04],
      [full !== undefined, 0.03],
      [picture.cgroup !== undefined, 0.04],
    ),
    for: [
      reason(picture, usage?.part ?? "stats", `${formatBytes(shmemBytes)} are tmpfs or shared memory${ofUsed}`),
      usageReason(picture),
      ...kills.signs,
    ],
    against: [
      when(
        full !== undefined && kills.signs.length === 0,
        reason(picture, "logs", "its log tells of a full /dev/shm: that has a size of its own"),
      ),
    ],
    advice: raiseLimit(picture, "It makes room; the files stay until something removes them."),
  });
}

function pageCache(picture: Picture, cacheBytes: number): Finding {
  const usage = usageOf(picture);
  return makeFinding({
    verdict: "cache-or-tmpfs",
    headline: `Most of its memory is file cache (${formatBytes(cacheBytes)}), and something was killed all the same: it writes or maps files faster than the kernel gives cache back.`,
    confidence: weigh(0.56, [picture.census !== undefined, 0.04], [(picture.cgroup?.value.limitHits ?? 0) > 0, 0.06]),
    for: [
      reason(
        picture,
        usage?.part ?? "stats",
        `${formatBytes(cacheBytes)} of file cache and ${formatBytes(usage?.anonBytes ?? 0)} of the programs' own`,
      ),
      ...killsOf(picture).signs,
    ],
    against: [
      reason(
        picture,
        usage?.part ?? "stats",
        "clean file cache is given back when memory is short, and its share now need not be that of the kill",
      ),
    ],
    advice: raiseLimit(picture, "It gives the kernel more time to write files back."),
  });
}
