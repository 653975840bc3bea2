import { describe, expect, it } from "vitest";
import { shareNext } from "../../src/domain/share-next.ts";

function fetcher() {
  const waiting: ((outcome: number | Error) => void)[] = [];
  const fetch = (): Promise<number> =>
    new Promise((resolve, reject) => waiting.push((outcome) => (outcome instanceof Error ? reject(outcome) : resolve(outcome))));
  return { waiting, ask: shareNext(fetch) };
}

describe("sharing the next answer", () => {
  it("gives nobody what was being fetched before they asked, and all who asked meanwhile the same", async () => {
    const { waiting, ask } = fetcher();
    const first = ask();
    const later = [ask(), ask(), ask()];
    expect(waiting).toHaveLength(1);
    waiting[0]?.(1);
    expect(await first).toBe(1);
    await Promise.resolve();
    expect(waiting).toHaveLength(2);
    const latest = ask();
    waiting[1]?.(2);
    expect(await Promise.all(later)).toEqual([2, 2, 2]);
    await Promise.resolve();
    waiting[2]?.(3);
    expect(await latest).toBe(3);
    expect(waiting).toHaveLength(3);
  });

  it("fetches again after one that failed, for those who waited behind it too", async () => {
    const { waiting, ask } = fetcher();
    const first = ask();
    const second = ask();
    waiting[0]?.(new Error("away"));
    await expect(first).rejects.toThrow("away");
    await Promise.resolve();
    waiting[1]?.(2);
    expect(await second).toBe(2);
  });
});
