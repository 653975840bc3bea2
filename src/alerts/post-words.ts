/*
 * How posts look, as data. Compared in lower case with single spaces.
 */

/** Who sends, by how their posts look; the first that fits. */
export const SENDERS = [
  { source: "grafana", looks: ["grafana"] },
  { source: "cloudwatch", looks: ["cloudwatch", "databasememoryusagepercentage", "databasecapacityusagepercentage"] },
  { source: "datadog", looks: ["datadog"] },
  { source: "alertmanager", looks: ["[firing", "[resolved", "alertname"] },
] as const;

/** What resolved posts say; `STILL_FIRING` wins. */
export const RESOLVED = [
  "[resolved",
  "status: resolved",
  "status=resolved",
  'status":"resolved',
  "state: ok",
  "status: closed",
  "state: closed",
  "is resolved",
  "is now resolved",
  "has been resolved",
  "has recovered",
  "resolved problem",
  "alarm to ok",
  "alert closed by", // Opsgenie
  "resource limit succeeded",
  "check succeeded", // Monit
  "-> ok",
  "→ ok",
] as const;
export const STILL_FIRING = ["[firing", "status: firing", "status=firing", 'status":"firing', "ok -> alarm", "ok → alarm"] as const;
/** How a resolved post may begin. */
export const RESOLVED_BEGINNINGS = [
  "ok:",
  "resolved:",
  "resolved ",
  "recovered:",
  "closed:",
  "alert closed",
  "✅",
  ":white_check_mark:",
  "[recovered]",
  "[ok]",
] as const;
/** The same in other languages, behind whatever signs. */
export const RESOLVED_ABROAD = [
  "behoben",
  "gelöst",
  "entwarnung",
  "résolu",
  "resuelto",
  "resuelta",
  "resolvido",
  "resolvida",
  "risolto",
  "opgelost",
  "rozwiązan",
  "vyřešen",
  "решено",
  "восстановлен",
  "åtgärdat",
  "løst",
  "ratkaistu",
  "çözüldü",
  "復旧",
  "回復",
  "解決",
  "已恢复",
  "恢复",
  "복구",
  "해결",
] as const;
