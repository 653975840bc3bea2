import { expect, test } from "vitest";
import { recogniseSettings, settingsInFile, splitVariable } from "../../../src/runbooks/container-memory/recognise-settings.ts";

const MIB = 2 ** 20;

function only(variable: string, commandLine = "") {
  return recogniseSettings([variable], commandLine).settings;
}

test.each([
  ["KONG_NGINX_WORKER_PROCESSES=auto", { of: "kong", kind: "workers", auto: true }],
  ["KONG_NGINX_WORKER_PROCESSES=8", { of: "kong", kind: "workers", auto: false, amount: 8 }],
  ["KONG_MEM_CACHE_SIZE=128m", { of: "kong", kind: "cache", auto: false, amount: 128 * MIB }],
  ["WEB_CONCURRENCY=4", { kind: "workers", amount: 4 }],
  ["SIDEKIQ_CONCURRENCY=25", { of: "sidekiq", kind: "threads", amount: 25 }],
  ["CELERYD_CONCURRENCY=auto", { of: "celery", auto: true }],
  ["PHP_MEMORY_LIMIT=256M", { of: "php", kind: "heap", amount: 256 * MIB }],
  ["GOMEMLIMIT=900MiB", { of: "go", kind: "heap", amount: 900 * MIB }],
  ["JAVA_OPTS=-Xms1g -Xmx2g -Dpassword=x", { name: "JAVA_OPTS -Xmx", of: "jvm", kind: "heap", amount: 2048 * MIB }],
  ["JAVA_TOOL_OPTIONS=-XX:MaxRAMPercentage=75.0", { of: "jvm", kind: "heap", value: "75.0" }],
  ["NODE_OPTIONS=--max-old-space-size=4096", { of: "node", kind: "heap", amount: 4096 * MIB }],
  ["GUNICORN_CMD_ARGS=--bind=:80 --workers=9", { name: "GUNICORN_CMD_ARGS gunicorn --workers", of: "gunicorn", amount: 9 }],
])("%s", (variable, setting) => {
  expect(only(variable)).toMatchObject([{ from: "environment", ...setting }]);
});

test.each([
  ["nginx -g 'worker_processes auto; daemon off;'", { of: "nginx", kind: "workers", auto: true }],
  ["gunicorn app:app -w 17", { of: "gunicorn", amount: 17 }],
  ["celery -A app worker --concurrency=12", { of: "celery", amount: 12 }],
  ["java -Xmx768m -jar app.jar", { of: "jvm", amount: 768 * MIB }],
  ["node --max-old-space-size=512 server.js", { of: "node", amount: 512 * MIB }],
  ["bundle exec puma -w 6 -t 5:5", { of: "puma", amount: 6 }],
  ["pm2-runtime start app.js -i max", { of: "node", auto: true }],
  ["php-fpm -d memory_limit=-1", { of: "php", kind: "heap", value: "-1" }],
])("command: %s", (command, setting) => {
  expect(recogniseSettings([], command).settings).toMatchObject([{ from: "command", ...setting }]);
});

test("of all other variables the name is kept and the value is not", () => {
  const { settings, otherNames } = recogniseSettings(
    ["DB_PASSWORD=made-up", "GREETING=a $b\nsecond line", "UNSET", "=odd", "constructor=x"],
    "run",
  );
  expect(settings).toEqual([]);
  expect(otherNames).toEqual(["DB_PASSWORD", "GREETING", "UNSET", "", "constructor"]);
});

test("secrets do not pass through a recognised one either", () => {
  const stored = JSON.stringify(
    recogniseSettings(["KONG_MEM_CACHE_SIZE=postgres://a:made-up@b", "JAVA_OPTS=-Xmx1g -Dtoken=made-up"], "app"),
  );
  expect(stored).not.toContain("made-up");
});

test("files of configuration", () => {
  expect(settingsInFile("/etc/nginx/nginx.conf", ["user www;", "  worker_processes  auto;", "# worker_processes 4;"])).toMatchObject([
    { name: "worker_processes in /etc/nginx/nginx.conf", from: "file", auto: true, of: "nginx" },
  ]);
  expect(settingsInFile("/usr/local/etc/php-fpm.d/www.conf", ["pm.max_children = 50"])).toMatchObject([{ of: "php-fpm", amount: 50 }]);
});

test("a value may hold `=` and newlines", () => {
  expect(splitVariable("A=b=c\nd")).toEqual(["A", "b=c\nd"]);
});
