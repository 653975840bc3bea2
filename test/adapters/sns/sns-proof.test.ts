import { sign } from "node:crypto";
import { createServer } from "node:http";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { issueCertificate, makeAuthority } from "../../../scripts/lab/certificates.ts";
import { sharedSecret } from "../../../src/adapters/http/proofs.ts";
import { createHttpServer, type HttpServer } from "../../../src/adapters/http/server.ts";
import { createWebhook } from "../../../src/adapters/http/webhook.ts";
import { createSnsProof } from "../../../src/adapters/sns/sns-proof.ts";

/*
 * SNS as Oomph sees it: messages by HTTP, signed with the key of a certificate that is fetched from where they say. The
 * local server stands for every host that is asked; who was asked is written down.
 */

const TOPIC = "arn:aws:sns:eu-west-1:123456789012:alarms";
const HOST = "https://sns.eu-west-1.amazonaws.com";
const PEM = `/SimpleNotificationService-${"0a".repeat(16)}.pem`;
const SECRET = "a-made-up-secret-of-this-test";

const { cert, key } = issueCertificate(makeAuthority(), ["sns.amazonaws.com"]);
const stranger = issueCertificate(makeAuthority(), ["sns.amazonaws.com"]);

type Message = Record<string, string>;

function message(over: Message = {}): Message {
  return {
    Type: "Notification",
    MessageId: "165545c9-2a5c-472c-8df2-7ff2be2b3b1b",
    TopicArn: TOPIC,
    Subject: "ALARM",
    Message: '{"AlarmName":"sessions-memory","NewStateValue":"ALARM"}',
    Timestamp: new Date().toISOString(),
    SignatureVersion: "2",
    SigningCertURL: `${HOST}${PEM}`,
    UnsubscribeURL: `${HOST}/?Action=Unsubscribe`,
    ...over,
  };
}

function confirmation(over: Message = {}): Message {
  const { Subject: _, ...rest } = message();
  const query = `Action=ConfirmSubscription&TopicArn=${TOPIC}&Token=2336412f37`;
  return { ...rest, Type: "SubscriptionConfirmation", Token: "2336412f37", SubscribeURL: `${HOST}/?${query}`, ...over };
}

/** As SNS signs: names and values of these fields, a line each. */
function signed(content: Message, signer = key): Message {
  const names =
    content["Type"] === "Notification"
      ? ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
      : ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"];
  const text = names.flatMap((name) => (content[name] === undefined ? [] : [`${name}\n${content[name]}\n`])).join("");
  const digest = content["SignatureVersion"] === "1" ? "sha1" : "sha256";
  return { ...content, Signature: sign(digest, Buffer.from(text), signer).toString("base64") };
}

