import { diffLines } from "diff";
import { parse } from "yaml";
import { describe, expect, test } from "vitest";
import { editComposeFile, type Edited } from "../../../src/adapters/compose/edit-file.ts";
import type { ComposeChange } from "../../../src/ports/compose-files.ts";

const NONE: ComposeChange = { set: {}, unset: [] };
const KONG: ComposeChange = {
  set: {
    KONG_NGINX_WORKER_PROCESSES: "8",
    KONG_WORKER_CONSISTENCY: "eventual",
    KONG_WORKER_STATE_UPDATE_FREQUENCY: "5",
    KONG_MEM_CACHE_SIZE: "256m",
  },
  unset: [],
  limitBytes: 4 * 2 ** 30,
};

// The file of the incident, with what people put into such files.
const SEED = `# Gateway\t(owned by platform)
version: '3.8'

x-logging: &logging
  driver: json-file\t# rotated by the host
  options: {max-size: "10m", max-file: '3'}

services:
  kong-db:
    image: postgres:13
    environment:
      POSTGRES_USER: kong   # same as below
      POSTGRES_PASSWORD: \${KONG_PG_PASSWORD:?set it}

  kong:
    image: "kong/kong-gateway:3.4"
    logging: *logging
    environment:
      KONG_DATABASE: postgres
      KONG_PG_PASSWORD: \${KONG_PG_PASSWORD}
      # Performance
      KONG_NGINX_WORKER_PROCESSES: auto\t# one per core
      KONG_NGINX_HTTP_KEEPALIVE_TIMEOUT: 65s

      KONG_NGINX_HTTP_KEEPALIVE_REQUESTS: 100   # last one
    # ports of the gateway
    ports: ["8084:8000",   "8443:8443"]
    deploy:
      resources:
        limits:
          cpus: '2'
          memory: 2G
        reservations:
          cpus: '1'
          memory: 1G

networks:
    default: {}
`;

describe("the file of the incident", () => {
  const text = edited(editComposeFile(SEED, "kong", KONG));

  test("says what was asked for, and everything else as it did", () => {
    const lines = diffLines(SEED, text);
    expect(lines.filter(({ removed }) => removed).map(({ value }) => value)).toEqual([
      "      KONG_NGINX_WORKER_PROCESSES: auto\t# one per core\n",
      "          memory: 2G\n",
    ]);
    expect(lines.filter(({ added }) => added).map(({ value }) => value)).toEqual([
      "      KONG_NGINX_WORKER_PROCESSES: 8\t# one per core\n",
      "      KONG_WORKER_CONSISTENCY: eventual\n      KONG_WORKER_STATE_UPDATE_FREQUENCY: 5\n      KONG_MEM_CACHE_SIZE: 256m\n",
      "          memory: 4G\n",
    ]);
  });

  test("once more, there is nothing to change", () => {
    expect(editComposeFile(text, "kong", KONG)).toEqual({ kind: "same" });
  });

  test("with line breaks of Windows, all of them stay so", () => {
    const windows = SEED.replaceAll("\n", "\r\n");
    const changed = edited(editComposeFile(windows, "kong", KONG));
    expect(changed).toBe(text.replaceAll("\n", "\r\n"));
    expect(changed.replaceAll("\r\n", "")).not.toMatch(/[\r\n]/);
  });

  test("without a line break at its end, and with a byte order mark", () => {
    const bare = `\ufeff${SEED.trimEnd()}`;
    expect(edited(editComposeFile(bare, "kong", KONG))).toBe(`\ufeff${text.trimEnd()}`);
  });
});

const service = (body: string): string => `services:\n  web:\n    image: web\n${body}`;

