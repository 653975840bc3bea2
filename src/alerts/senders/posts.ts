import { readPost as alertmanager } from "./alertmanager/read-post.ts";
import { readPost as cloudwatch } from "./cloudwatch/read-post.ts";
import { readPost as datadog } from "./datadog/read-post.ts";
import { readPost as grafana } from "./grafana/read-post.ts";
import { readPost as hostMonitors } from "./host-monitors/read-post.ts";
import { readBotkubePost, readKubeEventerPost } from "./kubernetes-events/read-post.ts";
import { readPost as newrelic } from "./newrelic/read-post.ts";
import { readPost as pagerduty } from "./pagerduty/read-post.ts";
import { readPost as robusta } from "./robusta/read-post.ts";
import type { Sender } from "./sender.ts";
import { readPost as sentry } from "./sentry/read-post.ts";
import { wazuh } from "./wazuh/index.ts";

/** Who posts, asked in this order; the first that knows a post as its own has it. */
export const POST_READERS: readonly Required<Pick<Sender, "source" | "readPost">>[] = [
  wazuh,
  { source: "cloudwatch", readPost: cloudwatch },
  { source: "pagerduty", readPost: pagerduty },
  { source: "newrelic", readPost: newrelic },
  { source: "robusta", readPost: robusta },
  { source: "grafana", readPost: grafana },
  { source: "datadog", readPost: datadog },
  { source: "kube-eventer", readPost: readKubeEventerPost },
  { source: "botkube", readPost: readBotkubePost },
  { source: "alertmanager", readPost: alertmanager },
  { source: "sentry", readPost: sentry },
  { source: "generic", readPost: hostMonitors },
];
