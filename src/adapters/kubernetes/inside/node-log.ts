import type { NodeKernelLog } from "../../../ports/clusters.ts";
import { quoted } from "../asked.ts";
import type { Asking } from "../objects.ts";

// Under /var/log of a node, best first: Debian's and SUSE's, Red Hat's, all of it together, what the boot said.
const FILES = ["kern.log", "messages", "syslog", "dmesg"];
const MAX_LISTING_BYTES = 262_144;

/** The end of a node's kernel log, where its kubelet serves /var/log and something writes one there. */
export async function readNodeKernelLog(asking: Asking, node: string, maxBytes: number): Promise<NodeKernelLog> {
  const { status, body } = await asking.client.raw({ call: "nodeProxy", name: node, path: "/logs/" }, MAX_LISTING_BYTES);
  const kubelet = `The kubelet of node ${quoted(node)}`;
  if (status >= 300) return absent(`${kubelet} does not serve the node's logs (status ${status}; enableSystemLogHandler may be off).`);
  const there = namesIn(Buffer.from(body).toString("utf8"));
  const file = FILES.find((name) => there.has(name));
  if (file === undefined)
    return absent(
      `${kubelet} serves /var/log, and there is no kernel log in it (looked for ${FILES.join(", ")}): the journal may keep it.`,
    );
  return { kind: "read", text: await readEnd(asking, { node, file }, maxBytes) };
}

function absent(because: string): NodeKernelLog {
  return { kind: "absent", because: `${because} Look there: journalctl -k.` };
}

/** A page of links, as Go's server of files writes it. */
function namesIn(page: string): ReadonlySet<string> {
  return new Set([...page.matchAll(/href="([^"/]+)"/g)].map(([, name = ""]) => decode(name)));
}

/** A server of files sends the end alone; of one that sends all, the end is kept. */
async function readEnd(
  { client }: Asking,
  { node, file }: { readonly node: string; readonly file: string },
  maxBytes: number,
): Promise<string> {
  let kept: Buffer[] = [];
  let bytes = 0;
  const request = { call: "nodeProxy", name: node, path: `/logs/${file}`, accept: "*/*", range: `bytes=-${maxBytes}` } as const;
  await client.stream(request, (chunk) => {
    kept.push(chunk);
    bytes += chunk.length;
    if (bytes < 2 * maxBytes) return;
    kept = [Buffer.concat(kept).subarray(-maxBytes)];
    bytes = maxBytes;
  });
  return Buffer.concat(kept).subarray(-maxBytes).toString("utf8");
}

function decode(name: string): string {
  try {
    return decodeURIComponent(name);
  } catch {
    return name;
  }
}
