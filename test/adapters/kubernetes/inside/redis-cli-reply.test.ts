import { expect, test } from "vitest";
import { toResp } from "../../../../src/adapters/kubernetes/inside/redis-cli-reply.ts";
import { createRespReader } from "../../../../src/adapters/kubernetes/inside/resp-requests.ts";

test.each([
  ["OK\n", "+OK\r\n"],
  ["(nil)\n", "$-1\r\n"],
  ["(integer) -7\n", ":-7\r\n"],
  ["(error) NOPERM this user has no permissions\n", "-NOPERM this user has no permissions\r\n"],
  ['"a\\x00b\\"\\\\\\n"\n', '$6\r\na\x00b"\\\n\r\n'],
  ["(empty array)\n", "*0\r\n"],
  ["(empty list or set)\n", "*0\r\n"],
  ['1) "0"\n2) 1) "a"\n   2) (nil)\n', "*2\r\n$1\r\n0\r\n*2\r\n$1\r\na\r\n$-1\r\n"],
  ['1) 1) "a"\n2) 1) (integer) 1\n   2) (integer) 2\n3) (empty array)\n', "*3\r\n*1\r\n$1\r\na\r\n*2\r\n:1\r\n:2\r\n*0\r\n"],
])("%j as redis-cli prints it", (printed, resp) => {
  expect(toResp(printed, "get k").toString("latin1")).toBe(resp);
});

test("a list of ten has its numbers in one column", () => {
  const printed = Array.from({ length: 10 }, (_, index) => `${String(index + 1).padStart(2)}) (integer) ${index}\n`).join("");
  expect(toResp(printed, "lrange k").toString()).toBe(`*10\r\n${Array.from({ length: 10 }, (_, index) => `:${index}\r\n`).join("")}`);
});

test("text that it prints bare, and an error in its place", () => {
  expect(toResp("# Server\r\nredis_version:7.0.15\r\n", "info server").toString()).toBe("$31\r\n# Server\r\nredis_version:7.0.15\r\r\n");
  expect(toResp("NOAUTH Authentication required.\n", "info").toString()).toBe("-NOAUTH Authentication required.\r\n");
});

test("requests are taken apart wherever their chunks end", () => {
  const bytes = Buffer.from("*2\r\n$3\r\nGET\r\n$2\r\n\r\n\r\n*1\r\n$4\r\nPING\r\n");
  const read = createRespReader();
  const requests = [...bytes].flatMap((byte) => read(Buffer.of(byte)).map((parts) => parts.map(String)));
  expect(requests).toEqual([["GET", "\r\n"], ["PING"]]);
  expect(() => createRespReader()(Buffer.of(0x16, 0x03, 0x01))).toThrow("neither TLS nor anything else");
});
