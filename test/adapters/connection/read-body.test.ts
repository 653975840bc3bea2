import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { createLineReader, readChunks, readUpTo } from "../../../src/adapters/connection/read-body.ts";

test("lines are told whole, wherever chunks end", () => {
  const lines: string[] = [];
  const take = createLineReader((line) => lines.push(line.toString()));
  for (const chunk of ["on", "e\ntwo\nth", "r", "ee\n", "\n", "rest"]) take(Buffer.from(chunk));
  expect(lines).toEqual(["one\n", "two\n", "three\n", "\n"]);
});

test("a body is read up to its bound, and what was more is not waited for", async () => {
  let asked = 0;
  const endless = new Readable({
    read() {
      asked += 1;
      this.push(Buffer.alloc(1000, 1));
    },
  });
  const { bytes, truncated } = await readUpTo(endless, 2500);
  expect([bytes.length, truncated]).toEqual([2500, true]);
  expect(endless.destroyed).toBe(true);
  expect(asked).toBeLessThan(100);
});

test("a body as long as its bound is whole", async () => {
  await expect(readUpTo(Readable.from([Buffer.from("1234")]), 4)).resolves.toMatchObject({ truncated: false });
});

test("a body that breaks off is an error, as is what its reader throws", async () => {
  const broken = new Readable({ read: () => undefined });
  const reading = readChunks(broken, () => undefined);
  broken.destroy();
  await expect(reading).rejects.toMatchObject({ code: "ECONNRESET" });
  const thrown = readChunks(Readable.from([Buffer.from("1")]), () => {
    throw new Error("not mine");
  });
  await expect(thrown).rejects.toThrow("not mine");
});
