import { formatBytes } from "../../../domain/bytes.ts";
import { formatDuration } from "../../../domain/duration.ts";
import type { FunctionMemory } from "../../../domain/heap/top-functions.ts";
import type { HeapReport } from "../../../ports/heap.ts";
import type { NodeSampling } from "../../../ports/node-inspector.ts";
import { shown } from "../../words.ts";
import { fileOf, signedBytes, textFile } from "./files.ts";
import type { HeapProfileScope, Taken } from "./schema.ts";
import type { Capture } from "./take-profiles.ts";

const MOST_ROWS = 6;
const MOST_LISTED = 30;

export type TwoProfiles = { readonly captures: readonly [Capture, Capture]; readonly report: HeapReport; readonly scope: HeapProfileScope };

/** Two profiles in pprof's format: who holds most, who grew. */
export function tellProfiles({ captures, report, scope }: TwoProfiles): Taken {
  const { totalBytes, growth, top } = report;
  const grownOf = new Map((growth?.top ?? []).map(({ name, flatBytes }) => [name, flatBytes]));
  const heldOrGiven = top.filter(({ name, flatBytes }) => flatBytes !== 0 || (grownOf.get(name) ?? 0) !== 0);
  const [most] = heldOrGiven;
  const [grower] = (growth?.top ?? []).filter(({ flatBytes }) => flatBytes > 0);
  const grown = growth?.totalBytes ?? 0;
  const files = [
    ...captures.map(({ body, atMs }, at) =>
      fileOf(scope, { suffix: `-${at + 1}.pb.gz`, what: `Heap profile ${at + 1} of 2, taken at ${when(atMs)}`, bytes: body }),
    ),
    ...drawings(report, scope),
  ];
  return {
    says: `${formatBytes(totalBytes)} in use by the samples of ${scope.pod}, ${signedBytes(grown)} within ${formatDuration(captures[1].atMs - captures[0].atMs)}. ${
      most === undefined ? "No function holds any." : `${shown(most.name)} holds most by itself (${formatBytes(most.flatBytes)}).`
    }${grower === undefined ? "" : ` ${shown(grower.name)} grew most (${signedBytes(grower.flatBytes)}).`}`,
    rows: [
      { what: "In use by all samples", before: formatBytes(totalBytes - grown), after: formatBytes(totalBytes) },
      ...heldOrGiven.slice(0, MOST_ROWS).map(({ name, flatBytes }) => ({
        what: shown(name),
        before: formatBytes(flatBytes - (grownOf.get(name) ?? 0)),
        after: formatBytes(flatBytes),
      })),
    ],
    notes: [
      scope.gc
        ? "What was in use just after a collection."
        : "What was in use at the program's last collection: what it asked for since is not in it (--gc yes collects first, and stops the program for that).",
      ...(report.durationMs > 0
        ? ["These profiles are sums over a time, and not what is in use at a moment: ask for a snapshot instead."]
        : []),
      "`oomph explain` and `go tool pprof` read the files.",
    ],
    files,
  };
}

/** What Node.js sampled: calls whose objects are still there. */
export function tellSampling({ profile, before, after }: NodeSampling, report: HeapReport, scope: HeapProfileScope): Taken {
  const [most] = report.top;
  const limit = after.heapLimitBytes;
  return {
    says: `Of what ${scope.pod} asked for within ${formatDuration(report.durationMs)}, ${formatBytes(report.totalBytes)} is still in use. ${
      most === undefined ? "No call holds any." : `${shown(most.name)} asked for most of it (${formatBytes(most.flatBytes)}).`
    }${limit === undefined ? "" : ` The heap uses ${formatBytes(after.heapUsedBytes)} of the ${formatBytes(limit)} that it may grow to.`}`,
    rows: [
      { what: "Heap in use", before: formatBytes(before.heapUsedBytes), after: formatBytes(after.heapUsedBytes) },
      { what: "Heap taken from the system", before: formatBytes(before.heapTotalBytes), after: formatBytes(after.heapTotalBytes) },
      { what: "Outside the heap (buffers)", before: formatBytes(before.externalBytes), after: formatBytes(after.externalBytes) },
      { what: "Resident", before: formatBytes(before.rssBytes), after: formatBytes(after.rssBytes) },
      ...report.top
        .filter(({ flatBytes }) => flatBytes > 0)
        .slice(0, MOST_ROWS)
        .map(({ name, flatBytes }) => ({ what: shown(name), before: "not sampled", after: formatBytes(flatBytes) })),
    ],
    notes: ["Sampled while it ran: what was asked for before is not in it."],
    files: [
      fileOf(scope, { suffix: ".pb.gz", what: "Sampled allocations that are still in use", bytes: profile }),
      ...drawings(report, scope),
    ],
  };
}

function drawings(report: HeapReport, scope: HeapProfileScope): Taken["files"] {
  return [
    fileOf(scope, { suffix: "-flame.png", what: "Flame graph", bytes: report.flamePng }),
    fileOf(scope, {
      suffix: "-flame.svg",
      what: "Flame graph to be opened in a browser: a click opens a call, s searches",
      bytes: Buffer.from(report.flameSvg),
    }),
    textFile(scope, { suffix: "-top.txt", what: "Functions that hold most", text: topText(report) }),
  ];
}

/** As `go tool pprof -top` lists them. */
function topText({ totalBytes, top, growth }: HeapReport): string {
  return [
    `${formatBytes(totalBytes)} in use by all samples (inuse_space)`,
    "",
    ...listing(top),
    ...(growth === undefined ? [] : ["", `${signedBytes(growth.totalBytes)} since the first profile`, "", ...listing(growth.top)]),
    "",
  ].join("\n");
}

function listing(top: readonly FunctionMemory[]): readonly string[] {
  const rows = top
    .slice(0, MOST_LISTED)
    .map(({ name, flatBytes, cumBytes }) => `${formatBytes(flatBytes).padStart(12)} ${formatBytes(cumBytes).padStart(12)}  ${name}`);
  return [`${"flat".padStart(12)} ${"cum".padStart(12)}  function`, ...rows];
}

function when(atMs: number): string {
  return new Date(atMs).toISOString().replace(/\.\d+Z$/, "Z");
}
