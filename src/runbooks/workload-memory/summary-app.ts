import { formatBytes } from "../../domain/bytes.ts";
import type { Diagnosis } from "../../domain/finding.ts";
import { oneLine } from "../words.ts";
import { gaugesIn, moveInWords } from "./gauge-moves.ts";
import { holderInWords } from "./heap-signs.ts";
import type { Picture } from "./picture.ts";

type Line = Diagnosis["summary"][number];

const MOST_GAUGES = 6;
const MOST_TARGETS = 3;
const MOST_HOLDERS = 3;

/** What the program tells of itself, who is let in to that, and what Prometheus makes of it. */
export function summariseApp(picture: Picture): readonly Line[] {
  return [healthLine(picture), gaugesLine(picture), authenticationLine(picture), targetsLine(picture), heapLine(picture)].filter(
    (line) => line !== undefined,
  );
}

/** Things to do about it: an endpoint that nobody may read tells nothing when it is needed. */
export function stepsForApp({ authentication, prometheus }: Picture): readonly string[] {
  const failing = authentication?.value.checks.filter(({ holds }) => !holds) ?? [];
  const down = prometheus?.value.targets.filter(({ up, lastError }) => !up && lastError !== "") ?? [];
  return [
    ...failing.map(
      ({ what, expected, got }) => `${what}: expected ${expected}, got ${got}. See the endpoint's own settings and its Secret.`,
    ),
    ...(down.length === 0
      ? []
      : [`Prometheus cannot scrape it: its memory is not seen there until that is mended (${oneLine(down[0]?.lastError ?? "", 160)}).`]),
  ];
}

function healthLine({ health }: Picture): Line | undefined {
  if (health === undefined) return undefined;
  const { pod, answer } = health.value;
  return { label: "Health", value: `${pod} ${answer.kind === "command" ? answer.command : answer.url}: ${answerInWords(answer)}` };
}

function answerInWords(answer: NonNullable<Picture["health"]>["value"]["answer"]): string {
  switch (answer.kind) {
    case "answered":
      return `${answer.status} in ${answer.tookMs} ms`;
    case "no-answer":
      return `no answer: ${oneLine(answer.because, 160)}`;
    case "command":
      return oneLine(answer.output, 160);
  }
}

function gaugesLine(picture: Picture): Line | undefined {
  if (picture.metrics === undefined) return undefined;
  const { missing, endpoints } = picture.metrics.value;
  const gauges = gaugesIn(picture).slice(0, MOST_GAUGES).map(moveInWords);
  const gaps = missing.map(({ pod, because }) => `${pod}: ${oneLine(because, 160)}`);
  const cut = endpoints.some(({ truncated }) => truncated) ? ["its answer was too long to be read whole"] : [];
  const told = [...gauges, ...cut, ...gaps];
  return { label: "Its own gauges", value: told.length === 0 ? "none of those that are looked for" : told.join("; ") };
}

function authenticationLine({ authentication }: Picture): Line | undefined {
  if (authentication === undefined) return undefined;
  const says = authentication.value.checks.map(
    ({ what, expected, got, holds }) => `${what}: ${got}${holds ? "" : ` (expected ${expected})`}`,
  );
  return { label: "Who is let in", value: says.join("; ") };
}

function targetsLine({ prometheus }: Picture): Line | undefined {
  if (prometheus === undefined) return undefined;
  const { targets, missing } = prometheus.value;
  const shown = targets
    .slice(0, MOST_TARGETS)
    .map(
      ({ job, instance, up, lastError }) =>
        `${job} ${instance} is ${up ? "up" : `down${lastError === "" ? "" : ` (${oneLine(lastError, 120)})`}`}`,
    );
  const rest = targets.length > MOST_TARGETS ? [`and ${targets.length - MOST_TARGETS} more`] : [];
  const gaps = missing.map(({ what, because }) => `${what}: ${oneLine(because, 120)}`);
  const told =
    targets.length === 0 && !missing.some(({ what }) => what === "targets") ? ["it scrapes none of these pods"] : [...shown, ...rest];
  return { label: "Prometheus", value: [...told, ...gaps].join("; ") };
}

function heapLine({ heap }: Picture): Line | undefined {
  if (heap === undefined) return undefined;
  if (heap.value.kind === "not-taken") return { label: "Heap", value: `not looked at: ${oneLine(heap.value.because, 240)}` };
  const { pod, container, totalBytes, grownBytes = 0, seconds, holders, files } = heap.value;
  const grown = grownBytes === 0 ? "" : ` (${grownBytes > 0 ? "+" : "-"}${formatBytes(Math.abs(grownBytes))} within ${seconds} s)`;
  const all = totalBytes === undefined ? "" : `${formatBytes(totalBytes)} in use by samples${grown}; `;
  const most = holders.slice(0, MOST_HOLDERS).map(holderInWords).join("; ");
  const kept = files.length === 0 ? "" : `. Files below the report: ${files.map(({ name }) => name).join(", ")}`;
  return { label: "Heap", value: `${pod}, ${container}: ${all}${most || "nobody holds any"}${kept}` };
}
