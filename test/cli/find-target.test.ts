import { expect, test } from "vitest";
import { EXIT } from "../../src/cli/exit-codes.ts";
import { findTarget } from "../../src/cli/find-target.ts";
import { tellFailure } from "../../src/cli/tell-failure.ts";
import { sendJson, sendStatus, silentLog, startApiServer, writeKubeconfig } from "../adapters/kubernetes/api-server.ts";

const UNDER = "/apis/apps/v1/namespaces/shop/deployments";

test("a cluster that does not answer is away, and not a name that is wrong", async () => {
  const server = await startApiServer((request) => void request.socket.destroy());
  const error = await failure("deploy/shop/web", server.url);
  await server.close();
  expect(error).toMatchObject({ code: "unreachable" });
  expect(ended(error)).toBe(EXIT.failed);
  expect((error as Error).message).not.toMatch(/there is|did you mean/);
});

test("credentials that are not taken, in whole sentences", async () => {
  const server = await startApiServer((_request, response) => sendStatus(response, 401, { message: "Unauthorized" }));
  const error = await failure("deploy/shop/web", server.url);
  await server.close();
  expect(error).toMatchObject({ code: "wrong-credentials", message: expect.stringContaining("Unauthorized. It was asked by the user") });
  expect(ended(error)).toBe(EXIT.failed);
});

test("a name that is not there is one, with what there is", async () => {
  const server = await startApiServer((request, response) => {
    if (request.url?.startsWith(`${UNDER}/`) === true) return sendStatus(response, 404, { details: { name: "wbe" } });
    const isDeployments = request.url?.includes("/deployments") === true;
    return sendJson(response, { metadata: {}, items: isDeployments ? [{ metadata: { namespace: "shop", name: "web" } }] : [] });
  });
  const error = await failure("deploy/shop/wbe", server.url);
  await server.close();
  expect(error).toMatchObject({ code: "not-found", message: expect.stringContaining("did you mean deploy/shop/web?") });
  expect(ended(error)).toBe(EXIT.badInput);
});

test("what is no Redis may be a workload, which is said how to write", async () => {
  const sources = { env: { DOCKER_HOST: "unix:///nowhere/docker.sock" }, readFile: none };
  await expect(findTarget("web", { sources, configFile: undefined, log: silentLog })).rejects.toMatchObject({
    message: expect.stringContaining("a workload of Kubernetes as deploy/<namespace>/<name>"),
  });
});

async function failure(text: string, server: string): Promise<unknown> {
  const kubeconfig = await writeKubeconfig({ server });
  const sources = { env: { KUBECONFIG: kubeconfig.path }, readFile: none };
  try {
    await findTarget(text, { sources, configFile: undefined, log: silentLog });
    return undefined;
  } catch (error) {
    return error;
  } finally {
    await kubeconfig.remove();
  }
}

function ended(error: unknown): number {
  return tellFailure(error, true, {
    out: () => undefined,
    err: () => undefined,
    isTerminal: false,
    columns: 80,
    read: () => {
      throw new Error("nothing is read");
    },
    sources: async () => ({ env: {}, readFile: none }),
  });
}

function none(): never {
  throw Object.assign(new Error("there is no file"), { code: "ENOENT" });
}
