import { counted } from "../../domain/count.ts";
import type { Reason } from "../../domain/finding.ts";
import { ratesOf } from "./growth.ts";
import { occupancyOf, reason } from "./occupancy.ts";
import type { NodePicture } from "./picture.ts";
import { percent } from "./words.ts";

// Redis refuses above 100%, and the refused command leaves it just under.
const FULL_SHARE = 0.99;
// With refusals counted or reported, a little less is full: large writes fail first.
const FULL_SHARE_WHILE_REFUSING = 0.9;
/** From here on it is said that a server is about to be full. Source: the critical threshold of container memory, 85%. */
export const NEAR_FULL_SHARE = 0.85;

/** Whether a write was refused for want of memory just now. */
export function isRefusing(node: NodePicture): boolean {
  return node.probe?.value.kind === "refused-oom";
}

/** Whether the server is at its limit. An old report of a refusal does not outweigh a reading with room to spare. */
export function isFull(node: NodePicture): boolean {
  const { share } = occupancyOf(node);
  if (isRefusing(node)) return true;
  if (share === undefined) return node.reportedRefusal !== undefined && occupancyOf(node).usedBytes === undefined;
  const refusals = node.reportedRefusal !== undefined || (ratesOf(node)?.oomErrors ?? 0) > 0;
  return share >= (refusals ? FULL_SHARE_WHILE_REFUSING : FULL_SHARE);
}

/** What is known of refused writes, as reasons for and against a server being full. */
export function refusalReasons(node: NodePicture): { readonly for: readonly Reason[]; readonly against: readonly Reason[] } {
  const speaksFor: Reason[] = [];
  const against: Reason[] = [];
  if (isRefusing(node)) speaksFor.push(reason(node, "probe", "a write was refused with OOM just now"));
  if (node.probe?.value.kind === "accepted") against.push(reason(node, "probe", "a small write was accepted just now"));
  if (node.reportedRefusal !== undefined) {
    speaksFor.push(
      reason(node, "reportedRefusal", `the text holds Redis's own error "OOM command not allowed when used memory > 'maxmemory'"`),
    );
  }
  const perSecond = ratesOf(node)?.oomErrors ?? 0;
  const total = node.info?.value.oomErrors ?? 0;
  if (perSecond > 0)
    speaksFor.push(reason(node, "growth", `about ${counted(Math.max(1, perSecond), "write")} per second refused with OOM at this moment`));
  if (total > 0) speaksFor.push(reason(node, "info", `${counted(total, "command")} refused with OOM since the server started`));
  const { share } = occupancyOf(node);
  if (isFull(node) && share !== undefined && share < FULL_SHARE) {
    against.push(reason(node, "info", `the reading was ${percent(share)} of maxmemory, a little under the limit`));
  }
  return { for: speaksFor, against };
}

/** How much to hold back for what was not looked at, each with a reason that names it. */
export function gapsFor(node: NodePicture, kinds: readonly GapKind[]): { readonly penalty: number; readonly reasons: readonly Reason[] } {
  const missing = kinds.filter((kind) => isMissing(node, kind)).map((kind) => GAPS[kind]);
  return {
    penalty: missing.reduce((sum, { penalty }) => sum + penalty, 0),
    reasons: missing.map(({ evidence, says }) => reason(node, evidence, says)),
  };
}

type GapKind = keyof typeof GAPS;

/** A text that reports a refusal stands in for a probe, and INFO's own sum of buffers for that of a list of clients. */
function isMissing({ reportedRefusal, info, ...node }: NodePicture, kind: GapKind): boolean {
  if (kind === "probe") return node.probe === undefined && reportedRefusal === undefined;
  if (kind === "buffers") return node.clients === undefined && info?.value.clientBytes === undefined;
  return node[kind] === undefined;
}

const GAPS = {
  probe: { evidence: "probe", penalty: 0.1, says: "no write was tried, so whether writes are refused now is not known" },
  clients: { evidence: "clients", penalty: 0.03, says: "clients were not listed, so who holds large buffers is not known" },
  buffers: {
    evidence: "clients",
    penalty: 0.03,
    says: "neither INFO nor a list of clients says what buffers hold, which looks the same from outside and is not freed with keys",
  },
  census: { evidence: "census", penalty: 0.02, says: "keys were not sampled, so what fills it is not known" },
} as const;
