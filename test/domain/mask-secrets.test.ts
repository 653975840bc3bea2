import { expect, test } from "vitest";
import { isMasked, maskSecrets, maskVariable } from "../../src/domain/mask-secrets.ts";

test.each([
  ["KONG_PG_PASSWORD", "made-up"],
  ["POSTGRES_PASS", "made-up"],
  ["AWS_SECRET_ACCESS_KEY", "made-up"],
  ["SESSION_TOKEN", "x"],
  ["SENTRY_DSN", "https://abc@sentry.example/1"],
  ["DEPLOY_KEY", "abc"],
  ["RAILS_MASTER_KEY", "abc"],
  ["BASIC_AUTH", "u:p"],
])("%s is hidden whole", (name, value) => {
  expect(maskVariable(name, value)).toBe("***");
});

test.each([
  ["KONG_NGINX_WORKER_PROCESSES", "auto"],
  ["WEB_CONCURRENCY", "8"],
  ["JAVA_OPTS", "-Xmx512m -XX:+UseG1GC"],
  ["NODE_OPTIONS", "--max-old-space-size=4096"],
  ["POSTGRES_PASSWORD_FILE", "/run/secrets/password"],
  ["PASSENGER_MAX_POOL_SIZE", "6"],
  ["PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"],
  ["GEM_HOME", "/usr/local/bundle/ruby/3.2.0/gems-of-this-application"],
  ["TOKEN_TTL", "3600"],
  ["EMPTY_SECRET", ""],
  ["GREETING", "a $value\nwith a second line"],
])("%s=%s stays", (name, value) => {
  expect(maskVariable(name, value)).toBe(value);
});

test.each([
  ["postgres://kong:made-up@db:5432/kong?x=1", "postgres://***@db:5432/kong?x=1"],
  ["redis://:p@ss:w@rd@cache:6379/0 next", "redis://***@cache:6379/0 next"],
  ["Authorization: Bearer abcdef123456", "Authorization: Bearer ***"],
  ["java -Ddb.password=hunter2 -Xmx1g", "java -Ddb.password=*** -Xmx1g"],
  ["gunicorn --password hunter2 -w 4", "gunicorn --password *** -w 4"],
  ["login --token is-a-secret --password=for", "login --token *** --password=***"],
  ['{"token": "abc def", "n": 1}', '{"token": ***, "n": 1}'],
  [String.raw`sh -c "echo '{\"token\":\"abc\",\"n\":1}'"`, String.raw`sh -c "echo '{\"token\":***,\"n\":1}'"`],
  [String.raw`{\\"api_key\\": \\"abc def\\"}`, String.raw`{\\"api_key\\": ***}`],
  [
    '{"env":[{"name":"DB_PASSWORD","value":"abc"},{"name":"A","value":"b"}]}',
    '{"env":[{"name":"DB_PASSWORD","value":***},{"name":"A","value":"b"}]}',
  ],
  ["- name: API_KEY\n  value: abc\n- name: A\n  value: b", "- name: API_KEY\n  value: ***\n- name: A\n  value: b"],
  ["      DB_PASSWORD:              abc", "      DB_PASSWORD:              ***"],
  ["key AKIAIOSFODNN7EXAMPLE was used", "key *** was used"],
  ["ghp_0123456789abcdefABCDEF", "***"],
  ["eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln", "***"],
  ["-----BEGIN RSA PRIVATE KEY-----\nMIIabc\n-----END RSA PRIVATE KEY-----\nafter", "***\nafter"],
  ["id a3f5c1d2e4b6978812345678deadbeefcafe0123", "id ***"],
  ["value wJalrXUtnFEMIK7MDENGbPxRfiCYEXAMPLEKEY done", "value *** done"],
])("%s", (text, masked) => {
  expect(maskSecrets(text)).toBe(masked);
  expect(isMasked(maskSecrets(text))).toBe(true);
});

test.each([
  "[alert] 1#1: worker process 507368 exited on signal 9",
  "java.lang.OutOfMemoryError: Java heap space",
  "FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory",
  "/usr/local/lib/python3.12/site-packages/flask/app.py",
  "2025-10-28T13:03:00.123456789Z started",
  "Prometheus' credentials for the metrics of pod shop/web-1 are refused.",
  "the token is expired, its secret\nwas removed",
])("%s has nothing to hide", (text) => {
  expect(maskSecrets(text)).toBe(text);
});

test("masked twice is the same", () => {
  const text = "postgres://a:b@c password=x token: y";
  expect(maskSecrets(maskSecrets(text))).toBe(maskSecrets(text));
});

test("a long line made to be slow comes through", () => {
  expect(maskSecrets(`${"a://".repeat(20_000)}${"password ".repeat(20_000)}`)).toContain("***");
});
