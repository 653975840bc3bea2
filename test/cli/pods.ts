/** Pods as kubectl describes them, written for the tests. */

export type Block = {
  readonly name?: string;
  readonly state?: string;
  readonly last?: string;
  readonly ready?: boolean;
  readonly restarts?: number;
  readonly limit?: string;
};

const MAY_2026 = "Mon, 04 May 2026";

export const OOM_137 = `Terminated
      Reason:       OOMKilled
      Exit Code:    137
      Started:      ${MAY_2026} 10:00:00 +0200
      Finished:     ${MAY_2026} 10:20:30 +0200`;

export const RUNNING = `Running
      Started:      ${MAY_2026} 10:20:32 +0200`;

export const WAITING = `Waiting
      Reason:       CrashLoopBackOff`;

export function ended(reason: string, code: number): string {
  return OOM_137.replace("OOMKilled", reason).replace("137", String(code));
}

export function container({ name = "app", state = WAITING, last, ready = false, restarts = 3, limit = "256Mi" }: Block): string {
  return `  ${name}:
    Container ID:  containerd://${"ab12".repeat(16)}
    Image:         registry.example/shop/${name}:4
    Port:          8080/TCP
    Args:
      --mode=worker
      --note=State: fine
    State:          ${state}${last === undefined ? "" : `\n    Last State:     ${last}`}
    Ready:          ${ready ? "True" : "False"}
    Restart Count:  ${restarts}
    Limits:
      cpu:     500m
      memory:  ${limit}
    Requests:
      memory:     128Mi
    Environment:
      OOMKilled:  no
    Mounts:         <none>`;
}

export function described(parts: {
  readonly init?: readonly string[];
  readonly main?: readonly string[];
  readonly status?: string;
  readonly events?: readonly string[];
}): string {
  const { init = [], main = [], status = "Running", events = [] } = parts;
  return `Name:             web-6d4b75cb6d-hx2vm
Namespace:        shop
Priority:         0
Node:             worker-2/10.0.0.12
Start Time:       ${MAY_2026} 09:00:00 +0200
Labels:           app=web
                  pod-template-hash=6d4b75cb6d
Annotations:      <none>
Status:           ${status}
IP:               10.1.2.3
IPs:
  IP:           10.1.2.3
Controlled By:  ReplicaSet/web-6d4b75cb6d
${init.length === 0 ? "" : `Init Containers:\n${init.join("\n")}\n`}Containers:
${main.join("\n")}
Conditions:
  Type              Status
  Initialized       True
  Ready             False
Volumes:
  conf:
    Type:      ConfigMap (a volume populated by a ConfigMap)
    Name:      web
    Optional:  false
QoS Class:                   Burstable
Node-Selectors:              <none>
Events:${events.length === 0 ? "                      <none>" : `\n  Type     Reason     Age                From               Message\n  ----     ------     ----               ----               -------\n${events.join("\n")}`}
`;
}
