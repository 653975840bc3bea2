import type { SettingTable } from "../../../ports/store.ts";
import { decode } from "../decode.ts";
import { FreezeSchema } from "../schema.ts";
import type { Scope } from "../scope.ts";
import { mayBe } from "./rows.ts";

export function settingTable(scope: Scope): SettingTable {
  return {
    get: (key) =>
      scope.read(async (db) => {
        const row = await db.selectFrom("settings").select("value").where("key", "=", key).executeTakeFirst();
        return mayBe(row, (found) => decode(FreezeSchema, found, { table: "settings", id: key }).value);
      }),
    set: (key, value) =>
      scope.write(async (db) => {
        const text = JSON.stringify(value);
        await db
          .insertInto("settings")
          .values({ key, value: text })
          .onConflict((conflict) => conflict.column("key").doUpdateSet({ value: text }))
          .execute();
      }),
  };
}
