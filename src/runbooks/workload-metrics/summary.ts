import { counted } from "../../domain/count.ts";
import { formatDuration } from "../../domain/duration.ts";
import type { Diagnosis } from "../../domain/finding.ts";
import { oneLine } from "../words.ts";
import { inWords } from "./diagnose-scraping.ts";
import { askedPods, isReady, type Picture } from "./picture.ts";
import type { Answer, Credentials } from "./schema.ts";

type Line = Diagnosis["summary"][number];

const MOST_TARGETS = 3;

/** The figures for "Evidence Summary". Pure. */
export function summarise(picture: Picture): Diagnosis["summary"] {
  const lines: readonly (Line | undefined)[] = [
    podsLine(picture),
    ...endpointLines(picture),
    secretLine(picture),
    environmentLine(picture),
    targetsLine(picture),
    healthLine(picture),
    rolloutLine(picture),
    gapsLine(picture),
  ];
  return lines.filter((line) => line !== undefined);
}

function podsLine({ pods }: Picture): Line | undefined {
  if (pods === undefined) return undefined;
  const { pods: found, total } = pods.value;
  return { label: "Pods", value: `${counted(total, "pod")}, ${found.filter(isReady).length} ready` };
}

function endpointLines(picture: Picture): readonly Line[] {
  return askedPods(picture).map(({ pod, path, with: within, without, wrong, samples }) => {
    const answers = [
      within === undefined ? undefined : `${answered(within)} with the credentials`,
      `${answered(without)} without`,
      wrong === undefined ? undefined : `${answered(wrong)} with wrong ones`,
      samples === undefined ? undefined : counted(samples, "sample"),
    ];
    return { label: "Its endpoint", value: `${pod} ${path}: ${answers.filter((one) => one !== undefined).join(", ")}` };
  });
}

function answered(answer: Answer): string {
  return answer.kind === "status" ? String(answer.status) : `no answer (${answer.code})`;
}

const SECRETS: Readonly<Record<NonNullable<Credentials["secret"]>["state"], string>> = {
  there: "user and password are set (***)",
  empty: "user or password is empty",
  missing: "not there, or without one of the keys",
  "not-readable": "Oomph may not read it",
};

function secretLine({ credentials }: Picture): Line | undefined {
  if (credentials === undefined) return undefined;
  const { secret } = credentials.value;
  return { label: "Secret", value: secret === undefined ? "none is configured" : `${secret.name}: ${SECRETS[secret.state]}` };
}

const STATES: Readonly<Record<"same" | "user" | "other" | "set" | "empty", string>> = {
  same: "as in the Secret (***)",
  user: "as in the Secret",
  other: "not as in the Secret (***)",
  set: "set (***)",
  empty: "empty",
};

function environmentLine({ credentials }: Picture): Line | undefined {
  if (credentials === undefined) return undefined;
  const { inside } = credentials.value;
  if (inside.kind === "not-read") return { label: "Its environment", value: `not read: ${oneLine(inside.because, 160)}` };
  const told = inside.variables.map(({ name, state }) => `${name} ${STATES[state]}`).join(", ");
  return { label: "Its environment", value: `${inside.pod}, ${inside.container}: ${told || "no credentials for metrics"}` };
}

function targetsLine({ prometheus }: Picture): Line | undefined {
  if (prometheus === undefined) return { label: "Prometheus", value: "not asked: none is configured, or it did not answer" };
  const { targets, missing } = prometheus.value;
  const gap = missing.find(({ what }) => what === "targets");
  if (gap !== undefined) return { label: "Prometheus", value: `its targets: ${oneLine(gap.because, 160)}` };
  const shown = targets.slice(0, MOST_TARGETS).map(inWords);
  const rest = targets.length > MOST_TARGETS ? [`and ${targets.length - MOST_TARGETS} more`] : [];
  return { label: "Prometheus", value: targets.length === 0 ? "it scrapes none of these pods" : [...shown, ...rest].join("; ") };
}

function healthLine({ health }: Picture): Line | undefined {
  if (health === undefined) return undefined;
  const { pod, answer } = health.value;
  const says = answer.kind === "answered" ? `${answer.url} answers ${answer.status}` : "no answer";
  return { label: "Health", value: `${pod}: ${says}` };
}

function rolloutLine({ rollout, pods }: Picture): Line | undefined {
  const [now] = rollout?.value.revisions ?? [];
  if (now === undefined) return undefined;
  const ago =
    now.atMs === undefined || pods === undefined ? "" : `, rolled out ${formatDuration(Math.max(0, pods.value.atMs - now.atMs))} ago`;
  return { label: "Rollout", value: `revision ${now.revision}${ago}` };
}

function gapsLine({ gaps }: Picture): Line | undefined {
  const steps = gaps.map(({ step, code }) => `${step.replace("k8s.", "")} (${code})`);
  return steps.length === 0 ? undefined : { label: "Could not be read", value: steps.join("; ") };
}
