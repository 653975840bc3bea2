import type { EvidenceTable } from "../../../ports/store.ts";
import { decodeAll } from "../decode.ts";
import { EvidenceSchema } from "../schema.ts";
import type { Scope } from "../scope.ts";

export function evidenceTable(scope: Scope): EvidenceTable {
  return {
    add: (investigationId, evidence) =>
      scope.writeRow(async (db) => {
        const row = {
          id: evidence.id,
          investigation_id: investigationId,
          step: evidence.step,
          collected_at_ms: evidence.collectedAtMs,
          took_ms: Math.round(evidence.tookMs),
          source: evidence.source,
          data: JSON.stringify(evidence.data),
        };
        await db.insertInto("evidence").values(row).execute();
      }),
    ofInvestigation: (investigationId) =>
      scope.read(async (db) => {
        const rows = await db
          .selectFrom("evidence")
          .selectAll()
          .where("investigation_id", "=", investigationId)
          .orderBy("position")
          .execute();
        return decodeAll(EvidenceSchema, rows, { table: "evidence", id: "id" });
      }),
  };
}
