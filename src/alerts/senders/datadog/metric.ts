/** `kubernetes.memory.usage_pct over kube_namespace:shop was > 0.9 on average during the last 5m.` */
export function metricSaid(text: string): string | undefined {
  return /(?<![\w./-])([a-z][a-z0-9_]{0,60}(?:\.[a-z0-9_]{1,60}){1,8}) over \S/i.exec(text.slice(0, 20_000))?.[1];
}

/** `avg(last_5m):avg:docker.mem.in_use{env:prod} by {host} > 0.9` */
export function metricIn(query: string | undefined): string | undefined {
  return /(?:^|[:(\s])([a-z][a-z0-9_]{0,60}(?:\.[a-z0-9_]{1,60}){1,8})\{/i.exec((query ?? "").slice(0, 2000))?.[1];
}
