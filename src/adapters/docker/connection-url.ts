import { OomphError } from "../../domain/errors.ts";

/** Where a Docker host is, as a URL says it; keys and certificates are settings of their own. */
export type DockerAddress =
  | { readonly kind: "socket"; readonly path: string }
  | { readonly kind: "tcp"; readonly host: string; readonly port: number; /** `https://`, or port 2376 */ readonly tls: boolean }
  | { readonly kind: "ssh"; readonly user: string; readonly host: string; readonly port: number };

const EXPECTED = "Expected unix:///path/to/docker.sock, tcp://host[:port], https://host[:port] or ssh://user@host[:port]";
const PLAIN_PORT = 2375;
const TLS_PORT = 2376;
const SSH_PORT = 22;

/** Reads what `DOCKER_HOST` or a connection's `url` says. Throws OomphError `bad-input`, never repeating what may be a password. */
export function readDockerUrl(url: string): DockerAddress {
  const text = url.trim();
  if (text.startsWith("unix://")) return socketAt(text.slice("unix://".length));
  if (text.startsWith("/")) return socketAt(text);
  const parsed = URL.canParse(text) ? new URL(text) : undefined;
  if (parsed === undefined) throw bad("something that is not a URL");
  if (parsed.hostname === "") throw bad("a URL without a host");
  if (parsed.search !== "" || parsed.hash !== "") throw bad('a URL with "?" or "#" in it');
  if (!["", "/"].includes(parsed.pathname)) throw bad("a URL with a path after the host");
  if (parsed.password !== "") throw bad("a URL with a password in it; SSH takes a key, TCP takes certificates");
  return addressOf(parsed);
}

/** The address as it may be shown: `tcp://docker-1:2376`. */
export function formatDockerAddress(address: DockerAddress): string {
  switch (address.kind) {
    case "socket":
      return `unix://${address.path}`;
    case "tcp":
      return `tcp://${bracketed(address.host)}:${address.port}`;
    case "ssh":
      return `ssh://${address.user}@${bracketed(address.host)}:${address.port}`;
  }
}

function addressOf({ protocol, hostname, port, username }: URL): DockerAddress {
  const host = hostname.replace(/^\[|\]$/g, "");
  const given = port === "" ? undefined : Number(port);
  switch (protocol) {
    case "tcp:":
    case "http:":
    case "https:": {
      if (username !== "") throw bad("a URL with a user in it; TCP takes certificates");
      // URL drops a port that is the scheme's own.
      const atPort = given ?? (protocol === "https:" ? TLS_PORT : PLAIN_PORT);
      return { kind: "tcp", host, port: atPort, tls: protocol === "https:" || atPort === TLS_PORT };
    }
    case "ssh:":
      if (username === "") throw bad("an SSH URL without a user before the host");
      return { kind: "ssh", user: decodeURIComponent(username), host, port: given ?? SSH_PORT };
    default:
      throw bad(`a URL that begins with ${protocol}//`);
  }
}

function socketAt(path: string): DockerAddress {
  if (!path.startsWith("/")) throw bad("a socket's path that does not begin with /");
  return { kind: "socket", path };
}

function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

function bad(got: string): OomphError {
  return new OomphError("bad-input", `${EXPECTED}, got ${got}.`);
}
