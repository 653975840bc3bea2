import { counted } from "../../domain/count.ts";
import type { Finding } from "../../domain/finding.ts";
import { weigh, when } from "../make-finding.ts";
import { oneLine } from "../words.ts";
import { makeFinding } from "./make-finding.ts";
import { askedPods, isServed, reason, statusOf, type Picture } from "./picture.ts";

// What Prometheus makes of an endpoint that serves.

const REFUSED: ReadonlySet<number> = new Set([401, 403]);

/** Prometheus signs in with other credentials than the endpoint takes, or with none. Pure. */
export function diagnoseScrapeRefused(picture: Picture): Finding | undefined {
  const refused = downTargets(picture).filter(({ lastStatus }) => REFUSED.has(lastStatus ?? 0));
  if (refused.length === 0) return undefined;
  const served = askedPods(picture).some(isServed);
  return makeFinding({
    verdict: "scrape-refused",
    headline: "Prometheus is not let in: it signs in with other credentials than the endpoint takes, or with none.",
    confidence: weigh(0.75, [served, 0.18]),
    for: [
      ...refused.slice(0, 2).map((target) => reason(picture, "prometheus", inWords(target))),
      when(served, reason(picture, "endpoint", "the endpoint itself lets in who has the credentials of the Secret")),
    ],
    against: [when(!served, reason(picture, "endpoint", "the endpoint was not seen to serve metrics to anybody"))],
  });
}

/** Prometheus tries, and fails otherwise. Pure. */
export function diagnoseTargetDown(picture: Picture): Finding | undefined {
  const down = downTargets(picture).filter(({ lastStatus }) => !REFUSED.has(lastStatus ?? 0));
  const [first] = down;
  if (first === undefined) return undefined;
  const served = askedPods(picture).some(isServed);
  const why = first.lastError === "" ? "it has not been scraped yet" : oneLine(first.lastError, 140);
  return makeFinding({
    verdict: "target-down",
    headline: `Prometheus cannot scrape it: ${why}.`,
    confidence: weigh(0.75, [served, 0.1]),
    for: down.slice(0, 3).map((target) => reason(picture, "prometheus", inWords(target))),
    against: [when(served, reason(picture, "endpoint", "the endpoint answers Oomph: what stands between it and Prometheus differs"))],
  });
}

/** Nothing scrapes it. Pure. */
export function diagnoseNotScraped(picture: Picture): Finding | undefined {
  const { prometheus } = picture;
  if (prometheus === undefined || prometheus.value.targets.length > 0 || prometheus.value.missing.some(({ what }) => what === "targets"))
    return undefined;
  const served = askedPods(picture).some(isServed);
  return makeFinding({
    verdict: "not-scraped",
    headline: "Prometheus has no target for these pods: nothing scrapes them.",
    confidence: weigh(0.75, [served, 0.12]),
    for: [
      reason(picture, "prometheus", "none of its targets is a pod of this workload, by the labels namespace, pod and job"),
      when(served, reason(picture, "endpoint", "the endpoint itself serves metrics")),
    ],
  });
}

/** They are served, to whom they should, and scraped. Pure. */
export function diagnoseHealthy(picture: Picture): Finding | undefined {
  const asked = askedPods(picture);
  if (asked.length === 0 || !asked.every(isServed)) return undefined;
  const { prometheus } = picture;
  const up = (prometheus?.value.targets ?? []).filter((target) => target.up);
  return makeFinding({
    verdict: "healthy",
    headline:
      up.length > 0
        ? "Its metrics are served and scraped now: whatever it was is over."
        : "Its metrics are served now. Whether anything scrapes them could not be seen.",
    confidence: weigh(0.62, [up.length > 0, 0.25]),
    for: [
      ...asked.slice(0, 2).map(({ pod, path, samples, with: within, without }) => {
        const outside = within === undefined ? "" : `, and ${statusOf(without) ?? "nothing"} without credentials`;
        return reason(picture, "endpoint", `${pod} ${path} serves ${counted(samples ?? 0, "sample")}${outside}`);
      }),
      ...up.slice(0, 2).map((target) => reason(picture, "prometheus", inWords(target))),
    ],
    against: [when(prometheus === undefined, reason(picture, "prometheus", "no Prometheus is configured (prometheus.url)"))],
  });
}

type ScrapeTarget = NonNullable<Picture["prometheus"]>["value"]["targets"][number];

/** `rsr-backend-metrics 10.0.0.7:8000 is down (server returned HTTP status 401 Unauthorized)`. Pure. */
export function inWords({ job, instance, up, lastError }: ScrapeTarget): string {
  return `${job} ${instance} is ${up ? "up" : `down${lastError === "" ? "" : ` (${oneLine(lastError, 140)})`}`}`;
}

function downTargets({ prometheus }: Picture): readonly ScrapeTarget[] {
  return (prometheus?.value.targets ?? []).filter(({ up }) => !up);
}
