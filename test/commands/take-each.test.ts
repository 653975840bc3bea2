import { expect, it } from "vitest";
import { takeEach } from "../../src/commands/take-each.ts";
import { OomphError } from "../../src/domain/errors.ts";

it("takes all in their order past one that cannot be taken, but none more once the store is away", async () => {
  const taken = async (...items: readonly (string | Error)[]) => {
    const done: string[] = [];
    const end = takeEach(items, async (item) => {
      if (item instanceof Error) throw item;
      done.push(item);
    });
    return { end: await end.catch((error: unknown) => error), done };
  };
  const [broken, away] = [new Error("broken"), new OomphError("store-unavailable", "away")];
  expect(await taken("a", broken, "b")).toEqual({ end: broken, done: ["a", "b"] });
  expect(await taken("a", away, "b")).toEqual({ end: away, done: ["a"] });
  expect(await taken("a", "b")).toEqual({ end: undefined, done: ["a", "b"] });
});
