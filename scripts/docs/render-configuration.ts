import { settingsOf, type Setting } from "../../src/config/outline-schema.ts";
import { Document } from "../../src/config/schema.ts";

const INTRODUCTION = `# Configuration

<!-- Generated from src/config/schema.ts by \`npm run docs\`; a test fails when this file is not current. -->

Oomph reads environment variables and, where there is one, \`oomph.yaml\` in the working directory (or the file that
\`OOMPH_CONFIG\` names). A variable wins over the file. \`oomph config check\` lists every problem at once, with the key,
what came and what was expected, or only what YAML itself does not take, with its line; unknown keys and unknown \`OOMPH_...\` variables are problems too.

- **Secrets** can be files: \`SLACK_BOT_TOKEN_FILE=/run/secrets/bot-token\` in the environment, \`passwordFile: /run/secrets/x\`
  in \`oomph.yaml\`. Each setting marked *secret* has such a twin. A newline at the file's end is dropped.
- **Paths** in \`oomph.yaml\` are meant from the folder that the file lies in, wherever Oomph is started; paths in variables,
  and the SQLite file where nothing is said, from the working directory.
- **Durations** carry their unit (\`500ms\`, \`30s\`, \`15m\`, \`2h\`), **sizes** theirs (\`512MiB\`, \`2GiB\`; \`mb\` means MiB, as in
  redis.conf).
- **Patterns** that begin with \`*\`, and \`*\` alone, stand in quotation marks in \`oomph.yaml\` (\`["*"]\`, \`"*HighMemory"\`): without them
  YAML takes them for something else.
- **Lists** in variables are separated by commas. An empty variable counts as not set.
- **People and channels** are ids, never names: \`U...\` and \`W...\` are users, \`S...\` user groups, \`C...\` and \`G...\` channels.

## A small example
\`\`\`yaml
slack:
  alertChannels: [C0ALERTS001]
  incidentChannel: C0INCIDENTS
redis:
  connections:
    sessions:
      url: rediss://sessions.internal:6380
      username: oomph
      passwordFile: ./secrets/sessions-password
      aliases: [sessions-cache]
      memoryLimit: 2GiB
      healthUrl: https://gateway.internal/health
access:
  approvers: [S0ONCALL, U0CAROL]
  admins: [U0CAROL]
\`\`\`
The password lies in a file beside it:
\`\`\`sh
install -d -m 700 secrets
(umask 077 && printf '%s' 'the password' > secrets/sessions-password)
\`\`\`
With \`SLACK_BOT_TOKEN\`, \`SLACK_APP_TOKEN\` and \`REDIS_URL\` in the environment that is a whole configuration. The command
line (\`oomph investigate\` and the others) needs neither Slack nor a queue: only the connections.
`;

const SECTIONS: Readonly<Record<string, string>> = {
  slack: "How Oomph talks with Slack, and where. See docs/slack-setup.md for setting the app up.",
  queue: "The Redis that Oomph itself runs on.",
  store: "Where incidents, requests and the audit trail are kept.",
  http: "Health, readiness, metrics, and Slack's requests in `http` mode.",
  log: "JSON lines on standard output, secrets masked.",
  redis: "The Redis servers to look after. `<name>` is what people write: `redis/<name>`.",
  docker:
    "The Docker hosts to look after. `<name>` is what people write before a container: `prod-eu:docker/kong`; the connection called `local` is not written: `docker/kong`. Least rights: [containers.md](containers.md#least-rights).",
  kubernetes:
    "The clusters to look after. `<name>` is what people write before a target: `prod-eu:deploy/shop/web`; the connection called `local` is not written. Under `apps`, `<name>` is `<namespace>/<name>` of a workload, `*` at the end matching the rest. Least rights: [kubernetes.md](kubernetes.md#least-rights).",
  prometheus: "A Prometheus that scrapes what is looked after, where there is one.",
  watch: "Looks at every container unasked, and opens a thread before the kill.",
  github: "Issues for what was escalated, and pull requests for the lasting fix.",
  mail: "Mail for what was escalated, by SMTP.",
  escalation: "What is told outside Slack, and when it counts as late.",
  alerts:
    "What is about memory, and what is not: rules of your own, asked before those that are built in. How they are written, and those that are built in: [alert-rules.md](alert-rules.md). When quiet is wanted, and who is called when nobody reacts: [alerts.md](alerts.md#quiet).",
  webhooks: "Senders that do not go through Slack.",
  access:
    "Who may do what. An empty list means nobody. With `policies`, the first that fits action and target decides, `approvers` is not looked at, and where none fits nobody may approve.",
  verification: "After an action: did it help?",
  storms: "When more incidents open than people can follow, they share a thread. See [operations.md](operations.md#storms).",
  jobs: "How work is held, drained and taken up again.",
};

/** docs/configuration.md, whole. */
export function renderConfigurationReference(): string {
  const settings = settingsOf(Document);
  const sections = Object.keys(Document.shape).map((name) => section(name, settings.filter(({ path }) => path[0] === name)));
  return `${INTRODUCTION}\n${sections.join("\n")}`;
}

function section(name: string, settings: readonly Setting[]): string {
  const rows = settings.map(row).join("\n");
  return `## ${name}\n${SECTIONS[name] ?? ""}\n\n| key in oomph.yaml | variable | what it is for | expected | default |\n|---|---|---|---|---|\n${rows}\n`;
}

function row({ path, doc }: Setting): string {
  const key = path.join(".").replaceAll(".[]", "[]");
  const secret = doc.secret === true ? " *(secret)*" : "";
  const fallback = doc.fallback === undefined ? "" : `\`${doc.fallback}\``;
  return `| \`${key}\`${secret} | ${doc.env === undefined ? "" : `\`${doc.env}\``} | ${cell(doc.says)} | ${cell(doc.expected)} | ${fallback} |`;
}

function cell(text: string): string {
  const parts = text.replaceAll("|", "\\|").split("`");
  return parts.map((part, index) => (index % 2 === 0 ? part.replaceAll("<", "&lt;") : part)).join("`"); // in code it would be shown as it is
}
