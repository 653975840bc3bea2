import { OomphError, type ErrorCode } from "../../domain/errors.ts";

/** An error reply. `word` is its first word (`NOPERM`, `OOM`, `ERR`), `text` the whole of it. */
export type Refusal = { readonly word: string; readonly text: string };

/** What was asked, of whom and as whom: for the sentence. */
export type Asked = { readonly server: string; readonly username: string; readonly command: string };

/** Error reply → Refusal. */
export function readRefusal(text: string): Refusal {
  return { word: /^[A-Z]+/.exec(text)?.[0] ?? "ERR", text };
}

/** A server's refusal as an error with a code and a sentence. The only place where the server's words are read. */
export function explainRefusal(refusal: Refusal, asked: Asked): OomphError {
  const { code, says, retryable } = meaning(refusal, asked);
  return new OomphError(code, `${asked.server} ${says}`, { retryable: retryable ?? false, cause: new Error(refusal.text) });
}

type Meaning = { readonly code: ErrorCode; readonly says: string; readonly retryable?: boolean };

function meaning(refusal: Refusal, asked: Asked): Meaning {
  switch (refusal.word) {
    case "NOAUTH":
      return {
        code: "wrong-credentials",
        says: "expects a password and none is configured. Give the connection a password, and a user where ACLs are used.",
      };
    case "WRONGPASS":
      return wrongPassword(asked);
    case "NOPERM":
      return noRights(refusal, asked);
    case "DENIED":
      return {
        code: "no-rights",
        says: "is in protected mode: it has no password, so it answers its own host only. Set one there (requirepass) and in this connection, or protected-mode no where only what you trust reaches it.",
      };
    case "OOM":
      return { code: "out-of-memory", says: `refused ${asked.command}: it uses more than maxmemory, and its policy made no room.` };
    default:
      return unavailable(refusal, asked) ?? plainError(refusal, asked);
  }
}

function unavailable(refusal: Refusal, asked: Asked): Meaning | undefined {
  switch (refusal.word) {
    case "LOADING":
      return { code: "loading", retryable: true, says: "is loading its data set into memory. Ask again when it is done." };
    case "MASTERDOWN":
      return {
        code: "unreachable",
        retryable: true,
        says: "is a replica that has lost its master and does not answer from old data. Look at the master first.",
      };
    case "CLUSTERDOWN":
      return {
        code: "unreachable",
        retryable: true,
        says: "belongs to a cluster that is down: some hash slots have no master. Bring the missing master back, or fail over to its replica.",
      };
    case "BUSY":
      return {
        code: "unreachable",
        retryable: true,
        says: "is busy with a script that runs for too long. SCRIPT KILL ends one that has written nothing yet.",
      };
    case "READONLY":
      return { code: "read-only", says: `is a replica and refused ${asked.command}. Ask the master.` };
    case "MISCONF":
      return {
        code: "refused",
        says: `refused ${asked.command}: its last snapshot failed and stop-writes-on-bgsave-error is on. Look at its disk and its log.`,
      };
    case "NOREPLICAS":
      return {
        code: "refused",
        retryable: true,
        says: `refused ${asked.command}: fewer replicas are connected than min-replicas-to-write.`,
      };
    case "MOVED":
    case "ASK":
      return {
        code: "bad-input",
        says: "is a node of a cluster, and the key lives on another one. Configure the connection as a cluster.",
      };
    default:
      return undefined;
  }
}

function wrongPassword({ username }: Asked): Meaning {
  const who = username === "default" ? "the default user" : `user "${username}"`;
  return {
    code: "wrong-credentials",
    says: `did not accept the password of ${who}: the password is wrong, or the user does not exist or is off. Check both (ACL LIST shows the users).`,
  };
}

function noRights({ text }: Refusal, { username, command }: Asked): Meaning {
  const user = `user "${username}"`;
  if (/\bkeys?\b/i.test(text)) {
    return {
      code: "no-rights",
      says: `does not let ${user} use ${command} on this key. Grant its key pattern: ACL SETUSER ${username} ~<pattern>, or ~* for all keys.`,
    };
  }
  return { code: "no-rights", says: `does not let ${user} run ${command}. Grant it: ACL SETUSER ${username} +${aclName(command)}` };
}

/** A script may be run, and not what it does. Newer servers name the command. */
function noRightsInScript(text: string, { username, command }: Asked): Meaning {
  const named = /run the '([\w|]+)' command/.exec(text)?.[1];
  const grants = named === undefined ? "+pttl +pexpireat +persist, and from Redis 7 on +pexpiretime" : `+${named}`;
  return {
    code: "no-rights",
    says: `lets user "${username}" run ${command}, but not a command that the script needs. Grant it: ACL SETUSER ${username} ${grants}`,
  };
}

/** `CONFIG GET` → `config|get`, as ACL rules name it. */
function aclName(command: string): string {
  return command.toLowerCase().replace(" ", "|");
}

function plainError({ text }: Refusal, asked: Asked): Meaning {
  if (/unknown (sub)?command/i.test(text)) {
    return {
      code: "no-rights",
      says: `does not know ${asked.command}: it is older than that command, or its operator has renamed or disabled it.`,
    };
  }
  if (/ACL failure in script|executing the script can't run this command/i.test(text)) return noRightsInScript(text, asked);
  if (/max number of clients/i.test(text)) {
    return {
      code: "unreachable",
      retryable: true,
      says: "has no connection left: maxclients is reached. Close idle clients or raise maxclients.",
    };
  }
  if (/invalid password/i.test(text)) return wrongPassword(asked);
  if (/for 'auth' command/i.test(text)) {
    return {
      code: "wrong-credentials",
      says: `has no ACL users, being older than Redis 6: configure a password only, without user "${asked.username}".`,
    };
  }
  if (/without a config file/i.test(text)) {
    return {
      code: "bad-input",
      says: "runs without a config file, so there is nothing to rewrite: a change lasts until it restarts. Start it with a config file.",
    };
  }
  return { code: asked.command === "CONFIG SET" ? "bad-input" : "refused", says: `refused ${asked.command}: ${text}` };
}

/** AUTH was sent to a server that asks for no password. It lets everyone in, us too. */
export function needsNoPassword({ text }: Refusal): boolean {
  return /without any password configured|no password is set/i.test(text);
}

/** SELECT named a database that the server does not have. */
export function isOutOfRange({ text }: Refusal): boolean {
  return /out of range|invalid DB index|not allowed in cluster mode/i.test(text);
}
