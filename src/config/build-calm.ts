import type { CalmRules, MaintenanceWindow } from "../domain/calm.ts";
import { given } from "../domain/given.ts";
import type { UnattendedRules } from "../domain/unattended.ts";
import type { AlertsDocument } from "./alert-rules-schema.ts";

const MINUTE_MS = 60_000;

export function buildCalm({ maintenance, quietHours }: AlertsDocument): CalmRules {
  const hours = quietHours === undefined ? undefined : { fromMinutes: quietHours.from, toMinutes: quietHours.to, zone: quietHours.zone };
  return { maintenance: namedApart(maintenance.map(buildWindow)), ...given({ quietHours: hours }) };
}

/** By its name it is counted what a window has kept quiet: of those that are called alike the second is `name 2`. */
function namedApart(windows: readonly MaintenanceWindow[]): readonly MaintenanceWindow[] {
  return windows.map((window, index) => {
    const before = windows.slice(0, index).filter(({ name }) => name === window.name).length;
    return before === 0 ? window : { ...window, name: `${window.name} ${before + 1}` };
  });
}

/** Undefined: nobody is to be called. */
export function buildUnattended({ unattended }: AlertsDocument): UnattendedRules | undefined {
  if (unattended === undefined) return undefined;
  const { mention, afterMinutes, secondChannel, afterMinutesSecond, severities } = unattended;
  return {
    severities,
    ...given({
      mention: mention === undefined ? undefined : { group: mention, afterMs: Math.round(afterMinutes * MINUTE_MS) },
      spread: secondChannel === undefined ? undefined : { channel: secondChannel, afterMs: Math.round(afterMinutesSecond * MINUTE_MS) },
    }),
  };
}

function buildWindow({ name, targets, labels, from, to, weekly }: AlertsDocument["maintenance"][number]): MaintenanceWindow {
  return { name, targets, labels, when: weekly ?? { kind: "once", fromMs: from ?? 0, toMs: to ?? 0 } };
}