test.each<readonly [string, readonly [string, ComposeChange, string]]>([
  [
    "a list",
    [
      "    environment:\n      - A=1\n      - B=x y # why\n",
      { set: { B: "2", C: "3" }, unset: ["A"] },
      "    environment:\n      - B=2 # why\n      - C=3\n",
    ],
  ],
  [
    "a list at the level of its name",
    ["    environment:\n    -   A=1\n", { ...NONE, set: { B: "2" } }, "    environment:\n    -   A=1\n    -   B=2\n"],
  ],
  ["a list in brackets", ["    environment: [A=1, 'B=2']\n", { ...NONE, set: { B: "3", C: "4" } }, "    environment: [A=1, 'B=3', C=4]\n"]],
  [
    "a map in braces",
    ["    environment: {A: 1, B: two}\n", { ...NONE, set: { A: "5", C: "a,b" } }, '    environment: {A: 5, B: two, C: "a,b"}\n'],
  ],
  [
    "quotes",
    [
      "    environment:\n      A: 'one'\n      B: \"two\"\n",
      { ...NONE, set: { A: "it's", B: "2" } },
      "    environment:\n      A: 'it''s'\n      B: \"2\"\n",
    ],
  ],
  ["no environment", ["    mem_limit: 512m\n", { ...NONE, set: { A: "yes" } }, '    mem_limit: 512m\n    environment:\n      A: "yes"\n']],
  ["a limit of the older kind", ["    mem_limit: 512m\n", { ...NONE, limitBytes: 2 ** 30 }, "    mem_limit: 1024m\n"]],
  ["no limit", ["    restart: always\n", { ...NONE, limitBytes: 2 ** 30 }, "    restart: always\n    mem_limit: 1g\n"]],
  [
    "limits without memory",
    [
      "    deploy:\n      resources:\n        limits:\n          cpus: '2'\n",
      { ...NONE, limitBytes: 1.5 * 2 ** 30 },
      "    deploy:\n      resources:\n        limits:\n          cpus: '2'\n          memory: 1536m\n",
    ],
  ],
  [
    "an anchor that nobody uses",
    ["    environment: &env\n      A: 1\n", { ...NONE, set: { A: "2" } }, "    environment: &env\n      A: 2\n"],
  ],
  ["a value by alias", ["    environment:\n      A: *x\n", { ...NONE, set: { A: "2" } }, "    environment:\n      A: 2\n"]],
  [
    "variables doubled",
    ["    environment:\n      A: cost\n", { ...NONE, set: { A: "$HOME=$1" } }, "    environment:\n      A: $$HOME=$$1\n"],
  ],
  [
    "a value of several lines",
    ["    environment:\n      A: one\n", { ...NONE, set: { A: "one\ntwo" } }, '    environment:\n      A: "one\\ntwo"\n'],
  ],
  [
    "a variable taken away with its remark",
    [
      "    environment:\n      A: 1\n      B: 2 # gone\n      C: 3\n",
      { ...NONE, unset: ["B"] },
      "    environment:\n      A: 1\n      C: 3\n",
    ],
  ],
])("%s", (_, [body, change, expected]) => {
  const text = `x-x: &x 1\n${service(body)}`;
  expect(edited(editComposeFile(text, "web", change))).toBe(`x-x: &x 1\n${service(expected)}`);
});

test("a merge key brings the rest; what is added stands in the service's own map", () => {
  const text = "x-env: &env\n  A: 1\nservices:\n  web:\n    environment:\n      <<: *env\n      B: 2\n";
  const changed = edited(editComposeFile(text, "web", { ...NONE, set: { A: "9" } }));
  expect(changed).toBe(`${text}      A: 9\n`);
  expect(parse(changed, { merge: true })).toMatchObject({ services: { web: { environment: { A: 9, B: 2 } } } });
});

