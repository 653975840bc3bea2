import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { z } from "zod";
import { startEmulator } from "./emulator.ts";

/** A local GitHub: the one of the `emulate` package, and in front of it what records calls and lets them go wrong. */
export type LabGithub = {
  readonly apiUrl: string;
  readonly token: string;
  /** `owner/name`, with a README on its branch `main`. */
  readonly repository: string;
  /** Open and closed, oldest first; no pull requests. */
  issues(): Promise<readonly LabIssue[]>;
  comments(number: number): Promise<readonly string[]>;
  labels(): Promise<readonly { readonly name: string; readonly color: string; readonly description: string | null }[]>;
  pulls(): Promise<readonly LabPull[]>;
  /** Text of a file on a branch; undefined: there is none. */
  file(path: string, branch?: string): Promise<string | undefined>;
  /** Commits a file to the default branch, or to another one. */
  commit(path: string, text: string, branch?: string): Promise<void>;
  /** Any call as somebody with all rights, past the faults. */
  call(method: string, path: string, body?: unknown): Promise<unknown>;
  /** As they came in: `POST /repos/acme/ops/issues`. */
  calls(): readonly LabGithubCall[];
  /** Returns how to end the fault early. */
  fault(fault: LabGithubFault): () => void;
  stop(): Promise<void>;
};

export type LabIssue = z.output<typeof Issue>;
type LabPull = z.output<typeof Pull>;
export type LabGithubCall = { readonly call: string; readonly outcome: string };

export type LabGithubFault = {
  /** A part of `POST /repos/acme/ops/issues`; absent: every call. */
  readonly call?: RegExp;
  /** How many calls; absent: one. */
  readonly times?: number;
  readonly does:
    | { readonly kind: "status"; readonly status: number; readonly message?: string; readonly headers?: Readonly<Record<string, string>> }
    /** Nothing is done and no answer comes. */
    | { readonly kind: "hang" }
    /** It is not done, and the connection breaks. */
    | { readonly kind: "break" }
    /** It is done, and the connection breaks before the answer. */
    | { readonly kind: "answer-lost" }
    /** It is done, and no answer comes. */
    | { readonly kind: "answer-withheld" }
    /** A proxy's page instead of GitHub's answer. */
    | { readonly kind: "page" };
};

const Issue = z.object({
  number: z.number(),
  title: z.string(),
  body: z.string(),
  state: z.enum(["open", "closed"]),
  html_url: z.string(),
  labels: z.array(z.object({ name: z.string() })).transform((labels) => labels.map(({ name }) => name)),
});
const Pull = z.object({
  number: z.number(),
  title: z.string(),
  body: z.string(),
  state: z.enum(["open", "closed"]),
  head: z.object({ ref: z.string() }),
  base: z.object({ ref: z.string() }),
});
const Label = z.object({ name: z.string(), color: z.string(), description: z.string().nullable() });
const Comment = z.object({ body: z.string() });
const File = z.object({ content: z.string(), sha: z.string() });

const TOKEN = "ghp_lab_oomph";
const OWNER = "acme";
const REPOSITORY = `${OWNER}/ops`;

