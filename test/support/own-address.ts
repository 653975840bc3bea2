import { networkInterfaces } from "node:os";

/** An address of this machine that is not its loopback: a server takes who comes by it for a stranger. Undefined: it has none. */
export const OWN_ADDRESS = Object.values(networkInterfaces())
  .flatMap((addresses) => addresses ?? [])
  .find(({ family, internal }) => family === "IPv4" && !internal)?.address;
