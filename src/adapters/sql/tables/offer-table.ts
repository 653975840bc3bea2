import type { OfferTable } from "../../../ports/store.ts";
import { decode, decodeAll } from "../decode.ts";
import { OfferSchema } from "../schema.ts";
import type { Scope } from "../scope.ts";
import { mayBe } from "./rows.ts";

export function offerTable(scope: Scope): OfferTable {
  return {
    add: (offers) =>
      scope.write(async (db) => {
        if (offers.length === 0) return;
        const rows = offers.map((offer) => ({
          id: offer.id,
          incident_id: offer.incidentId,
          action_id: offer.actionId,
          target: JSON.stringify(offer.target),
          params: JSON.stringify(offer.params),
          created_at_ms: offer.createdAtMs,
        }));
        await db.insertInto("offers").values(rows).execute();
      }),
    get: (id) =>
      scope.read(async (db) => {
        const row = await db.selectFrom("offers").selectAll().where("id", "=", id).executeTakeFirst();
        return mayBe(row, (found) => decode(OfferSchema, found, { table: "offers", id }));
      }),
    ofIncident: (incidentId) =>
      scope.read(async (db) => {
        const rows = await db.selectFrom("offers").selectAll().where("incident_id", "=", incidentId).orderBy("position").execute();
        return decodeAll(OfferSchema, rows, { table: "offers", id: "id" });
      }),
  };
}
