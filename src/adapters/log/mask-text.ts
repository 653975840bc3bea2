export type MaskText = (text: string) => string;

// Shorter ones would be found in ordinary words.
const SHORTEST_SECRET = 4;

const SHAPES: readonly (readonly [RegExp, string])[] = [
  // user:password@ in any URL, up to the last @ before the path: a password may hold one.
  [/([a-z][a-z0-9+.-]*:\/\/)[^\s/"'<>]*@/gi, "$1***@"],
  [/\bxox[a-z](?:\.xox[a-z])?-[\w-]{4,}/gi, "xox*-***"],
  [/\bxapp-[\w-]{4,}/gi, "xapp-***"],
  // A response URL is a secret: who has it can post.
  [/(hooks\.slack\.com\/[a-z]+\/)[^\s"'<>]+/gi, "$1***"],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/gi, "$1 ***"],
  // `secret: <secret>` is what a hint says.
  [/\b((?:password|passwd|pwd|requirepass|masterauth|secret|token|api[_-]?key)["']?\s*[=:]\s*["']?)(?!<[a-z]+>)[^\s"',;&]+/gi, "$1***"],
];

/** Makes a function that takes secrets out of text: these very values however encoded, and whatever has a secret's shape. */
export function maskText(secrets: readonly string[]): MaskText {
  const values = [...new Set(secrets.filter((secret) => secret.length >= SHORTEST_SECRET).flatMap(spellings))];
  const longestFirst = values.toSorted((left, right) => right.length - left.length);
  return (text) => {
    const shaped = SHAPES.reduce((masked, [shape, instead]) => masked.replace(shape, instead), text);
    return longestFirst.reduce((masked, secret) => masked.replaceAll(secret, "***"), shaped);
  };
}

function spellings(secret: string): readonly string[] {
  return [secret, encodeURIComponent(secret), Buffer.from(secret).toString("base64"), JSON.stringify(secret).slice(1, -1)];
}
