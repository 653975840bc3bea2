import { expect, test } from "vitest";
import { classifyProcesses, programOf } from "../../../src/runbooks/container-memory/classify-processes.ts";
import { countProcesses } from "../../../src/runbooks/container-memory/count-processes.ts";

/** `args` of a parent and of its children. */
function family(parent: string, ...children: readonly string[]) {
  return [{ pid: 10, parentPid: 1, args: parent }, ...children.map((args, at) => ({ pid: 11 + at, parentPid: 10, args }))];
}

test.each([
  ["nginx", "nginx: master process /usr/sbin/nginx -g daemon off;", "nginx: worker process", "nginx: worker process is shutting down"],
  ["puma", "puma 6.4.0 (tcp://0.0.0.0:3000) [shop]", "puma: cluster worker 0: 7 [shop]", "puma: cluster worker 1: 7 [shop]"],
  ["unicorn", "unicorn master -c config.rb", "unicorn worker[0] -c config.rb", "unicorn worker[1] -c config.rb"],
  ["gunicorn", "gunicorn: master [app:app]", "gunicorn: worker [app:app]", "gunicorn: worker [app:app]"],
  [
    "gunicorn",
    "/usr/bin/python3 /usr/local/bin/gunicorn app:app -w 2",
    "/usr/bin/python3 /usr/local/bin/gunicorn app:app -w 2",
    "/usr/bin/python3 /usr/local/bin/gunicorn app:app -w 2",
  ],
  ["uwsgi", "uwsgi --ini app.ini", "uwsgi --ini app.ini", "uwsgi --ini app.ini"],
  ["php-fpm", "php-fpm: master process (/usr/local/etc/php-fpm.conf)", "php-fpm: pool www", "php-fpm: pool www"],
  ["node", "node /app/cluster.js", "/usr/local/bin/node /app/cluster.js", "/usr/local/bin/node /app/cluster.js"],
  ["sidekiq", "sidekiqswarm, managing 2 processes", "sidekiq 7.1.0 shop [3 of 10 busy]", "sidekiq 7.1.0 shop [0 of 10 busy]"],
  [
    "celery",
    "[celeryd: celery@abc:MainProcess] -active- (worker -c 2)",
    "[celeryd: celery@abc:ForkPoolWorker-1]",
    "[celeryd: celery@abc:ForkPoolWorker-2]",
  ],
  [
    "celery",
    "/usr/bin/python /usr/local/bin/celery -A app worker",
    "/usr/bin/python /usr/local/bin/celery -A app worker",
    "/usr/bin/python /usr/local/bin/celery -A app worker",
  ],
  [
    "postgres",
    "postgres -D /var/lib/postgresql/data",
    "postgres: app shop 10.0.0.3(5432) idle",
    "postgres: app shop 10.0.0.4(5433) SELECT",
  ],
  ["apache", "/usr/sbin/apache2 -k start", "/usr/sbin/apache2 -k start", "/usr/sbin/apache2 -k start"],
  ["apache", "httpd -DFOREGROUND", "httpd -DFOREGROUND", "httpd -DFOREGROUND"],
])("%s: one master, two workers (%s)", (server, parent, ...children) => {
  expect(classifyProcesses(family(parent, ...children)).map((each) => [each.server, each.role])).toEqual([
    [server, "master"],
    [server, "worker"],
    [server, "worker"],
  ]);
});

test.each([
  "nginx: cache manager process",
  "nginx: privileged agent process",
  "postgres: checkpointer ",
  "postgres: 15/main: walwriter ",
  "postgres: autovacuum launcher ",
])("%s is no worker", (args) => {
  expect(classifyProcesses([{ pid: 1, parentPid: 0, args }])[0]?.role).toBe("helper");
});

test("a server in one process is no master", () => {
  const alone = classifyProcesses([
    { pid: 1, parentPid: 0, args: "node server.js" },
    { pid: 9, parentPid: 1, args: "sh -c ls" },
  ]);
  expect(alone.map(({ server, role }) => [server, role])).toEqual([
    [undefined, "single"],
    [undefined, "single"],
  ]);
});

test.each([
  ["/usr/bin/python3 -u /app/leak.py --fast", "python3 leak.py"],
  ["python3 -c import time", "python3"],
  ["python3 -m http.server 80", "python3 http.server"],
  ["node -e run() -- --token x", "node"],
  ["node -r ./hook.js server.js", "node server.js"],
  ["java -Xmx512m -jar /app/shop.jar", "java shop.jar"],
  ["node --max-old-space-size=100 server.js", "node server.js"],
  ["/bin/busybox sleep 5", "busybox"],
  ["nginx: worker process", "nginx"],
  ["", "?"],
])("%s is called %s", (args, program) => {
  expect(programOf(args)).toBe(program);
});

test("counted by program and role, proportional where every process tells, largest first, secrets masked", () => {
  const census = countProcesses([
    { pid: 1, parentPid: 0, rssBytes: 10, pssBytes: 5, args: "nginx: master process nginx" },
    { pid: 2, parentPid: 1, rssBytes: 100, pssBytes: 40, args: "nginx: worker process" },
    { pid: 3, parentPid: 1, rssBytes: 100, pssBytes: 45, args: "nginx: worker process" },
    { pid: 4, parentPid: 0, rssBytes: 300, args: "app --password made-up" },
    { pid: 5, parentPid: 0, args: "sleep 5" },
  ]);
  expect(census.processes).toBe(5);
  expect(census.programs).toEqual([
    { program: "app", role: "single", count: 1, rssBytes: 300, args: "app --password ***" },
    { program: "nginx", server: "nginx", role: "worker", count: 2, rssBytes: 200, pssBytes: 85, args: "nginx: worker process" },
    { program: "nginx", server: "nginx", role: "master", count: 1, rssBytes: 10, pssBytes: 5, args: "nginx: master process nginx" },
    { program: "sleep", role: "single", count: 1, args: "sleep 5" },
  ]);
  expect(census.largest[0]).toEqual({ pid: 4, args: "app --password ***", rssBytes: 300 });
});
