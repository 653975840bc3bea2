import { expect, it } from "vitest";
import { escapeMrkdwn } from "../../src/domain/message.ts";

it("escapeMrkdwn leaves no mention, link or entity of the sender's alive", () => {
  expect(escapeMrkdwn("<!channel> & <@U1> &lt;x")).toBe("&lt;!channel&gt; &amp; &lt;@U1&gt; &amp;lt;x");
});
