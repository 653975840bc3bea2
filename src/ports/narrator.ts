import type { ActionRequest, Decision, Offer, Run } from "../domain/action-request.ts";
import type { AlertWords, Severity } from "../domain/alert.ts";
import type { Actor } from "../domain/actor.ts";
import type { Escalation } from "../domain/escalation.ts";
import type { StepProgress } from "../domain/evidence.ts";
import type { Incident } from "../domain/incident.ts";
import type { Investigation } from "../domain/investigation.ts";
import type { NewLook } from "../domain/new-look.ts";
import type { Afterwards } from "../domain/plan.ts";
import type { Silence } from "../domain/silence.ts";
import type { Tables } from "./store.ts";

/** Puts what happened into words and into the outbox, within the transaction in which it happened. */
export type Narrator = (tables: Tables, news: News) => Promise<void>;

export type News =
  /** Root (unless the alert's own post is the root) and the progress message. */
  | {
      readonly kind: "opened";
      readonly incident: Incident;
      readonly investigation: Investigation;
      readonly steps: readonly StepProgress[];
      /** The alert that it opens by. */
      readonly alert?: AlertWords;
    }
  /** Asked again while unresolved, or re-fired after resolution. */
  | {
      readonly kind: "joined" | "reopened";
      readonly incident: Incident;
      readonly actor: Actor;
      readonly investigation?: Investigation;
      readonly steps?: readonly StepProgress[];
      /** The alert that it is opened again by. */
      readonly alert?: AlertWords;
    }
  /** The progress message, edited in place. */
  | {
      readonly kind: "progress";
      readonly incident: Incident;
      readonly investigation: Investigation;
      readonly steps: readonly StepProgress[];
    }
  /** The report. Offers stand in the order of the advice. */
  | {
      readonly kind: "diagnosed";
      readonly incident: Incident;
      readonly investigation: Investigation;
      readonly offers: readonly OfferWithTitle[];
    }
  | { readonly kind: "investigation-failed"; readonly incident: Incident; readonly investigation: Investigation; readonly because: string }
  /** The card with the plan and its buttons. */
  | { readonly kind: "requested"; readonly incident: Incident; readonly request: ActionRequest }
  /** Somebody had their word: the card says who and when, and a reply in the thread says so. */
  | {
      readonly kind: "decided";
      readonly incident: Incident;
      readonly request: ActionRequest;
      readonly decision: Decision;
      readonly decisions: readonly Decision[];
    }
  /** Execution has begun, or verification has: the card. */
  | {
      readonly kind: "executing" | "verifying";
      readonly incident: Incident;
      readonly request: ActionRequest;
      readonly run: Run;
      /** How far a long act has come. */
      readonly says?: string;
    }
  /** Any ended state: the card, a reply with before and after, the requester named. */
  | {
      readonly kind: "ended";
      readonly incident: Incident;
      readonly request: ActionRequest;
      readonly decisions: readonly Decision[];
      readonly run?: Run;
      /** The plan as it would be now, when the target had changed. */
      readonly replacement?: ActionRequest;
      readonly wayBack?: OfferWithTitle;
      readonly afterwards?: Pick<Afterwards, "says" | "files"> & { readonly offers: readonly OfferWithTitle[] };
    }
  /** It was one of a storm, and has a thread of its own from now on. `says`: what looking into it came to. */
  | { readonly kind: "taken-out"; readonly incident: Incident; readonly says?: string; readonly alert?: AlertWords }
  /** An alert says that it is worse than was known. */
  | {
      readonly kind: "worse";
      readonly incident: Incident;
      readonly actor: Actor;
      readonly from: Severity;
      readonly to: Severity;
      /** Absent: as before, it is not looked at anew. */
      readonly look?: NewLook;
    }
  /** An alert has joined that the last look did not see, and it is looked at anew. */
  | { readonly kind: "looked-at-anew"; readonly incident: Incident; readonly actor: Actor; readonly look: NewLook }
  | { readonly kind: "resolved"; readonly incident: Incident; readonly actor: Actor; readonly says: string }
  /** The watch saw something of an incident; `sinceMs` tells one trouble from the next of its kind. */
  | {
      readonly kind: "watched";
      readonly incident: Incident;
      readonly trouble: "warning" | "critical" | "leak" | "killed";
      readonly says: string;
      readonly sinceMs: number;
    }
  /** What an alert tells of a kill, in the incident's thread: one message, edited. */
  | { readonly kind: "alerted"; readonly incident: Incident; readonly says: string }
  /** Something has arrived outside the chat. `escalations`: all of its kind for the incident, `escalation` the one told last. */
  | {
      readonly kind: "escalated";
      readonly incident: Incident;
      readonly escalation: Escalation;
      readonly escalations: readonly Escalation[];
      readonly repository: string;
      /** How late, when the thread had been told that it was. */
      readonly lateMs?: number;
    }
  /** It has not, and the thread should know why. */
  | {
      readonly kind: "not-escalated";
      readonly incident: Incident;
      readonly escalation: Escalation;
      readonly why: "late" | "refused" | "given-up" | "not-configured";
      readonly because: string;
      readonly nextAttemptAtMs?: number;
    }
  /** Somebody wants to hear nothing of it for a while. */
  | { readonly kind: "silenced"; readonly incident: Incident; readonly silence: Silence }
  /** It is told again, and what was kept quiet meanwhile has only been counted. */
  | {
      readonly kind: "kept-quiet";
      readonly incident: Incident;
      readonly count: number;
      readonly firstAtMs: number;
      readonly lastAtMs: number;
    }
  /**
   * Nobody has reacted for so long: a group is called into the thread, another channel is told with the thread's address, or, where
   * Slack takes neither, people are told by direct message.
   */
  | {
      readonly kind: "unattended";
      readonly incident: Incident;
      readonly sinceMs: number;
      readonly forMs: number;
      readonly call: { readonly group: string } | Spreading | { readonly people: readonly string[] };
    }
  /** Somebody has, after they were called: it is said wherever that was. */
  | { readonly kind: "attended"; readonly incident: Incident; readonly sinceMs: number; readonly by: string }
  /** Not heard of for so long, and a look says that it is not over; looked at again at `nextMs`. */
  | {
      readonly kind: "checked-up";
      readonly incident: Incident;
      readonly headline: string;
      readonly quietMs: number;
      readonly nextMs: number;
    }
  /** The kill switch or a lease, told in the thread that it concerns. */
  | { readonly kind: "lease-released"; readonly incident: Incident; readonly by: string; readonly targetKey: string };

export type Spreading = { readonly channel: string; readonly permalink?: string };

export type OfferWithTitle = { readonly offer: Offer; readonly title: string; readonly why: string };
