import { expect, test } from "vitest";
import { terminalLog } from "../../src/cli/terminal-log.ts";

test("a warning is told once, with the name of its connection and no other field", () => {
  const said: string[] = [];
  const io = { out: () => undefined, err: (text: string) => void said.push(text), isTerminal: false, columns: 80 };
  const unread = { read: () => expect.fail("nothing is read"), sources: () => expect.fail("nothing is asked") };
  const log = terminalLog({ ...io, ...unread });
  log.warn({ connection: "prod-eu", token: "made-up" }, "the certificate of this cluster is not checked");
  log.warn({ connection: "prod-eu", token: "made-up" }, "the certificate of this cluster is not checked");
  log.info({}, "nothing that anybody needs");
  expect(said).toEqual(["oomph: the certificate of this cluster is not checked (prod-eu)\n"]);
});
