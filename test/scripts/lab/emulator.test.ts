import { networkInterfaces } from "node:os";
import { expect, it } from "vitest";
import { startEmulator } from "../../../scripts/lab/emulator.ts";

const SERVICES = ["slack", "github", "slack"] as const;

it("emulators listen on loopback only, each on a port of its own, several started at once", async () => {
  const running = await Promise.all(SERVICES.map((service) => startEmulator({ service, baseUrl: "http://lab.invalid" })));
  try {
    expect(new Set(running.map(({ port }) => port)).size).toBe(SERVICES.length);
    for (const { port } of running) {
      expect((await fetch(`http://127.0.0.1:${port}/`)).status).toBeGreaterThan(0);
      for (const address of outerAddresses())
        await expect(fetch(`http://${address}:${port}/`)).rejects.toMatchObject({ cause: { code: "ECONNREFUSED" } });
    }
  } finally {
    await Promise.all(running.map(({ close }) => close()));
  }
});

/** This machine's own, as others see it; none where it has no network. */
function outerAddresses(): readonly string[] {
  return Object.values(networkInterfaces())
    .flatMap((found) => found ?? [])
    .filter(({ internal, family }) => !internal && family === "IPv4")
    .map(({ address }) => address);
}
