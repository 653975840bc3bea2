import type { Line } from "./lines.ts";

/** A row of `kubectl get pods`. */
export type PodRow = {
  readonly namespace: string;
  readonly name: string;
  /** `OOMKilled`, `Init:OOMKilled`, `CrashLoopBackOff`, `Running` ... */
  readonly status: string;
  readonly ready: boolean;
  readonly restarts: number;
  /** Only wide rows tell. */
  readonly node: string;
};

const NAME = "[a-z0-9][-a-z0-9.]*";
const STATUS = "(?:Init:|Signal:|ExitCode:|PodInit)?[A-Za-z0-9:/]+";
// `web-7c9-x2x4b   1/2   OOMKilled   3 (20s ago)   5m   10.1.0.7   node-1   <none>   <none>`
const ROW = new RegExp(
  String.raw`^(?:(${NAME})\s+)?(?:pod/)?(${NAME})\s+(\d+)/(\d+)\s+(${STATUS})\s+(\d+)(?:\s+\([^)]{1,40}\))?\s+(?:<\w+>|(?:\d+[ywdhms])+)(?:\s+(?:<none>|[\d.:a-f]+)\s+(<none>|${NAME}))?(?:\s|$)`,
);

/** Undefined: the line is no such row. */
export function readPodRow({ text }: Line): PodRow | undefined {
  const [found, namespace = "", name = "", ready, of, status = "", restarts, node = ""] = ROW.exec(text) ?? [];
  if (found === undefined) return undefined;
  return { namespace, name, status, ready: ready === of && of !== "0", restarts: Number(restarts), node: node === "<none>" ? "" : node };
}
