import { describe, expect, test } from "vitest";
import { createEventReader } from "../../../src/adapters/docker/events.ts";
import { beginsFrame, createFrameReader } from "../../../src/adapters/docker/frames.ts";
import type { ContainerEvent } from "../../../src/ports/containers.ts";

function frame(stream: 1 | 2, text: string): Buffer {
  const data = Buffer.from(text);
  const header = Buffer.alloc(8);
  header[0] = stream;
  header.writeUInt32BE(data.length, 4);
  return Buffer.concat([header, data]);
}

function inPieces(bytes: Buffer, size: number): readonly Buffer[] {
  return Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) => bytes.subarray(index * size, (index + 1) * size));
}

describe("stdout and stderr in one stream", () => {
  const bytes = Buffer.concat([frame(1, "one\n"), frame(2, ""), frame(2, "zwölf\n"), frame(1, "x".repeat(70_000))]);

  test.each([1, 3, 8, 9, 1000, 1_000_000])("are told apart when it comes in pieces of %d bytes", (size) => {
    const seen: string[] = [];
    const read = createFrameReader(({ stream, data }) => seen.push(`${stream} ${data.toString()}`));
    inPieces(bytes, size).forEach(read);
    expect(seen).toEqual(["stdout one\n", "stderr ", "stderr zwölf\n", `stdout ${"x".repeat(70_000)}`]);
  });

  test("that is no such stream is refused rather than kept for ever", () => {
    const read = createFrameReader(() => undefined);
    expect(() => read(Buffer.from("<html><body>"))).toThrow(/not in the frames/);
    const endless = frame(1, "");
    endless.writeUInt32BE(0xffff_ffff, 4);
    expect(() => createFrameReader(() => undefined)(endless)).toThrow(/not in the frames/);
  });

  test("does not begin like a terminal's output with times", () => {
    expect([frame(1, "a")[0], Buffer.from("2026-11-22T")[0]].map((byte) => beginsFrame(byte ?? 0))).toEqual([true, false]);
  });
});

describe("events", () => {
  const line = (action: string, attributes: Record<string, string>, timeNano: string): string =>
    `{"Type":"container","Action":${JSON.stringify(action)},"Actor":{"ID":"${"a".repeat(64)}","Attributes":${JSON.stringify(attributes)}},"scope":"local","time":1795316760,"timeNano":${timeNano}}\n`;

  test.each([1, 7, 100, 1_000_000])("are read from pieces of %d bytes, with every digit of their times", (size) => {
    const events: ContainerEvent[] = [];
    const sly = '\\"timeNano\\":1,\n"timeNano":2 grün';
    const text = [
      line("oom", { image: "kong:3.4", name: "kong", sly, "com.docker.compose.service": "kong" }, "1795316760432604963"),
      line("die", { image: "kong:3.4", name: "kong", exitCode: "137" }, "1795316760439561033"),
      '\n{"Type":"network","Action":"connect","Actor":{"ID":"n","Attributes":{}},"time":1,"timeNano":1}\n',
      line("health_status: unhealthy", { image: "i", name: "n" }, "1795316761000000001"),
    ].join("");
    inPieces(Buffer.from(text), size).forEach(createEventReader((event) => events.push(event)));
    expect(events.map(({ action, atNs, atMs, exitCode }) => ({ action, atNs, atMs, exitCode }))).toEqual([
      { action: "oom", atNs: "1795316760432604963", atMs: 1_795_316_760_432, exitCode: undefined },
      { action: "die", atNs: "1795316760439561033", atMs: 1_795_316_760_439, exitCode: 137 },
      { action: "health_status", atNs: "1795316761000000001", atMs: 1_795_316_761_000, exitCode: undefined },
    ]);
    expect(events[0]).toMatchObject({ name: "kong", image: "kong:3.4", labels: { "com.docker.compose.service": "kong", sly } });
    expect(events[1]?.labels).toEqual({});
  });

  test("that are none are an error, not silence", () => {
    const read = createEventReader(() => undefined);
    expect(() => read(Buffer.from("Bad Gateway\n"))).toThrow(/one JSON object a line/);
    expect(() => read(Buffer.from('{"Type":"container"}\n'))).toThrow(/stream of events was answered in a form/);
  });
});
