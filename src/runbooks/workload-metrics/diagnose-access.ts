import type { Advice, Finding } from "../../domain/finding.ts";
import { weigh, when } from "../make-finding.ts";
import { oneLine } from "../words.ts";
import { makeFinding } from "./make-finding.ts";
import { askedPods, properAnswer, reason, statusOf, type AskedPod, type Picture } from "./picture.ts";

// Whether the endpoint lets in whom it should: Secret, environment of the pod, and what is answered to whom.

const REFUSED: ReadonlySet<number> = new Set([401, 403]);
// What middleware of this kind answers while its own user and password are not set.
const UNCONFIGURED = 500;
const ROLLED_OUT: ReadonlySet<string> = new Set(["deploy", "sts", "ds"]);

/** The Secret, or a key of it, is not there, or is empty. Pure. */
export function diagnoseSecret(picture: Picture): Finding | undefined {
  const secret = picture.credentials?.value.secret;
  if (secret?.state !== "missing" && secret?.state !== "empty") return undefined;
  const waits = waitsForConfig(picture);
  const scraped = (picture.prometheus?.value.targets ?? []).some(({ up }) => up);
  return makeFinding({
    verdict: "secret-missing",
    headline:
      secret.state === "empty"
        ? `User or password in Secret ${secret.name} is empty: nobody can sign in to the metrics with it.`
        : `The Secret ${secret.name} with user and password of the metrics is not there, or lacks a key.`,
    confidence: scraped ? 0.4 : weigh(0.88, [waits !== undefined, 0.07], [anyStatus(picture, UNCONFIGURED), 0.03]),
    for: [
      reason(picture, "credentials", oneLine(secret.because ?? `user or password in Secret ${secret.name} is empty`, 200)),
      waits === undefined ? undefined : reason(picture, "pods", waits),
      ...statuses(picture, UNCONFIGURED),
    ],
    against: [
      when(
        scraped,
        reason(picture, "prometheus", "Prometheus scrapes it all the same: it may be Oomph's configuration that names another Secret"),
      ),
    ],
  });
}

/** The Secret was changed after the pod had been started: what the pod has is no longer in it. Pure. */
export function diagnoseSecretChanged(picture: Picture): Finding | undefined {
  const { own, others, pod } = variablesIn(picture);
  if (own || others.length === 0) return undefined;
  const refused = refusing(picture);
  if (refused.length === 0 && askedPods(picture).length > 0) return undefined;
  const secret = picture.credentials?.value.secret?.name ?? "";
  return makeFinding({
    verdict: "secret-changed",
    headline: `Pods were started with another user or password than Secret ${secret} has now: the Secret was changed since, and they read it only when they start.`,
    confidence: weigh(0.6, [refused.length > 0, 0.32]),
    for: [reason(picture, "credentials", `${others.join(" and ")} of ${pod} is not what the Secret has`), ...answers(picture, refused)],
    against: [when(refused.length === 0, reason(picture, "endpoint", "the endpoint itself could not be asked"))],
    advice: restart(picture),
  });
}

/** The program was started without user and password of its own. Pure. */
export function diagnoseCredentialsMissing(picture: Picture): Finding | undefined {
  const inside = picture.credentials?.value.inside;
  const failing = askedPods(picture).filter((pod) => statusOf(properAnswer(pod)) === UNCONFIGURED);
  if (failing.length === 0) return undefined;
  const { own, others, set, empty, pod } = variablesIn(picture);
  if (inside?.kind !== "read") {
    return makeFinding({
      verdict: "endpoint-unconfigured",
      headline: "The metrics endpoint answers 500, as apps do whose own user and password are not set.",
      confidence: 0.7,
      for: answers(picture, failing),
      against: [reason(picture, "credentials", `its environment could not be read: ${oneLine(inside?.because ?? "nobody looked", 160)}`)],
    });
  }
  if (own || set || others.length > 0) {
    return makeFinding({
      verdict: "endpoint-fails",
      headline: "The metrics endpoint answers 500 although the program has its credentials: it fails itself. Its log says why.",
      confidence: 0.75,
      for: [...answers(picture, failing), reason(picture, "credentials", `${pod} has credentials in its environment`)],
    });
  }
  return makeFinding({
    verdict: "credentials-missing",
    headline: "The program has no user and password for its metrics in its environment, and answers 500 to whoever asks.",
    confidence: 0.93,
    for: [
      ...answers(picture, failing),
      reason(picture, "credentials", empty.length > 0 ? `${empty.join(" and ")} of ${pod} is empty` : `no variable of ${pod} holds them`),
    ],
  });
}

