import { counted } from "../domain/count.ts";
import type { AuditEntry, AuditVerification } from "../domain/audit.ts";
import type { Message } from "../domain/message.ts";
import { context, header, message, section, lines } from "./kit.ts";
import { code, time, who } from "./words.ts";

/** Who did what, newest first, with the word of the hash chain on whether it is all there. */
export function auditList(facts: {
  readonly entries: readonly AuditEntry[];
  readonly verification: AuditVerification;
  readonly about?: string;
}): Message {
  const { entries, verification, about } = facts;
  const title = about === undefined ? "Audit, newest first" : `Audit of ${about}, newest first`;
  return message(`${title}. ${chainText(verification)}`, [
    header(title),
    section(`${verification.kind === "intact" ? "✅" : "🆘"} ${chainText(verification)}`),
    ...(entries.length === 0 ? [section("No entry yet.")] : lines(entries.map(line))),
    ...(verification.kind === "intact"
      ? [
          context(
            `Newest hash: ${code(verification.head)}. Keep it elsewhere to notice a cut tail: ${code("oomph audit verify --head <hash>")}`,
          ),
        ]
      : []),
  ]);
}

function chainText(verification: AuditVerification): string {
  if (verification.kind === "intact") return `The hash chain is whole: ${counted(verification.entries, "entry", "entries")} checked.`;
  return `The hash chain is broken at entry ${verification.atSeq}: ${verification.because}. Somebody changed the records.`;
}

function line(entry: AuditEntry): string {
  const about = [entry.incidentId, entry.requestId].filter((id) => id !== undefined).map((id) => code(id, 40));
  return `${code(String(entry.seq))} ${time(entry.atMs)} *${entry.kind.replaceAll("-", " ")}* by ${who(entry.actor)} ${about.join(" ")} ${code(entry.hash.slice(0, 12))}`;
}
