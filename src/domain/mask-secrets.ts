const HIDDEN = "***";

// Names under which secrets are kept. A name that ends in _FILE or _PATH holds the way to one, not the secret.
const SECRET_NAME =
  /pass(?!enger|ive|through)|pwd|secret|token|credential|api_?key|access_?key|private_?key|signing|encryption|salt$|jwt|hmac|bearer|cookie|dsn|license_?(key|data)|webhook|(^|_)(auth|key|sid|pem|cert)$/i;
const HARMLESS_NAME = /(_file|_path|_dir|_enabled|_ttl|_timeout|_size|_count|_bytes)$/i;

// What is a secret by its looks, wherever it stands. Each runs once over the text, without going back.
const SHAPES: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [A-Z ]{1,40}-----[^-]*(?:-----END [A-Z ]{1,40}-----)?/g, HIDDEN],
  // user:password@ in any URL, up to the last @ before the path: a password may hold one.
  [/\b([a-z][a-z0-9+.-]{0,30}:\/\/)[^\s/"'<>]{1,500}@/gi, `$1${HIDDEN}@`],
  [/(hooks\.slack\.com\/[a-z]{1,20}\/)[^\s"'<>]+/gi, `$1${HIDDEN}`],
  [/\beyJ[\w-]{8,}\.[\w-]{4,}(?:\.[\w-]*)?/g, HIDDEN],
  [/\b(?:xox[a-z]|xapp|gh[pousr]|glpat|sk|rk|pk|npm|pypi|hvs|dop|shpat)[-_][\w-]{8,}/g, HIDDEN],
  [/\bgithub_pat_\w{8,}/g, HIDDEN],
  [/\b(?:AKIA|ASIA)[A-Z0-9]{12,}/g, HIDDEN],
  [/\b(Bearer|Basic)\s+[\w.~+/=-]{6,}/gi, `$1 ${HIDDEN}`],
  // A variable in a manifest: {"name": "DB_PASSWORD", "value": "abc"}, or the same as YAML.
  [
    /(\bname\\{0,6}["']?\s{0,3}:\s{0,3}\\{0,6}["']?[\w.-]{0,60}(?:pass|pwd|secret|token|key|credential)[\w.-]{0,60}\\{0,6}["']?[,\s]\s{0,20}\\{0,6}["']?value\\{0,6}["']?\s{0,3}:\s{0,3})(?!\\{0,6}["']?\*\*\*)(\\{1,6}"[^"\\]{1,500}\\{1,6}"|"[^"]{1,500}"|'[^']{1,500}'|[^\s"',;&]+)/gi,
    `$1${HIDDEN}`,
  ],
  // --password hunter2, password=hunter2, "token": "abc", -Ddb.password=x, in columns too; quotes may be escaped, within a quoted
  // command. A sentence goes on with a little word: "the credentials for its metrics are refused".
  [
    /((?:pass(?:word|wd|phrase)?|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|credentials?)\\{0,6}["']?(?:\s{0,3}[=:][ \t]{0,60}\s{0,3}|\s{1,3}(?!(?:for|of|to|in|is|are|was|were|and|or|from|by|on|at|has|have|not)(?:[\s.,;]|$))))(?!\\{0,6}["']?(?:\*\*\*|value\\{0,6}["']?\s{0,3}:))(\\{1,6}"[^"\\]{1,500}\\{1,6}"|"[^"]{1,500}"|'[^']{1,500}'|[^\s"',;&]+)/gi,
    `$1${HIDDEN}`,
  ],
];

/** Takes out of a text whatever looks like a secret: tokens, keys, passwords in URLs and after their names. Pure. */
export function maskSecrets(text: string): string {
  const shaped = SHAPES.reduce((masked, [shape, instead]) => masked.replace(shape, instead), text);
  return shaped.replaceAll(/[A-Za-z0-9+/_=-]{24,}/g, (word) => (looksRandom(word) ? HIDDEN : word));
}

/** A variable's value, fit to be stored and shown: hidden whole where its name says secret, else what looks like one is taken out. */
export function maskVariable(name: string, value: string): string {
  if (value === "") return value;
  return SECRET_NAME.test(name) && !HARMLESS_NAME.test(name) ? HIDDEN : maskSecrets(value);
}

/** Whether masking took something out. */
export function isMasked(text: string): boolean {
  return text.includes(HIDDEN);
}

/** Letters of both cases and digits mixed, or long hexadecimal: keys look so, words and paths do not. */
function looksRandom(word: string): boolean {
  if (/^[0-9a-f]{32,}$/i.test(word) && /\d/.test(word) && /[a-f]/i.test(word)) return true;
  if (/[/_-][A-Za-z]{2,}[/_-]/.test(word)) return false;
  const changes = word.split("").filter((character, at) => at > 0 && kindOf(character) !== kindOf(word[at - 1] ?? "")).length;
  return /\d/.test(word) && /[a-z]/.test(word) && /[A-Z]/.test(word) && changes >= word.length / 4;
}

function kindOf(character: string): "digit" | "upper" | "lower" {
  if (/\d/.test(character)) return "digit";
  return /[A-Z]/.test(character) ? "upper" : "lower";
}
