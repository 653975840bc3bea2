import { afterAll, vi } from "vitest";

// Begun for each file before any hook of its own, and so ended after them: what belongs to the whole process is as it was,
// for the next file runs in it too.
const before = { ...process.env };
const directory = process.cwd();

afterAll(() => {
  vi.unstubAllEnvs();
  const names = new Set([...Object.keys(before), ...Object.keys(process.env)]);
  const changed = [...names].filter((name) => process.env[name] !== before[name]);
  if (changed.length > 0) throw new Error(`Expected this file to leave the environment as it was, it changed ${changed.join(", ")}.`);
  if (process.cwd() !== directory) throw new Error(`Expected this file to end in ${directory}, it is in ${process.cwd()}.`);
});
