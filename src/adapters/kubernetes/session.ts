import { OomphError } from "../../domain/errors.ts";
import type { Log } from "../../ports/log.ts";
import type { KubernetesConnectionSettings } from "./settings.ts";
import { openTransport, type Transport } from "./transport.ts";

/** What all calls of one client share. */
export type Session = {
  readonly settings: KubernetesConnectionSettings;
  /** Opened at the first call. Throws as `openTransport` does, and `unreachable` once it is closed. */
  transport(): Promise<Transport>;
  /** Reads kubeconfig and credentials anew at the next call; false where that was done a moment ago. */
  renew(): boolean;
  close(): void;
};

const RENEW_EVERY_MS = 10_000;

export function openSession(settings: KubernetesConnectionSettings, log: Log): Session {
  let opening: Promise<Transport> | undefined;
  let renewedAtMs = Number.NEGATIVE_INFINITY;
  let isClosed = false;

  async function open(): Promise<Transport> {
    const transport = await openTransport(settings.access);
    const { server, tls } = transport.access;
    if (server.protocol === "http:") log.warn({ connection: settings.name }, "this cluster is reached without TLS");
    else if (!tls.verify) log.warn({ connection: settings.name }, "the certificate of this cluster is not checked");
    return transport;
  }
  return {
    settings,
    async transport() {
      if (isClosed) throw new OomphError("unreachable", `Cluster ${settings.name} is not asked any more: Oomph is shutting down.`);
      const opened = (opening ??= open());
      try {
        return await opened;
      } catch (error) {
        if (opening === opened) opening = undefined; // the file may be mended
        throw error;
      }
    },
    renew() {
      if (Date.now() - renewedAtMs < RENEW_EVERY_MS) return false;
      renewedAtMs = Date.now();
      opening = undefined; // calls that are under way keep the old one's sockets, which close when they fall idle
      return true;
    },
    close() {
      isClosed = true;
      void opening?.then(
        (transport) => transport.close(),
        () => undefined,
      );
    },
  };
}
