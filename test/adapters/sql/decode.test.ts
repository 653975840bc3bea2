import { describe, expect, it } from "vitest";
import { z } from "zod";
import { decode, decodeAll } from "../../../src/adapters/sql/decode.ts";

const Thing = z.object({ id: z.string(), takenAtMs: z.int(), note: z.string().exactOptional() });

describe("rows as they are read", () => {
  it("are in camel case, without nulls and without columns that are not asked for", () => {
    const row = { id: "a", taken_at_ms: 5, note: null, position: 9 };
    expect(decode(Thing, row, { table: "things", id: "a" })).toStrictEqual({ id: "a", takenAtMs: 5 });
  });

  it("name table, row and column when they are not as Oomph writes them", () => {
    const rows = [{ id: "b", taken_at_ms: "yesterday" }];
    expect(() => decodeAll(Thing, rows, { table: "things", id: "id" })).toThrow(
      /row b of table things .*takenAtMs: .*restore it from a backup/,
    );
  });
});
