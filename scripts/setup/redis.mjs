import { aptGet, isInstalled, rootPrefix } from "./programs.mjs";

const BY_HAND = `Install a Redis server (6.2 or newer), then run this again:
    Debian, Ubuntu   sudo apt-get install redis-server
    Fedora, RHEL     sudo dnf install redis        (or valkey-compat-redis)
    macOS            brew install redis
    Alpine           sudo apk add redis`;

/** The demo and the tests start their own redis-server: brings the program where apt-get may be used without asking. */
export function bringRedis() {
  if (isInstalled("redis-server")) return undefined;
  const asRoot = rootPrefix();
  if (asRoot === undefined || !isInstalled("apt-get")) throw new Error(`redis-server is not installed. ${BY_HAND}`);
  console.error("set-up: installing redis-server with apt-get");
  const install = () => aptGet(asRoot, ["install", "-y", "--no-install-recommends", "redis-server"]);
  const installed = install() || (aptGet(asRoot, ["update"]) && install());
  if (!installed || !isInstalled("redis-server")) throw new Error(`apt-get could not install redis-server. ${BY_HAND}`);
  return "redis-server installed (where systemd runs, the package has also started one on 127.0.0.1:6379; Oomph does not use it)";
}
