// What `redis-cli --no-raw` prints, and what the server must have said. Source: cliFormatReplyTTY of Redis 3 to 8.

/** Commands whose text it prints as it is. */
const PRINTED_BARE =
  /^(info|lolwut|client (list|info)|cluster (nodes|info)|memory (doctor|malloc-stats)|latency (graph|doctor)|proxy|debug htstats)/;
const ESCAPES: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", a: "\x07", b: "\b" };
const EMPTY = ["(empty array)", "(empty list or set)", "(empty set)", "(empty hash)"];

/** A reply in RESP2. `command`: the first two words of the request, in small letters. Texts are latin1: one character, one byte. */
export function toResp(printed: string, command: string): Buffer {
  const text = PRINTED_BARE.test(command) ? bare(printed) : readValue({ text: printed, at: 0 }, 0);
  return Buffer.from(text, "latin1");
}

/** An error is one line that begins with its code; INFO and the like never look so. */
function bare(printed: string): string {
  const line = printed.replace(/\n$/, "").replace(/^\(error\) /, "");
  return /^[A-Z]+ [^\n]*$/.test(line) ? `-${line}\r\n` : bulk(printed.replace(/\n$/, ""));
}

type Reader = { readonly text: string; at: number };

/** Reads one value, its line feed included; `indent`: how far its parents' numbers have moved it to the right. */
function readValue(reader: Reader, indent: number): string {
  const first = /^( *)(\d+)\) /.exec(reader.text.slice(reader.at, reader.at + 64));
  return first === null ? readLine(reader) : readArray(reader, { indent, width: (first[1] ?? "").length + (first[2] ?? "").length });
}

/** The first number stands where its parent has put it; the others begin lines of their own. */
function readArray(reader: Reader, { indent, width }: { readonly indent: number; readonly width: number }): string {
  const items: string[] = [];
  reader.at += width + 2;
  for (;;) {
    items.push(readValue(reader, indent + width + 2));
    const next = `${" ".repeat(indent)}${String(items.length + 1).padStart(width)}) `;
    if (!reader.text.startsWith(next, reader.at)) return `*${items.length}\r\n${items.join("")}`;
    reader.at += next.length;
  }
}

function readLine(reader: Reader): string {
  const end = reader.text.indexOf("\n", reader.at);
  const line = reader.text.slice(reader.at, end < 0 ? undefined : end);
  reader.at = end < 0 ? reader.text.length : end + 1;
  if (line.startsWith('"')) return bulk(unquote(line));
  if (line === "(nil)") return "$-1\r\n";
  if (EMPTY.includes(line)) return "*0\r\n";
  const [, kind, rest = ""] = /^\((integer|error)\) (.*)$/.exec(line) ?? [];
  if (kind === "integer") return `:${rest}\r\n`;
  return `${kind === "error" ? `-${rest}` : `+${line}`}\r\n`;
}

function unquote(line: string): string {
  return line
    .slice(1, line.endsWith('"') ? -1 : undefined)
    .replaceAll(/\\(?:x([0-9a-f]{2})|(.))/g, (_all, hex: string | undefined, sign: string | undefined) =>
      hex === undefined ? (ESCAPES[sign ?? ""] ?? sign ?? "") : String.fromCharCode(Number.parseInt(hex, 16)),
    );
}

function bulk(text: string): string {
  return `$${text.length}\r\n${text}\r\n`;
}
