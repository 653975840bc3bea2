import type { Problem } from "./incident.ts";
import type { KernelKill } from "./kernel-oom/types.ts";

/** A post in a channel that Oomph listens to, as text: attachments, blocks and previews of files flattened into lines. */
export type Post = {
  readonly channel: string;
  readonly ts: string;
  readonly threadTs?: string;
  readonly userId?: string;
  readonly botId?: string;
  /** All readable text of the message, its attachments, blocks and files; Slack markup undone. */
  readonly text: string;
};

/** What a sender said, normalised. */
export type AlertReading = { readonly kind: "not-about-memory" } | AboutMemory;

export type AboutMemory = {
  readonly kind: "about-memory";
  readonly problem: Problem;
  readonly source: string;
  /** Words in the alert that may name the target, the likelier first: instance, host, service, database; a container. */
  readonly names: readonly string[];
  readonly status: "firing" | "resolved";
  /** Who was killed for want of memory, as far as log lines in it say: oldest first, the newest few. */
  readonly kills: readonly AlertKill[];
  /** Machines that it names as the place: Wazuh's agent, the host in front of a syslog line. */
  readonly hosts: readonly string[];
  /** When it happened, by the sender's word. Absent: not said, so it is about as old as the alert. */
  readonly atMs?: number;
};

/** One kill that an alert tells of. What its log lines leave out is null. */
export type AlertKill = Pick<
  KernelKill,
  "process" | "pid" | "constraint" | "cgroup" | "oomCgroup" | "containerId" | "podUid" | "killer" | "anonRssBytes" | "limitBytes"
> & {
  /** The kill as a sentence without a stop: who killed whom, and whose memory was short. */
  readonly says: string;
  /** By the line itself. Absent: it has no date, year or zone. */
  readonly atMs?: number;
  /** The time as the line writes it, where that leaves the year or the zone open: `Jun 11 14:22:20`. */
  readonly loggedAt?: string;
};

/** An alert that came by a webhook, read and waiting to be handled. */
export type SentAlert = {
  /** The sender's own id: the same id is the same alert, sent again. */
  readonly id: string;
  readonly receivedAtMs: number;
  readonly reading: AboutMemory;
};