export async function startGithub(): Promise<LabGithub> {
  const server = createServer();
  server.keepAliveTimeout = 0; // its clients close what is idle: it must not, just as they send
  const apiUrl = `http://127.0.0.1:${await listen(server)}`;
  const emulator = await startEmulator({
    service: "github",
    baseUrl: apiUrl,
    seed: {
      tokens: { [TOKEN]: { login: OWNER, scopes: ["repo"] } },
      github: { users: [{ login: OWNER }], repos: [{ owner: OWNER, name: "ops", auto_init: true }] },
    },
  });
  const upstream = `http://127.0.0.1:${emulator.port}`;
  const calls: LabGithubCall[] = [];
  const faults: { readonly fault: LabGithubFault; left: number }[] = [];
  server.on("request", (req, res) => {
    answer({ upstream, calls, faults }, req, res).catch((error: unknown) => res.destroy(error instanceof Error ? error : undefined));
  });

  const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const answered = await fetch(`${upstream}/repos/${REPOSITORY}${path}`, {
      method,
      headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (answered.status === 404) return undefined;
    if (!answered.ok) throw new Error(`the local GitHub answered ${answered.status} to ${method} ${path}: ${await answered.text()}`);
    return answered.status === 204 ? undefined : answered.json();
  };
  const contents = async (path: string, branch: string) => {
    const found = await call("GET", `/contents/${path}?ref=${encodeURIComponent(branch)}`);
    return found === undefined ? undefined : File.parse(found);
  };

  return {
    apiUrl,
    token: TOKEN,
    repository: REPOSITORY,
    async issues() {
      const all: LabIssue[] = [];
      for (let page = 1; all.length === (page - 1) * 100; page += 1)
        all.push(...z.array(Issue).parse(await call("GET", `/issues?state=all&direction=asc&per_page=100&page=${page}`)));
      return all;
    },
    comments: async (number) =>
      z
        .array(Comment)
        .parse(await call("GET", `/issues/${number}/comments?per_page=100`))
        .map(({ body }) => body),
    labels: async () => z.array(Label).parse(await call("GET", "/labels?per_page=100")),
    pulls: async () => z.array(Pull).parse(await call("GET", "/pulls?state=all&direction=asc&per_page=100")),
    file: async (path, branch = "main") => {
      const found = await contents(path, branch);
      return found === undefined ? undefined : Buffer.from(found.content, "base64").toString();
    },
    async commit(path, text, branch = "main") {
      const earlier = await contents(path, branch);
      const content = Buffer.from(text).toString("base64");
      await call("PUT", `/contents/${path}`, { message: `Set ${path}`, content, branch, ...(earlier && { sha: earlier.sha }) });
    },
    call,
    calls: () => calls,
    fault(fault) {
      const entry = { fault, left: fault.times ?? 1 };
      faults.push(entry);
      return () => {
        entry.left = 0;
      };
    },
    async stop() {
      server.closeAllConnections();
      await Promise.all([new Promise((resolve) => server.close(resolve)), emulator.close()]);
    },
  };
}

type Parts = {
  readonly upstream: string;
  readonly calls: LabGithubCall[];
  readonly faults: { readonly fault: LabGithubFault; left: number }[];
};

async function answer({ upstream, calls, faults }: Parts, req: IncomingMessage, res: ServerResponse): Promise<void> {
  const body = await readBody(req);
  const call = `${req.method ?? "GET"} ${(req.url ?? "/").split("?")[0]}`;
  const planned = faults.find(({ fault, left }) => left > 0 && (fault.call === undefined || fault.call.test(call)));
  if (planned !== undefined) planned.left -= 1;
  const does = planned?.fault.does;
  calls.push({ call, outcome: does?.kind ?? "passed on" });
  if (does?.kind === "hang") return;
  if (does?.kind === "break") return void res.destroy();
  if (does?.kind === "page") return void res.writeHead(200, { "content-type": "text/html" }).end("<html>Please log in</html>");
  if (does?.kind === "status")
    return send(res, does.status, { body: { message: does.message ?? "told to fail" }, headers: does.headers ?? {} });
  // The emulator takes any token for its first user's.
  if (req.headers.authorization !== `Bearer ${TOKEN}`) return send(res, 401, { body: { message: "Bad credentials" }, headers: {} });

  const answered = await fetch(`${upstream}${req.url}`, {
    method: req.method ?? "GET",
    headers: { authorization: `Bearer ${TOKEN}`, "content-type": req.headers["content-type"] ?? "application/json" },
    ...(body.length > 0 && { body: new Uint8Array(body) }),
  });
  const bytes = Buffer.from(await answered.arrayBuffer());
  if (does?.kind === "answer-lost") return void res.destroy();
  if (does?.kind === "answer-withheld") return;
  res.writeHead(answered.status, { "content-type": answered.headers.get("content-type") ?? "application/json" });
  res.end(answered.status === 204 ? undefined : bytes);
}

type Reply = { readonly body: unknown; readonly headers: Readonly<Record<string, string>> };

function send(res: ServerResponse, status: number, { body, headers }: Reply): void {
  res.writeHead(status, { "content-type": "application/json; charset=utf-8", ...headers });
  res.end(JSON.stringify(body));
}

async function readBody(req: IncomingMessage): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of req) if (chunk instanceof Uint8Array) chunks.push(chunk);
  return Buffer.concat(chunks);
}

function listen(server: Server): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      resolve(typeof address === "object" && address !== null ? address.port : 0);
    });
  });
}
