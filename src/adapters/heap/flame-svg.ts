import { formatBytes } from "../../domain/bytes.ts";
import type { FlameNode } from "../../domain/heap/flame-tree.ts";
import { FLAME_SCRIPT } from "./flame-script.ts";

const WIDTH = 1200;
const ROW = 18;
const TOP = 64;
const EDGE = 10;
/** A letter of DejaVu Sans at 12 px is about so wide. */
const LETTER = 7;
const FONT = "DejaVu Sans, Verdana, sans-serif";
const COLORS = { ink: "#1f2937", faint: "#6b7280", paper: "#ffffff", calm: "#e5e7eb" } as const;
// Calls of one package share a colour, so that the eye finds them; which one means nothing.
const WARM = ["#fbbf77", "#f9a66c", "#f7c873", "#f4b183", "#f6d186", "#eeb36a", "#f5c06b", "#f0a875"] as const;

/**
 * A flame graph, the outermost call on top, as an SVG that needs nothing from outside: a click on a call gives it the
 * whole width, the search marks names. As wide as its memory; where the node says how much came since the snapshot before,
 * red is growth and grey is none.
 */
export function flameSvg(root: FlameNode, title: string): string {
  const rows = depthOf(root);
  const height = TOP + rows * ROW + EDGE;
  const compares = root.grownBytes !== undefined;
  const grew = compares ? `, ${signed(root.grownBytes ?? 0)} since the profile before (red: grew)` : "";
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="${FONT}" font-size="12">`,
    `<rect width="100%" height="100%" fill="${COLORS.paper}"/>`,
    text({ x: EDGE, y: 22, size: 16, fill: COLORS.ink }, title),
    text({ x: EDGE, y: 42, size: 13, fill: COLORS.faint }, `Memory in use by call: ${formatBytes(root.bytes)}${grew}`),
    `<text id="hint" x="${EDGE}" y="58" font-size="12" fill="${COLORS.faint}">Outermost call on top; width is memory.</text>`,
    `<g id="frames" data-width="${WIDTH - 2 * EDGE}" data-left="${EDGE}">`,
    ...frames(root, { x: 0, depth: 0, total: Math.max(1, root.bytes) }),
    "</g>",
    `<script><![CDATA[${FLAME_SCRIPT}]]></script>`,
    "</svg>",
  ].join("\n");
}

type Place = { readonly x: number; readonly depth: number; readonly total: number };

/** `data-x` and `data-w` are shares of the whole: the script lays calls out anew by them. */
function* frames(node: FlameNode, { x, depth, total }: Place): Generator<string> {
  const share = node.bytes / total;
  const inner = WIDTH - 2 * EDGE;
  const [left, width, y] = [EDGE + x * inner, Math.max(0.5, share * inner - 0.5), TOP + depth * ROW];
  const grown = node.grownBytes === undefined ? "" : `, ${signed(node.grownBytes)}`;
  yield `<g class="f" data-x="${x.toFixed(6)}" data-w="${share.toFixed(6)}" data-d="${depth}"><title>${escaped(node.name)} (${formatBytes(node.bytes)}, ${(share * 100).toFixed(1)}%${grown})</title><rect x="${left.toFixed(1)}" y="${y}" width="${width.toFixed(1)}" height="${ROW - 1}" rx="2" fill="${colorOf(node)}"/><text x="${(left + 4).toFixed(1)}" y="${y + 13}" fill="${COLORS.ink}">${escaped(fitting(node.name, width))}</text></g>`;
  let childX = x;
  for (const child of node.children) {
    yield* frames(child, { x: childX, depth: depth + 1, total });
    childX += child.bytes / total;
  }
}

function depthOf({ children }: FlameNode): number {
  return 1 + Math.max(0, ...children.map(depthOf));
}

/** The end of a name says more than its beginning. */
function fitting(name: string, width: number): string {
  const letters = Math.floor((width - 8) / LETTER);
  if (letters < 3) return "";
  return name.length <= letters ? name : `…${name.slice(name.length - letters + 1)}`;
}

function colorOf({ name, bytes, grownBytes }: FlameNode): string {
  if (grownBytes === undefined) return WARM[hash(packageOf(name)) % WARM.length] ?? COLORS.calm;
  const share = Math.max(-1, Math.min(1, grownBytes / Math.max(1, bytes)));
  if (Math.abs(share) < 0.01) return COLORS.calm;
  const pale = Math.round(215 - 140 * Math.min(1, Math.abs(share) * 1.5));
  return share > 0 ? `rgb(239,${pale},${pale})` : `rgb(${pale},${pale},239)`;
}

/** `github.com/a/b.(*T).m` → `github.com/a/b`. */
function packageOf(name: string): string {
  const slash = name.lastIndexOf("/");
  const dot = name.indexOf(".", slash + 1);
  return dot === -1 ? name : name.slice(0, dot);
}

function hash(word: string): number {
  let sum = 7;
  for (let at = 0; at < word.length; at += 1) sum = (sum * 31 + word.charCodeAt(at)) % 1_000_003;
  return sum;
}

function signed(bytes: number): string {
  if (bytes === 0) return "unchanged";
  return bytes > 0 ? `+${formatBytes(bytes)}` : `−${formatBytes(-bytes)}`;
}

function text(how: { readonly x: number; readonly y: number; readonly size: number; readonly fill: string }, words: string): string {
  return `<text x="${how.x}" y="${how.y}" font-size="${how.size}" fill="${how.fill}">${escaped(words.slice(0, 140))}</text>`;
}

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };

/** Names come from the program that was looked at: markup is data, and what XML does not allow or turns text around goes. */
function escaped(words: string): string {
  return words
    .replaceAll(/[^\t\n\u0020-\ud7ff\ue000-\ufffd]|[\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g, "\u00b7")
    .replaceAll(/[&<>"']/g, (sign) => ENTITIES[sign] ?? "");
}
