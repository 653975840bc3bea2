import { maskSecrets } from "../domain/mask-secrets.ts";
import type { Message } from "../domain/message.ts";
import type { NewLook } from "../domain/new-look.ts";
import { message, section } from "./kit.ts";
import { time } from "./words.ts";
import { alertLines } from "./alert-note.ts";

const BECAUSE = {
  worse: "it has become worse",
  refused: "writes are refused by its word, which the last look had not seen",
  killed: "something was killed for want of memory",
  another: "another alert has joined",
  refired: "it fires again after it was over",
  outdated: "it is still reported, and the last look is old",
  "was-well": "it is reported again, and the last look had found nothing wrong",
} as const satisfies Record<NewLook["because"], string>;

/** An open incident is looked at anew, and why. */
export function anewNote({ look }: { readonly look: NewLook }): Message {
  const why = BECAUSE[look.because];
  return message(`Looking again, because ${why}: ${look.alert.says}`, [
    section([`🔎 *${anewLine(look)}*: ${why}.`, ...alertLines(look.alert)].join("\n")),
  ]);
}

/** `Looking again`, and when where that is not now. */
export function anewLine({ fromMs }: Pick<NewLook, "fromMs">): string {
  return fromMs === undefined ? "Looking again" : `Looking again ${time(fromMs)}`;
}

/** In the root, until there is a new verdict. */
export function anewWords({ alert, fromMs }: Pick<NewLook, "alert" | "fromMs">): string {
  return `${fromMs === undefined ? "Being looked at again" : "Will be looked at again"}: ${maskSecrets(alert.says)}`;
}
