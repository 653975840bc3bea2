import { expect, test } from "vitest";
import { createSlots } from "../../../src/adapters/docker/slots.ts";

test("so many at once, the others in their order, and those behind a failure too", async () => {
  const inTurn = createSlots(2);
  const [began, ends] = [[] as number[], [] as (() => void)[]];
  const work = [0, 1, 2, 3].map((index) =>
    inTurn(async () => {
      began.push(index);
      await new Promise<void>((done) => ends.push(done));
      if (index === 0) throw new Error("failed");
      return index;
    }),
  );
  const results = Promise.allSettled(work);
  await expect.poll(() => began).toEqual([0, 1]);
  ends[0]?.();
  await expect.poll(() => began).toEqual([0, 1, 2]);
  ends[1]?.();
  await expect.poll(() => began).toEqual([0, 1, 2, 3]);
  for (const end of ends) end();
  expect((await results).map(({ status }) => status)).toEqual(["rejected", "fulfilled", "fulfilled", "fulfilled"]);
});

test("who is told to stop waiting leaves its place to others", async () => {
  const inTurn = createSlots(1);
  const stop = new AbortController();
  let end = (): void => undefined;
  const first = inTurn(() => new Promise<void>((done) => (end = done)));
  const second = inTurn(async () => "second", stop.signal);
  const third = inTurn(async () => "third");
  const reason = new Error("too late");
  stop.abort(reason);
  await expect(second).rejects.toBe(reason);
  end();
  await first;
  expect(await third).toBe("third");
  await expect(inTurn(async () => "never", stop.signal)).rejects.toBe(reason);
});
