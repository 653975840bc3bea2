import { BUILT_IN_RULES } from "../../src/alerts/rules/index.ts";
import type { AlertCondition, AlertRule } from "../../src/domain/alert-rule.ts";

const INTRODUCTION = `# Rules for alerts

<!-- Generated from src/alerts/rules by \`npm run docs\`; a test fails when this file is not current. -->

What is about memory, of which class it is, and whose memory it may be is decided by rules, the first that fits:

1. **Log lines** of a kernel that killed (and of systemd-oomd, earlyoom, nohang), which say exactly what happened: rule \`kernel-lines\`.
2. **Your own rules**, \`alerts.rules\` in \`oomph.yaml\`, in the order in which they are written. One that says \`memory: no\` silences
   log lines too.
3. **The rules that are built in**, below: what an alert is called counts for more than what it says.

Where none fits it is not about memory (rule \`none\`). \`oomph explain\` tells for any alert which rule has decided, those of your
\`oomph.yaml\` included.

| memory | what is done |
|---|---|
| \`yes\` | an incident with its thread; it ends when all its alerts have resolved |
| \`unsure\` | at most a quiet offer to look |
| \`no\` | nothing, without a trace |

## Your own
A fragment of \`oomph.yaml\`:
\`\`\`yaml
alerts:
  rules:
    - id: batch-jobs
      says: Nightly jobs may use what they like
      when:
        - name: [HighMemory*]
          labels: { namespace: [batch, batch-*] }
      verdict: { memory: no }
    - id: image-proxy
      says: Our image proxy says in its own words that it is short of memory
      when:
        - phrases: [vips cache exhausted]
        - parts: [[imgproxy], [cache, pool]]
      unless:
        - labels: { env: [dev] }
      verdict: { memory: yes, class: memory_high, about: workload }
\`\`\`
\`when\` is a list of conditions: any one of them is enough, and in it all that is given must fit. \`unless\` is such a list too: none of
it may fit. Upper and lower case are the same. \`*\` stands for anything; there are no regular expressions, so that no rule can be slow.

| in a condition | fits |
|---|---|
| \`name\` | the alert's whole name; only letters and digits count: \`HighMemory*\` fits \`high_memory_usage\` |
| \`parts\` | parts of its name (\`KubePodOOMKilled\`: kube, pod, oom, killed): of each list one |
| \`labels\` | values of labels, by name; each must be there. Where an exporter reports, \`pod\`, \`container\` and \`namespace\` are the victim's |
| \`phrases\` | whole words in its name or text; with \`*\` at an end they may go on there. Addresses of pages are not looked at |
| \`sentence\` | words \`of\` and words \`near\` them: on one line, at most 120 characters apart |
| \`metric\` | what is measured, where the sender names it |
| \`source\` | who sends |

\`verdict\` has \`memory\` (\`yes\`, \`no\`, \`unsure\`), and may have a \`class\` (see below; \`memory_high\` where nothing is said), \`about\` (\`redis\`,
\`container\`, \`workload\`, \`node\`; else told by what the alert names), \`severity\` (\`critical\`, \`warning\`, \`info\`; else as its sender
says), and \`nobody\`: taken instead of \`memory\` where it names nobody. A \`class\` that your rule names is what
the alert is, whomever it names; where none is named, memory that a machine is short of is \`node_memory_high\`.

## Those that are built in
In the order in which they are asked.
`;

/** docs/alert-rules.md, whole. */
export function renderAlertRules(): string {
  const rows = BUILT_IN_RULES.map(({ id, says, verdict }) => `| \`${id}\` | ${cell(says)} | ${verdictOf(verdict)} |`);
  const details = BUILT_IN_RULES.map(detail);
  return `${INTRODUCTION}\n| rule | what it recognises | verdict |\n|---|---|---|\n${rows.join("\n")}\n\n## What they look at\n${details.join("\n")}\n`;
}

function verdictOf({ memory, class: kind, about, nobody }: AlertRule["verdict"]): string {
  const named = memory === "no" ? [] : [kind ?? "memory_high", ...(about === undefined ? [] : [`about ${about}`])];
  return [memory, ...named, ...(nobody === undefined || nobody === memory ? [] : [`${nobody} where nobody is named`])].join(", ");
}

function detail({ id, when, unless = [] }: AlertRule): string {
  const lines = [...when.map((one) => `- ${condition(one)}`), ...unless.map((one) => `- not where ${condition(one)}`)];
  return `\n### ${id}\n${lines.join("\n")}`;
}

function condition({ name, parts, labels, phrases, sentence, metric, source }: AlertCondition): string {
  return [
    ...(source === undefined ? [] : [`source ${listed(source)}`]),
    ...(name === undefined ? [] : [`name ${listed(name)}`]),
    ...(parts === undefined ? [] : [`parts ${parts.map(listed).join(" with ")}`]),
    ...(labels === undefined ? [] : Object.entries(labels).map(([label, values]) => `label \`${label}\` ${listed(values)}`)),
    ...(metric === undefined ? [] : [`metric ${listed(metric)}`]),
    ...(phrases === undefined ? [] : [`phrases ${listed(phrases)}`]),
    ...(sentence === undefined ? [] : [`${listed(sentence.of)} near ${listed(sentence.near)}`]),
  ].join("; and ");
}

function listed(patterns: readonly string[]): string {
  return patterns.map((pattern) => `\`${pattern}\``).join(", ");
}

function cell(text: string): string {
  return text.replaceAll("|", "\\|");
}