/** It does not take what the Secret has. Pure. */
export function diagnoseWrongCredentials(picture: Picture): Finding | undefined {
  const refused = refusing(picture);
  if (refused.length === 0) return undefined;
  const { own } = variablesIn(picture);
  const secret = picture.credentials?.value.secret?.name ?? "";
  return makeFinding({
    verdict: "wrong-credentials",
    headline: `The metrics endpoint does not take user and password of Secret ${secret}: it goes by others.`,
    confidence: weigh(0.82, [!own, 0.04]),
    for: answers(picture, refused),
    against: [
      when(own, reason(picture, "credentials", "the same password stands in its environment: it may read another, or the user differs")),
    ],
  });
}

/** Anybody may read them. Pure. */
export function diagnoseNotProtected(picture: Picture): Finding | undefined {
  const open = askedPods(picture).filter(
    ({ with: within, without, wrong }) => within !== undefined && (statusOf(without) === 200 || statusOf(wrong) === 200),
  );
  if (open.length === 0) return undefined;
  return makeFinding({
    verdict: "not-protected",
    headline: open.some(({ without }) => statusOf(without) === 200)
      ? "The metrics are served to anybody: a user and a password are configured, and the endpoint asks for none."
      : "The metrics are served to anybody who gives any user and password: the endpoint asks for them and does not check them.",
    confidence: 0.8,
    for: open
      .slice(0, 2)
      .map(({ pod, path, without, wrong }) =>
        reason(
          picture,
          "endpoint",
          `${pod} ${path} answers ${statusOf(without) ?? "nothing"} without credentials and ${statusOf(wrong) ?? "nothing"} with wrong ones`,
        ),
      ),
  });
}

/** Asked with credentials, and refused. */
function refusing(picture: Picture): readonly AskedPod[] {
  return askedPods(picture).filter(({ with: within }) => REFUSED.has(statusOf(within) ?? 0));
}

function answers(picture: Picture, pods: readonly AskedPod[]) {
  return pods.slice(0, 2).map(({ pod, path, with: within, without }) => {
    const first = within === undefined ? "" : `${statusOf(within) ?? "nothing"} with the credentials, `;
    return reason(picture, "endpoint", `${pod} ${path} answers ${first}${statusOf(without) ?? "nothing"} without`);
  });
}

function statuses(picture: Picture, status: number) {
  return answers(
    picture,
    askedPods(picture).filter(({ without }) => statusOf(without) === status),
  );
}

function anyStatus(picture: Picture, status: number): boolean {
  return statuses(picture, status).length > 0;
}

type Variables = {
  /** One holds the password of the Secret. */
  readonly own: boolean;
  readonly set: boolean;
  readonly others: readonly string[];
  readonly empty: readonly string[];
  readonly pod: string;
};

function variablesIn({ credentials }: Picture): Variables {
  const inside = credentials?.value.inside;
  const read = inside?.kind === "read" ? inside : { variables: [], pod: "the pod" };
  const of = (wanted: string): readonly string[] => read.variables.flatMap(({ name, state }) => (state === wanted ? [name] : []));
  return { own: of("same").length > 0, set: of("set").length > 0, others: of("other"), empty: of("empty"), pod: read.pod };
}

/** A container that cannot be made for want of what it is configured with. */
function waitsForConfig({ pods }: Picture): string | undefined {
  for (const { name, containers } of pods?.value.pods ?? []) {
    const waiting = containers.find(({ state }) => state?.kind === "waiting" && state.reason === "CreateContainerConfigError");
    if (waiting?.state?.kind === "waiting")
      return `${waiting.name} of ${name} cannot be started: ${oneLine(waiting.state.message ?? "CreateContainerConfigError", 160)}`;
  }
  return undefined;
}

/** What reads its environment at its start has to be started anew. */
function restart({ pods }: Picture): readonly Advice[] {
  if (!ROLLED_OUT.has(pods?.value.workload.resource ?? "")) return [];
  const why = "Starts its pods anew one after the other, so that they take what the Secret has now. Requests under way are lost.";
  return [{ actionId: "k8s.rollout-restart", params: {}, why }];
}
