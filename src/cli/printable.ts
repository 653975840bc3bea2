/** Text with what steers a terminal made visible: the names of keys come from anyone who can write to the Redis. */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- these very characters are meant
  return text.replaceAll(/[\u0000-\u0009\u000B-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069]/g, (steering) => {
    return `\\x${(steering.codePointAt(0) ?? 0).toString(16).padStart(2, "0")}`;
  });
}
