import { OomphError } from "../../domain/errors.ts";
import type { DockerEndpoint } from "./settings.ts";

const EXPECTED = "Expected unix:///path/to/docker.sock, tcp://host[:port], https://host[:port] or ssh://user@host[:port]";
const PLAIN_PORT = 2375;
const TLS_PORT = 2376;
const SSH_PORT = 22;

/** Reads what `DOCKER_HOST` or a connection's `url` says. Throws OomphError `bad-input`, never repeating what may be a password. */
export function endpointFromUrl(url: string): DockerEndpoint {
  const text = url.trim();
  if (text.startsWith("unix://")) return socketAt(text.slice("unix://".length));
  if (text.startsWith("/")) return socketAt(text);
  // As another scheme, for which no port is dropped as the scheme's own.
  const plain = text.replace(/^https?:/, "tcp:");
  const parsed = URL.canParse(plain) ? new URL(plain) : undefined;
  if (parsed === undefined) throw bad("something that is not a URL");
  if (!["tcp:", "ssh:"].includes(parsed.protocol)) throw bad(`a URL that begins with ${parsed.protocol}`);
  if (parsed.hostname === "") throw bad("a URL without a host");
  if (parsed.search !== "" || parsed.hash !== "") throw bad('a URL with "?" or "#" in it');
  if (!["", "/"].includes(parsed.pathname)) throw bad("a URL with a path after the host");
  if (parsed.password !== "") throw bad("a URL with a password in it; SSH takes a key, TCP takes certificates");
  return endpointOf(parsed, { isHttps: text.startsWith("https:") });
}

/** The endpoint as it may be shown: `tcp://docker-1:2376`. */
export function formatEndpoint(endpoint: DockerEndpoint): string {
  switch (endpoint.kind) {
    case "socket":
      return `unix://${endpoint.path}`;
    case "tcp":
      return `tcp://${bracketed(endpoint.host)}:${endpoint.port}`;
    case "ssh":
      return `ssh://${endpoint.user}@${bracketed(endpoint.host)}:${endpoint.port}`;
  }
}

function endpointOf({ protocol, hostname, port, username }: URL, { isHttps }: { readonly isHttps: boolean }): DockerEndpoint {
  const host = hostname.replace(/^\[|\]$/g, "");
  const given = port === "" ? undefined : Number(port);
  if (protocol === "ssh:") {
    if (username === "") throw bad("an SSH URL without a user before the host");
    return { kind: "ssh", user: decode(username), host, port: given ?? SSH_PORT };
  }
  if (username !== "") throw bad("a URL with a user in it; TCP takes certificates");
  const atPort = given ?? (isHttps ? TLS_PORT : PLAIN_PORT);
  return { kind: "tcp", host, port: atPort, tls: isHttps || atPort === TLS_PORT };
}

function socketAt(path: string): DockerEndpoint {
  if (!path.startsWith("/")) throw bad("a socket's path that does not begin with /");
  return { kind: "socket", path };
}

function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw bad('a user with a "%" that is not an escape');
  }
}

function bad(got: string): OomphError {
  return new OomphError("bad-input", `${EXPECTED}, got ${got}.`);
}
