import { OomphError } from "../../domain/errors.ts";
import { quoted } from "./asked.ts";
import { getIn, type Asking } from "./objects.ts";
import { Endpoints, Secret, Service } from "./surroundings-schema.ts";

/** One key of a Secret. The value is for signing in with, and for nothing else. */
export async function readSecretValue(
  asking: Asking,
  place: { readonly namespace: string; readonly secret: string; readonly key: string },
): Promise<string> {
  const { namespace, secret, key } = place;
  const read = Secret.safeParse(await getIn(asking, { call: "getSecret", namespace, name: secret }));
  const data = read.success ? read.data.data : {};
  const value = data[key];
  if (value !== undefined) return Buffer.from(value, "base64").toString("utf8");
  const keys = Object.keys(data).map(quoted).join(", ") || "none";
  const says = `Secret ${quoted(secret)} in namespace ${quoted(namespace)} of cluster ${asking.client.settings.name} has no key ${quoted(key)}. It has ${keys}.`;
  throw new OomphError("not-found", says);
}

/** The pod that a Service leads to now, and the port in it. */
export async function findPodOfService(
  asking: Asking,
  place: { readonly namespace: string; readonly service: string; readonly port: number },
): Promise<{ readonly pod: string; readonly port: number }> {
  const { namespace, service, port } = place;
  const what = `Service ${quoted(service)} in namespace ${quoted(namespace)} of cluster ${asking.client.settings.name}`;
  const read = Service.safeParse(await getIn(asking, { call: "getService", namespace, name: service }));
  const ports = read.success ? (read.data.spec?.ports ?? []) : [];
  const wanted = ports.find((one) => one.port === port);
  if (wanted === undefined) {
    const has = ports.map((one) => one.port).join(", ") || "none";
    throw new OomphError("not-found", `${what} has no port ${port}. It has ${has}.`);
  }
  const endpoints = Endpoints.safeParse(await getIn(asking, { call: "getEndpoints", namespace, name: service }));
  for (const { addresses, ports: open } of endpoints.success ? endpoints.data.subsets : []) {
    // A service with one port may leave it without a name, and so do its endpoints.
    const target = open.find(({ name }) => name === wanted.name)?.port;
    const pod = addresses.find(({ targetRef }) => targetRef?.kind === "Pod")?.targetRef?.name;
    if (target !== undefined && pod !== undefined) return { pod, port: target };
  }
  throw new OomphError("not-found", `${what} leads to no pod that is ready now. Look at its pods: none may be running.`);
}
