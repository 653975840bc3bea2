import { expect, test } from "vitest";
import { nearest } from "../../src/domain/nearest.ts";

test("gives the likeliest first, three at the most", () => {
  expect(nearest("sesions", ["session", "sessions", "carts", "sessionsb", "sesion"])).toEqual(["sessions", "sesion", "session"]);
});

test("counts two letters that changed places as one mistake", () => {
  expect(nearest("flsuh", ["flush", "flash"])[0]).toBe("flush");
});

test("gives nothing where nothing is like it", () => {
  expect(nearest("payments", ["sessions", "carts"])).toEqual([]);
});