test.each<readonly [string, readonly [string, ComposeChange, RegExp]]>([
  [
    "an alias",
    [
      "x-e: &e\n  A: 1\nservices:\n  web:\n    environment: *e\n",
      { ...NONE, set: { A: "2" } },
      /environment of web \(line 5\) is taken over from &e/,
    ],
  ],
  [
    "a used anchor",
    [
      "services:\n  web:\n    environment: &e\n      A: 1\n  job:\n    environment: *e\n",
      { ...NONE, set: { A: "2" } },
      /carries the anchor &e, by which others take it over/,
    ],
  ],
  [
    "a service that others take over",
    [
      "services:\n  web: &web\n    image: x\n  job:\n    <<: *web\n",
      { ...NONE, set: { A: "2" } },
      /service web carries the anchor &web \(line 3\)/,
    ],
  ],
  [
    "an environment that is merged in",
    [
      "x-b: &b\n  environment: {A: 1}\nservices:\n  web:\n    <<: *b\n    image: x\n",
      { ...NONE, set: { A: "2" } },
      /comes from what is merged into it \(<<\)/,
    ],
  ],
  [
    "a variable of Compose",
    [
      "services:\n  web:\n    environment:\n      A: ${SIZE:-1}\n",
      { ...NONE, set: { A: "2" } },
      /A of web \(line 4\) is filled from the variable SIZE/,
    ],
  ],
  [
    "a variable without a value",
    ["services:\n  web:\n    environment:\n      - A\n", { ...NONE, set: { A: "2" } }, /A of web \(line 4\) has no value here/],
  ],
  [
    "a limit by a variable",
    ["services:\n  web:\n    mem_limit: ${LIMIT}\n", { ...NONE, limitBytes: 2 ** 30 }, /limit of web \(line 3\) is filled from a variable/],
  ],
  [
    "a limit with swap",
    ["services:\n  web:\n    mem_limit: 1g\n    memswap_limit: 1g\n", { ...NONE, limitBytes: 2 ** 31 }, /memswap_limit, line 4/],
  ],
  [
    "a file of variables",
    [
      "services:\n  web:\n    env_file: .env\n",
      { ...NONE, unset: ["A"] },
      /A is not in the environment of web in this file: it comes from elsewhere \(env_file/,
    ],
  ],
  ["no such service", ["services:\n  job: {}\n", { ...NONE, set: { A: "2" } }, /it has no service web/]],
  ["no services", ["version: '2'\n", { ...NONE, set: { A: "2" } }, /it has no services/]],
  ["broken YAML", ["services:\n  web: [\n", { ...NONE, set: { A: "2" } }, /not YAML that can be read/]],
  ["tabs for indentation", ["services:\n\tweb:\n\t\timage: x\n", { ...NONE, set: { A: "2" } }, /not YAML that can be read/]],
  [
    "a block of lines",
    [
      "services:\n  web:\n    environment:\n      A: |\n        one\n",
      { ...NONE, set: { A: "2" } },
      /line 4\) ?is a block|line 4 is a block/,
    ],
  ],
])("%s is left to people, and where", (_, [text, change, because]) => {
  expect(editComposeFile(text, "web", change)).toEqual({ kind: "by-hand", because: expect.stringMatching(because) });
});

const REMARKS = ["", " # tab\there", "\t# remark: 'quoted' $x"];
const VALUES = ["1", "'a b'", '"x: y"', "${V}", "*anchor", "on", "|-\n        block", "~", "[1, 2]"];

test("whatever is in the file, the bytes outside of the change are as they were, or it is left alone", () => {
  const all = ["\n", "\r\n"].flatMap((eol) =>
    REMARKS.flatMap((remark) => VALUES.flatMap((value) => VALUES.map((other) => ({ eol, remark, value, other })))),
  );
  const changed = all.filter(({ eol, remark, value, other }) => {
    const rest = `  job:${remark}\n    environment: {A: 1}\n\n\n# end\n`.replaceAll("\n", eol);
    const head = `x: &anchor 7\nservices:\n  web:${remark}\n    environment:\n`.replaceAll("\n", eol);
    const line = (name: string, is: string): string => `      ${name}: ${is}${is.startsWith("|") ? "" : remark}\n`.replaceAll("\n", eol);
    const text = `${head}${line("A", value)}${line("B", other)}${rest}`;
    const result = editComposeFile(text, "web", { ...NONE, set: { A: "$8", NEW: "z" } });
    if (result.kind !== "edited") return false;
    expect(result.text.startsWith(head)).toBe(true);
    expect(result.text.endsWith(rest)).toBe(true);
    expect(result.text.replace(`${eol}      NEW: z`, "").replace(/A: ("\$\$8"|'\$\$8'|\$\$8)/, () => `A: ${value}`)).toBe(text);
    return true;
  });
  expect(changed.length).toBeGreaterThan(100);
});

function edited(result: Edited): string {
  if (result.kind === "edited") return result.text;
  throw new Error(`expected an edited file, got ${JSON.stringify(result)}`);
}
