/** What `top` was asked for: whose containers, and which of them. */
export type TopAsked = {
  /** Of Docker hosts, or of clusters' pods; absent: both. */
  readonly of?: "containers" | "pods";
  /** Part of a name. */
  readonly filter?: string;
  /** Labels of pods, as kubectl takes them: `app=web,tier!=batch`. */
  readonly selector?: string;
};

/** `pods app=web`, `containers kong`, `kong`; a sentence where that is not what was typed. */
export function readTopWords(words: readonly string[]): TopAsked | string {
  const of = whoseOf(words[0]);
  const rest = of === undefined ? words : words.slice(1);
  const [filter, ...more] = rest;
  if (more.length > 0) return `expected one part of a name, got ${rest.length}: ${rest.slice(0, 4).join(" ").slice(0, 60)}`;
  const whose = of === undefined ? {} : { of };
  if (filter === undefined) return whose;
  if (!filter.includes("=")) return { ...whose, filter };
  if (of === "containers") return `"${filter.slice(0, 60)}" are labels of pods: expected part of a container's name`;
  return { of: "pods", selector: filter };
}

function whoseOf(word: string | undefined): TopAsked["of"] {
  if (/^(containers?|docker)$/i.test(word ?? "")) return "containers";
  return /^(pods?|po)$/i.test(word ?? "") ? "pods" : undefined;
}
