/**
 * Changing containers on the configured Docker hosts. Methods throw OomphError with the codes of `containers.ts`. Each is
 * one step that is done or not done; nothing is retried or undone in here. Containers are named by id.
 */
export type ContainerActs = {
  /** Does not connect yet. Throws `bad-input` for a connection that is not configured. */
  host(connection: string): HostActs;
};

export type HostActs = {
  definition(container: string): Promise<ContainerDefinition>;
  /**
   * Throws `no-rights`, naming the call, when one of these is not let through. Nothing is touched: they are asked of what
   * there is none of, so a change that would be stopped half-way is not begun.
   */
  checkRights(acts: readonly Act[]): Promise<void>;
  /** Containers that hang on this one and are cut off when another takes its place. */
  dependents(container: string): Promise<readonly Dependent[]>;
  /** What it has written outside its volumes. */
  ownLayer(container: string): Promise<OwnLayer>;
  /** As it runs, without a restart. */
  setMemory(container: string, memory: MemoryLimits): Promise<void>;
  setRestartPolicy(container: string, policy: RestartPolicy): Promise<void>;
  /**
   * A container made like another one, not started: of the same image id, with the same volumes (anonymous ones too) and
   * networks, and with what the recipe changes. Returns its id. When only a part of it could be made, nothing is left.
   */
  createLike(container: string, recipe: Recipe): Promise<string>;
  /** Running already is no error. */
  start(container: string): Promise<void>;
  /** With the time that the container is given to end by itself. Stopped already is no error. */
  stop(container: string): Promise<void>;
  restart(container: string): Promise<void>;
  rename(container: string, name: string): Promise<void>;
  /** Stopped ones only, unless `running` may go as well. Its volumes stay. Gone already is no error. */
  remove(container: string, which: "stopped" | "running"): Promise<void>;
};

export type Act = "create" | "start" | "stop" | "restart" | "rename" | "update" | "remove";

/** What makes a container what it is: by which two are compared, and one is made like another. */
export type ContainerDefinition = {
  /** 64 hex digits. */
  readonly id: string;
  readonly name: string;
  /** `sha256:...`. */
  readonly imageId: string;
  /** The image as it was asked for, such as `kong:3.4`. */
  readonly image: string;
  /**
   * Path → canonical JSON: `HostConfig.Memory` → `2147483648`, `Env.PATH` → `"/bin"`, `Mounts./data` → `{...}`. What is
   * empty or not set is not in it, nor is what belongs to one life only (id, name, state, addresses given by Docker).
   * Values of the environment are as they are: never store or show them.
   */
  readonly fields: Readonly<Record<string, string>>;
  /** As the process gets it. Values are as they are. */
  readonly environment: Readonly<Record<string, string>>;
  /** False: the image is gone, so no container like this one can be made. */
  readonly hasImage: boolean;
  /** Names of variables that come with the image. */
  readonly imageEnvironment: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
  readonly restartPolicy: RestartPolicy;
  /** `--rm`: Docker removes it as soon as it stops. */
  readonly autoRemove: boolean;
  readonly memory: MemoryLimits;
  readonly memoryReservationBytes: number;
  /** Ports for which Docker chose the host's port, and would choose another: `80/tcp (now 49153)`. */
  readonly randomPorts: readonly string[];
  /** Ports of the host that lead to it; in the host's own network those that it says it listens on. */
  readonly hostPorts: readonly number[];
  /** Its host's addresses in its networks. */
  readonly gateways: readonly string[];
  /** Its addresses in its networks, and the names that it has there. */
  readonly addresses: readonly string[];
  readonly aliases: readonly string[];
  readonly hostname: string;
  /** How long it is given to end by itself. */
  readonly stopTimeoutMs: number;
};

/** Docker's own figures: 0 is not set, -1 (swap only) is unlimited. `memorySwapBytes` is memory and swap together. */
export type MemoryLimits = { readonly memoryBytes: number; readonly memorySwapBytes: number };

export type RestartPolicy = {
  /** `no`, `always`, `unless-stopped`, `on-failure`. */
  readonly name: string;
  readonly maximumRetryCount: number;
};

export type Recipe = {
  readonly name: string;
  /** Added to those that it has. */
  readonly labels: Readonly<Record<string, string>>;
  /** Added or changed. */
  readonly set: Readonly<Record<string, string>>;
  /** Names of variables to take away, those of the image too. */
  readonly unset: readonly string[];
  /** Absent: as it is. */
  readonly memory?: MemoryLimits;
};

export type Dependent = {
  readonly name: string;
  /** What it shares. */
  readonly through: "network" | "pid" | "ipc" | "volumes" | "link";
  readonly running: boolean;
};

export type OwnLayer = {
  readonly bytes: number;
  /** Up to five of the paths that were written. */
  readonly paths: readonly string[];
};

/** What Oomph itself runs on, as far as it can be told: never acted on. */
export type OwnPlace = {
  /** The container that this process runs in, where it runs in one. */
  readonly containerIds: readonly string[];
  /** Of the pod that this process runs in, where it runs in one. */
  readonly podUids: readonly string[];
  /** Of this machine or container. */
  readonly hostname: string;
  /** Likewise, in all its networks. */
  readonly addresses: readonly string[];
  /** The servers that Oomph keeps its queue and its records in. */
  readonly servers: readonly {
    readonly what: "queue" | "store";
    readonly host: string;
    readonly port: number;
    /** What the host's name means here. */
    readonly addresses: readonly string[];
  }[];
};
