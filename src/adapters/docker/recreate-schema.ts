import { z } from "zod";
import type { Json } from "../../domain/json.ts";

// What inspecting a container and an image answers, as far as making another one like it needs to look into it. All the
// rest goes over as it is, fields of daemons to come included.

const json: z.ZodType<Json> = z.json();
const texts = z.array(z.string()).nullish();
const textByName = z.record(z.string(), z.string()).nullish();
const named = z.record(z.string(), json).nullish();

const Config = z
  .object({
    Hostname: z.string().default(""),
    Image: z.string(),
    Env: texts,
    Entrypoint: texts,
    Cmd: texts,
    Labels: textByName,
    ExposedPorts: named,
    Volumes: named,
    StopTimeout: z.number().nullish(),
    /** Only one that was asked for. */
    MacAddress: z.string().nullish(),
  })
  .catchall(json);

const Mount = z.object({ Type: z.string().default("volume"), Source: z.string().optional(), Target: z.string() }).catchall(json);

const PortBinding = z.object({ HostIp: z.string().optional(), HostPort: z.string().default("") });
const ports = z.record(z.string(), z.array(PortBinding).nullable()).nullish();

const HostConfig = z
  .object({
    NetworkMode: z.string().default("default"),
    UTSMode: z.string().default(""),
    PidMode: z.string().default(""),
    IpcMode: z.string().default(""),
    Binds: texts,
    Mounts: z.array(Mount).nullish(),
    VolumesFrom: texts,
    Links: texts,
    PortBindings: ports,
    PublishAllPorts: z.boolean().default(false),
    AutoRemove: z.boolean().default(false),
    RestartPolicy: z.object({ Name: z.string(), MaximumRetryCount: z.number().default(0) }).default({ Name: "no", MaximumRetryCount: 0 }),
    Memory: z.number().default(0),
    MemorySwap: z.number().default(0),
    MemoryReservation: z.number().default(0),
  })
  .catchall(json);

const Endpoint = z.object({
  IPAMConfig: named,
  Links: texts,
  Aliases: texts,
  DriverOpts: textByName,
  GwPriority: z.number().optional(),
  NetworkID: z.string().default(""),
  IPAddress: z.string().default(""),
  GlobalIPv6Address: z.string().default(""),
  Gateway: z.string().default(""),
  IPv6Gateway: z.string().default(""),
  MacAddress: z.string().default(""),
});
export type Endpoint = z.output<typeof Endpoint>;

const MountPoint = z.object({
  Type: z.string(),
  Name: z.string().optional(),
  /** Of a volume. */
  Driver: z.string().optional(),
  Source: z.string().default(""),
  Destination: z.string(),
  RW: z.boolean(),
  Propagation: z.string().default(""),
});
export type MountPoint = z.output<typeof MountPoint>;

/** `GET /containers/{id}/json`. */
export const Inspected = z.object({
  Id: z.string(),
  Name: z.string(),
  /** The image's id. */
  Image: z.string(),
  State: z.object({ Running: z.boolean() }),
  SizeRw: z.number().optional(),
  Config,
  HostConfig,
  Mounts: z.array(MountPoint).default([]),
  NetworkSettings: z.object({ Ports: ports, Networks: z.record(z.string(), Endpoint).nullish() }),
});
export type Inspected = z.output<typeof Inspected>;

/** `GET /images/{id}/json`. */
export const InspectedImage = z.object({
  Id: z.string(),
  Config: z.object({ Env: texts, Entrypoint: texts, Labels: textByName, ExposedPorts: named, Volumes: named }).nullish(),
});
export type InspectedImage = z.output<typeof InspectedImage>;

/** `GET /containers/{id}/changes`: nothing written is `null`. */
export const Changes = z.array(z.object({ Path: z.string() })).nullable();

/** `GET /containers/json`. */
export const Listed = z.array(z.object({ Id: z.string() }));

/** What will be sent, as JSON carries it: members that are not set are left out. */
export function toJson(value: unknown): Json {
  return json.parse(JSON.parse(JSON.stringify(value ?? null)));
}

/** `POST /containers/create`. */
export const Created = z.object({ Id: z.string() });