describe("messages of SNS", () => {
  const asked: string[] = [];
  const taken: unknown[] = [];
  const answers = new Map<string, { readonly status: number; readonly body: string; readonly location?: string }>();
  const aws = createServer((request, response) => {
    const { status, body, location } = answers.get(request.url ?? "") ?? { status: 200, body: "<ConfirmSubscriptionResponse/>" };
    response.writeHead(status, location === undefined ? {} : { location }).end(body);
  });
  let nowMs = 0;
  let awsPort = 0;
  let server: HttpServer;
  let restart: () => Promise<void>;

  beforeAll(async () => {
    awsPort = await new Promise<number>((resolve) => {
      aws.listen(0, "127.0.0.1", () => {
        const address = aws.address();
        resolve(typeof address === "object" && address !== null ? address.port : 0);
      });
    });
    const elsewhere = (url: string, init: RequestInit) => {
      asked.push(url);
      const { pathname, search } = new URL(url);
      return fetch(`http://127.0.0.1:${awsPort}${pathname}${search}`, init);
    };
    const none = (): void => undefined;
    const log = { debug: none, info: none, warn: none, error: none };
    const clock = { nowMs: () => Date.now() + nowMs, sleep: async () => undefined };
    restart = async () => {
      await server?.close(100);
      const otherwise = sharedSecret(SECRET, "webhooks.cloudwatchSecret");
      const proof = createSnsProof({ topics: [TOPIC], otherwise, fetch: elsewhere, clock, log });
      const take = async (body: unknown) => (taken.push(body), { kind: "queued" as const, id: "1" });
      const hook = createWebhook({ proof, take, clock, log, types: ["text/plain"] });
      server = await createHttpServer({ host: "127.0.0.1", port: 0, pages: {}, mounts: { "/webhooks/cloudwatch": hook } });
    };
  });

  beforeEach(async () => {
    await restart(); // nothing is known from the test before
    nowMs = 0;
    for (const list of [asked, taken]) list.splice(0);
    answers.clear();
    answers.set(PEM, { status: 200, body: cert });
  });

  afterAll(async () => {
    await server?.close(100);
    aws.close();
    aws.closeAllConnections();
  });

  async function send(content: Message | string, headers: Record<string, string> = {}) {
    const type = typeof content === "string" ? "Notification" : (content["Type"] ?? "");
    const response = await fetch(`${server.url}/webhooks/cloudwatch`, {
      method: "POST",
      headers: { "content-type": "text/plain; charset=UTF-8", "x-amz-sns-message-type": type, ...headers },
      body: typeof content === "string" ? content : JSON.stringify(content),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  }

  test.each(["1", "2"])("are taken with a signature of version %s; the certificate is fetched once", async (version) => {
    const withoutSubject = message({ SignatureVersion: version });
    delete withoutSubject["Subject"];
    expect(await send(signed(message({ SignatureVersion: version })))).toMatchObject({ status: 202 });
    expect(await send(signed(withoutSubject))).toMatchObject({ status: 202 });
    expect(taken).toHaveLength(2);
    expect(asked).toEqual([`${HOST}${PEM}`]);
  });

  test.each<[string, Message]>([
    ["is not signed", message()],
    ["is signed by a stranger", signed(message(), stranger.key)],
    ["was changed", { ...signed(message()), Message: "another" }],
    ["says another version than it is signed with", { ...signed(message()), SignatureVersion: "1" }],
    ["has a version that there is not", { ...signed(message()), SignatureVersion: "3" }],
    ["has no signature to speak of", { ...message(), Signature: "EXAMPLE" }],
    ["has lost its id", { ...signed(message()), MessageId: "" }],
    ["pretends to ask for a confirmation", { ...signed(message()), Type: "SubscriptionConfirmation" }],
  ])("are refused when one %s", async (_what, content) => {
    expect(await send(content)).toMatchObject({ status: 403 });
    expect(taken).toEqual([]);
  });

  test.each<[string, Message]>([
    ["another topic", { TopicArn: "arn:aws:sns:eu-west-1:999999999999:alarms" }],
    ["a topic that only begins so", { TopicArn: `${TOPIC}-2` }],
    ["a host behind", { SigningCertURL: `https://sns.eu-west-1.amazonaws.com.evil.example${PEM}` }],
    ["a host in front", { SigningCertURL: `https://evil.example/sns.eu-west-1.amazonaws.com${PEM}` }],
    ["a user in front", { SigningCertURL: `https://sns.eu-west-1.amazonaws.com@evil.example${PEM}` }],
    ["a user", { SigningCertURL: `https://user:pw@sns.eu-west-1.amazonaws.com${PEM}` }],
    ["a port", { SigningCertURL: `https://sns.eu-west-1.amazonaws.com:8443${PEM}` }],
    ["no TLS", { SigningCertURL: `http://sns.eu-west-1.amazonaws.com${PEM}` }],
    ["another region", { SigningCertURL: `https://sns.us-east-1.amazonaws.com${PEM}` }],
    ["a region that is a host", { SigningCertURL: `https://sns.evil.example/.amazonaws.com${PEM}` }],
    ["a bucket", { SigningCertURL: `https://s3.eu-west-1.amazonaws.com${PEM}` }],
    ["a backslash", { SigningCertURL: `https://sns.eu-west-1.amazonaws.com\\@evil.example${PEM}` }],
    ["another file", { SigningCertURL: `${HOST}/?Action=ListTopics&x=.pem` }],
    ["steps up", { SigningCertURL: `${HOST}/x/..${PEM}` }],
    ["this machine", { SigningCertURL: `https://127.0.0.1${PEM}` }],
  ])("with %s ask for nothing and are refused", async (_what, over) => {
    expect(await send(signed(message(over)))).toMatchObject({ status: 403 });
    expect(asked).toEqual([]);
    expect(taken).toEqual([]);
  });

  test("that are older or newer than an hour are refused", async () => {
    const content = signed(message());
    nowMs = 61 * 60_000;
    expect(await send(content)).toMatchObject({ status: 403, text: expect.stringContaining("Timestamp") });
    nowMs = -61 * 60_000;
    expect(await send(content)).toMatchObject({ status: 403 });
    expect(await send(signed(message({ Timestamp: "yesterday" })))).toMatchObject({ status: 403 });
    nowMs = 59 * 60_000;
    expect(await send(content)).toMatchObject({ status: 202 });
  });

  test("whose certificate cannot be had are asked for again, and strangers cannot have many asked for", async () => {
    for (const answer of [
      { status: 500, body: "" },
      { status: 200, body: "no certificate" },
      { status: 200, body: "x".repeat(100_000) },
      { status: 302, body: "", location: "http://127.0.0.1:1/elsewhere" },
    ]) {
      answers.set(PEM, answer);
      const refused = await send(signed(message()));
      expect(refused).toMatchObject({ status: 503, text: expect.stringContaining("send it again") });
      expect(refused.headers.get("retry-after")).toBe("5");
    }
    expect(asked).toEqual(Array(4).fill(`${HOST}${PEM}`)); // where the redirect led was not asked
    for (let time = 0; time < 20; time += 1)
      await send(signed(message({ SigningCertURL: `${HOST}/SimpleNotificationService-${String(time).padStart(32, "0")}.pem` })));
    expect(asked).toHaveLength(10);
    nowMs = 61_000;
    answers.set(PEM, { status: 200, body: cert });
    expect(await send(signed(message()))).toMatchObject({ status: 202 });
  });

  test("whose certificate has expired are not taken", async () => {
    nowMs = 40 * 86_400_000;
    const content = signed(message({ Timestamp: new Date(Date.now() + nowMs).toISOString() }));
    expect(await send(content)).toMatchObject({ status: 503, text: expect.stringContaining("expired") });
  });

  test("confirm a subscription once, only where SNS of that region asks for it", async () => {
    const content = signed(confirmation());
    expect(await send(content)).toMatchObject({ status: 200, text: expect.stringContaining("the subscription is confirmed") });
    expect(await send(content)).toMatchObject({ status: 200, text: expect.stringContaining("confirmed before") });
    expect(asked).toEqual([`${HOST}${PEM}`, content["SubscribeURL"]]);
    asked.splice(0);
    for (const url of [
      "https://sns.eu-west-1.amazonaws.com.evil.example/?Action=ConfirmSubscription",
      `https://user@sns.eu-west-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${TOPIC}`,
      `https://sns.eu-west-1.amazonaws.com:444/?Action=ConfirmSubscription&TopicArn=${TOPIC}`,
      `https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=${TOPIC}`,
      `${HOST}/?Action=DeleteTopic&TopicArn=${TOPIC}`,
      `${HOST}/?Action=ConfirmSubscription&TopicArn=arn:aws:sns:eu-west-1:999999999999:other`,
      `http://169.254.169.254/latest/meta-data/?Action=ConfirmSubscription&TopicArn=${TOPIC}`,
      "",
    ])
      expect(await send(signed(confirmation({ SubscribeURL: url, MessageId: "another" })))).toMatchObject({ status: 403 });
    expect(await send(signed(confirmation({ TopicArn: "arn:aws:sns:eu-west-1:123456789012:other" })))).toMatchObject({ status: 403 });
    expect(asked).toEqual([]);
    expect(taken).toEqual([]);
  });

  test("are asked for again when the confirmation did not go through, and are followed nowhere else", async () => {
    const content = signed(confirmation());
    const { pathname, search } = new URL(content["SubscribeURL"] ?? "");
    answers.set(`${pathname}${search}`, { status: 302, body: "", location: `http://127.0.0.1:${awsPort}/elsewhere` });
    expect(await send(content)).toMatchObject({ status: 503 });
    answers.delete(`${pathname}${search}`);
    expect(await send(content)).toMatchObject({ status: 200, text: expect.stringContaining("the subscription is confirmed") });
    expect(asked.filter((url) => url.includes("elsewhere"))).toEqual([]);
  });

  test("that end a subscription are noted, and nothing is asked for", async () => {
    expect(await send(signed(confirmation({ Type: "UnsubscribeConfirmation" })))).toMatchObject({ status: 200 });
    expect(asked).toEqual([`${HOST}${PEM}`]);
  });

  test("that are none are refused, whatever they are", async () => {
    for (const broken of ["", "{", "null", "[]", '"x"', "[".repeat(1_000_000), '{"__proto__":{"Type":"Notification"}}'])
      expect(await send(broken)).toMatchObject({ status: 403 });
    expect(await send("{}", { "content-encoding": "gzip" })).toMatchObject({ status: 415 });
    expect(await send(`"${"x".repeat(2 ** 20)}"`)).toMatchObject({ status: 413 });
    expect(asked).toEqual([]);
  });

  test("are not needed by who has the secret: a Lambda function, EventBridge, raw delivery", async () => {
    const headers = { authorization: `Bearer ${SECRET}`, "content-type": "application/json" };
    const plain = await fetch(`${server.url}/webhooks/cloudwatch`, { method: "POST", headers, body: "{}" });
    expect(plain.status).toBe(202);
    expect(await send("{}", { ...headers, "x-amz-sns-rawdelivery": "true" })).toMatchObject({ status: 202 });
    const without = await fetch(`${server.url}/webhooks/cloudwatch`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: "{}",
    });
    expect(without.status).toBe(401);
    expect(await without.json()).toMatchObject({
      error: expect.stringMatching(/signed by SNS; or the secret of webhooks\.cloudwatchSecret/),
    });
    // Signed or not is looked at also where the secret is right: what claims to be of SNS has to be.
    expect(await send(message(), { authorization: `Bearer ${SECRET}` })).toMatchObject({ status: 403 });
  });
});
