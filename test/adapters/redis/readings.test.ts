import { expect, test } from "vitest";
import { asBytes, asList, asNumber, asText, asTime, flattenStats, parseClients, parseInfo } from "../../../src/adapters/redis/readings.ts";

test("INFO: sections dropped, values as written, colons kept", () => {
  expect(
    parseInfo(
      "# Server\r\nredis_version:7.0.15\r\nexecutable:/usr/bin/redis-server\r\nmaster_host:::1\r\n\r\n# Keyspace\r\ndb0:keys=1,expires=0\r\n",
    ),
  ).toEqual({
    redis_version: "7.0.15",
    executable: "/usr/bin/redis-server",
    master_host: "::1",
    db0: "keys=1,expires=0",
  });
});

test("CLIENT LIST: odd names, a unix socket with a space, fields of old and new versions", () => {
  const text = [
    "id=7 addr=10.0.0.1:5000 laddr=10.0.0.2:6379 fd=8 name=a=b=c age=12 idle=3 flags=N db=0 qbuf=26 qbuf-free=1 omem=20480 tot-mem=37658 cmd=client|list user=wat=cher redir=-1 resp=2 lib-name= lib-ver=",
    "id=8 addr=/tmp/my socket:0 fd=9 name= age=1 idle=1 flags=U db=0 omem=0 cmd=get",
    "",
  ].join("\n");
  expect(parseClients(text)).toEqual([
    {
      id: "7",
      address: "10.0.0.1:5000",
      name: "a=b=c",
      user: "wat=cher",
      command: "client|list",
      ageSeconds: 12,
      idleSeconds: 3,
      outputBufferBytes: 20_480,
      queryBufferBytes: 26,
      totalBytes: 37_658,
      flags: "N",
    },
    {
      id: "8",
      address: "/tmp/my socket:0",
      name: "",
      user: "",
      command: "get",
      ageSeconds: 1,
      idleSeconds: 1,
      outputBufferBytes: 0,
      queryBufferBytes: 0,
      totalBytes: 0,
      flags: "U",
    },
  ]);
});

test("MEMORY STATS: nested lists continue the name, what is no number is left out", () => {
  const reply = [
    Buffer.from("total.allocated"),
    5,
    Buffer.from("db.0"),
    [Buffer.from("overhead.hashtable.main"), 72],
    Buffer.from("ratio"),
    Buffer.from("1.5"),
    Buffer.from("odd"),
    Buffer.from("n/a"),
  ];
  expect(flattenStats(reply)).toEqual({ "total.allocated": 5, "db.0.overhead.hashtable.main": 72, ratio: 1.5 });
});

test("replies of another shape are refused", () => {
  expect(asTime([Buffer.from("1700000000"), Buffer.from("123999")])).toBe(1_700_000_000_123);
  expect(asNumber(Buffer.from("12"))).toBe(12);
  for (const read of [() => asText(null), () => asNumber(Buffer.from("x")), () => asList(1), () => asBytes(1)])
    expect(read).toThrow(/is it a Redis/);
});
