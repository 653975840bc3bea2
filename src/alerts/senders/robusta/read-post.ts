import type { ReadPost } from "../sender.ts";
import { titledPost } from "../titled-post.ts";

const MOST_LINES = 500;
// `🔥 Prometheus Alert Firing 🔥 HighMemoryUsage`, `Alert Firing: KubePodCrashLooping`, `✅ Prometheus resolved`, `👀 K8s event detected: ...`
const TITLE =
  /\b(prometheus alert firing|alert firing|prometheus resolved|alert resolved|k8s event detected|prometheus alert resolved)\b[^\w]{0,12}(.{0,300})/i;
// `Source: prod/shop/web-6f9c8d-x2x4b`: cluster, namespace, name.
const SOURCE = /^[^\w]{0,6}source[^\w\n]{0,12}(?:([\w.-]{1,100})\/)?([\w.-]{1,100})\/([\w.-]{1,253})/im;

/** Robusta's posts of Prometheus' alerts and of events. */
export const readPost: ReadPost = ({ asWritten, text }) => {
  const lines = asWritten.split("\n", MOST_LINES);
  const at = lines.findIndex((line) => TITLE.test(line));
  if (at < 0 && !text.includes("robusta")) return undefined;
  const [, kind = "", rest = ""] = TITLE.exec(lines[at] ?? "") ?? [];
  const others = lines.filter((line, index) => index !== at && line.trim() !== "");
  const name = rest.trim() === "" ? others[0] : rest.trim();
  const [, cluster, namespace, pod] = SOURCE.exec(asWritten) ?? [];
  const places = { cluster, namespace, pod };
  const labels = Object.fromEntries(
    Object.entries(places).flatMap(([label, value]) => (value === undefined ? [] : [[label, value] as const])),
  );
  return name === undefined
    ? undefined
    : [titledPost({ name, status: /resolved/i.test(kind) ? "resolved" : "firing", lines: others, labels })];
};
