import { DOCKER_CALLS, nameOfCall, type DockerCall, type DockerCallName } from "../../src/adapters/docker/calls.ts";

const BEGIN = "<!-- calls: generated from src/adapters/docker/calls.ts by `npm run docs` -->";
const END = "<!-- end of calls -->";

const GROUPS: Readonly<Record<DockerCall["needs"], { readonly title: string; readonly says: string }>> = {
  reading: { title: "reading", says: "Enough to investigate and to watch." },
  "looking-inside": {
    title: "looking inside",
    says: "Health commands, cgroup files, proportional memory. It runs programs in containers: leave it out where that must not be.",
  },
  acting: {
    title: "acting",
    says: "Only after an approval. Whoever may create a container can become root on the host: leave it out where nothing is to be changed.",
  },
};

// How the daemon writes names and ids. Anything else, such as `..` or a slash, is no name and is refused.
const NAME = String.raw`\w[\w.-]*`;
const IMAGE = String.raw`${NAME}((%2F|%3A|%40|:|@)${NAME})*`;

/** The document with the table of calls between its marks as it is now. */
export function withCallTable(document: string): string {
  const [before, after] = [document.indexOf(BEGIN), document.indexOf(END)];
  if (before === -1 || after < before) throw new Error(`expected the lines "${BEGIN}" and "${END}" in the document, found not both`);
  return `${document.slice(0, before)}${BEGIN}\n${renderCallTable()}\n${document.slice(after)}`;
}

function renderCallTable(): string {
  const rows = Object.entries(GROUPS).flatMap(([needs, { title }]) =>
    callsFor(needs).map((call) => `| ${title} | \`${nameOfCall(call)}\` | ${DOCKER_CALLS[call].says} |`),
  );
  return ["| for | call | what it gives |", "|---|---|---|", ...rows].join("\n");
}

/** A configuration of nginx that lets through these calls and nothing else. */
export function renderProxyConfiguration(): string {
  const groups = Object.entries(GROUPS).map(([needs, { title, says }]) =>
    [`    # ${title[0]?.toUpperCase()}${title.slice(1)}. ${says}`, ...callsFor(needs).map((call) => `    ${ruleOf(call)}`)].join("\n"),
  );
  return `# A socket that lets through the calls that Oomph makes to a Docker daemon, and nothing else. Generated from
# src/adapters/docker/calls.ts by \`npm run docs\`. Take out the groups that you do not want to grant.
#   nginx -c /etc/oomph/docker-proxy.conf, and in oomph.yaml: url: unix:///run/oomph-docker/docker.sock
# The socket that nginx makes is open to everybody: let only Oomph's user into its folder.

user root; # whoever may speak to the daemon is root in any case
pid /run/oomph-docker/nginx.pid;
error_log stderr;
worker_processes 1;
events {
  worker_connections 512;
}

http {
  access_log off;

  # The request as it was sent: what is not spelled out here, in this way, is refused.
  map "$request_method $request_uri" $is_allowed {
    default 0;

${groups.join("\n\n")}
  }

  server {
    listen unix:/run/oomph-docker/docker.sock;
    client_max_body_size 2m;

    location / {
      if ($is_allowed = 0) {
        return 403;
      }
      proxy_pass http://unix:/var/run/docker.sock:;
      proxy_http_version 1.1;
      proxy_set_header Host docker;
      proxy_set_header Connection "";
      # Events and logs come when they come. A stream that is cut here is taken up again where it ended.
      proxy_buffering off;
      proxy_request_buffering off;
      proxy_read_timeout 1h;
    }
  }
}
`;
}

/** The version that a client may put before a path is let through; so is any query. */
function ruleOf(call: DockerCallName): string {
  const { method, path } = DOCKER_CALLS[call];
  const id = path.startsWith("/images/") ? IMAGE : NAME;
  return String.raw`"~^${method} (/v1\.\d+)?${path.replace("{id}", () => id)}(\?|$)" 1;`;
}

function callsFor(needs: string): readonly DockerCallName[] {
  const names = Object.keys(DOCKER_CALLS) as DockerCallName[];
  return names.filter((name) => DOCKER_CALLS[name].needs === needs);
}
