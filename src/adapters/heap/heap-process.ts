import { messageOf, OomphError } from "../../domain/errors.ts";
import { compareProfiles } from "../../domain/heap/compare-profiles.ts";
import { flameTree } from "../../domain/heap/flame-tree.ts";
import { totalBytes, type HeapProfile } from "../../domain/heap/profile.ts";
import { topFunctions } from "../../domain/heap/top-functions.ts";
import { decodeHeapProfile } from "./decode-profile.ts";
import { flameSvg } from "./flame-svg.ts";
import { Asked, type Answer } from "./schema.ts";

// The reading process: one or two profiles as JSON on standard input, what they say as JSON on standard output, and an end.

const LISTED = 30;
const SHOWN = { leastShare: 0.001, mostDeep: 80 } as const;

try {
  process.stdout.write(JSON.stringify(read(await asked())));
} catch (error) {
  process.stderr.write(messageOf(error));
  process.exitCode = error instanceof OomphError && error.code === "bad-input" ? 2 : 1;
}

async function asked(): Promise<Asked> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of process.stdin) chunks.push(Buffer.from(chunk));
  const parsed = Asked.safeParse(JSON.parse(Buffer.concat(chunks).toString("utf8")));
  if (!parsed.success) throw new OomphError("internal", `expected a profile, got something else: ${parsed.error.message}`);
  return parsed.data;
}

function read({ title, profile, earlier }: Asked): Answer {
  const now = decodeHeapProfile(Buffer.from(profile, "base64"));
  const before = earlier === undefined ? undefined : decodeHeapProfile(Buffer.from(earlier, "base64"));
  const growth = before === undefined ? undefined : compareProfiles(before, now);
  return {
    totalBytes: totalBytes(now),
    ...(now.takenAtMs === undefined ? {} : { takenAtMs: now.takenAtMs }),
    durationMs: now.durationMs,
    top: [...topFunctions(now, LISTED)],
    ...(growth === undefined ? {} : { growth: growthOf(growth) }),
    flameSvg: flameSvg(flameTree(now, SHOWN, growth), title),
  };
}

function growthOf(growth: HeapProfile): NonNullable<Answer["growth"]> {
  const top = topFunctions(growth, LISTED).filter(({ flatBytes }) => flatBytes !== 0);
  return { totalBytes: totalBytes(growth), elapsedMs: growth.durationMs, top };
}
