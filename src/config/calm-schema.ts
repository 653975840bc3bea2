import { z } from "zod";
import { SEVERITIES, type Severity } from "../domain/alert.ts";
import {
  MOMENT_EXPECTED,
  parseMoment,
  parseTimeOfDay,
  parseWeekly,
  WEEKLY_EXPECTED,
  wrongInWeekly,
  type WeeklyTime,
} from "../domain/calm.ts";
import { severityOf } from "../domain/severity-words.ts";
import { isZone } from "../domain/zoned-time.ts";
import { channel, list, names, text } from "./kinds.ts";
import { optional, setting, type SettingKind } from "./setting-schema.ts";

const moment: SettingKind<number> = {
  expected: MOMENT_EXPECTED,
  read: (value) => (typeof value === "string" ? parseMoment(value) : undefined),
};

const weekly: SettingKind<WeeklyTime> = {
  expected: WEEKLY_EXPECTED,
  read: (value) => (typeof value === "string" ? parseWeekly(value) : undefined),
  wrongIn: (value) => (typeof value === "string" ? wrongInWeekly(value) : undefined),
};

const timeOfDay: SettingKind<number> = {
  expected: "a time of day such as 22:00",
  read: (value) => (typeof value === "string" ? parseTimeOfDay(value) : undefined),
};

const zone: SettingKind<string> = {
  expected: "the name of a time zone such as Europe/Berlin or UTC",
  read: (value) => (typeof value === "string" && isZone(value) ? value : undefined),
};

const group: SettingKind<string> = {
  expected: "the id of a user group (S...), not its name: in Slack under People, User groups, the group, three dots, Copy group ID",
  read: (value) => (typeof value === "string" && /^S[A-Z0-9]{2,}$/.test(value) ? value : undefined),
};

const severities: SettingKind<readonly Severity[]> = {
  expected: `a list out of ${SEVERITIES.join(", ")}, or words that senders have for them, such as warn`,
  read(value) {
    const given = list(value, (item) => severityOf(item) !== null)?.map(severityOf);
    return given === undefined ? undefined : SEVERITIES.filter((severity) => given.includes(severity));
  },
};

const minutes: SettingKind<number> = {
  expected: "a number of minutes from 0.05 to 10080",
  read(value) {
    const number = typeof value === "string" && /^\d{1,5}(\.\d{1,3})?$/.test(value) ? Number(value) : value;
    return typeof number === "number" && number >= 0.05 && number <= 10_080 ? number : undefined;
  },
};

/** Windows in which nothing of what they cover is told. */
export const maintenance = z
  .array(
    z.strictObject({
      name: setting(text, { says: "Told by `/oom silences`", fallback: "maintenance" }),
      targets: setting(names, {
        says: "Targets with their kind, `*` at the end matches the rest: `docker/kong`, `deploy/shop/*`; none: all",
        fallback: "[]",
      }),
      labels: z
        .record(z.string(), setting(text, { says: "Value of the alert's label of this name, with the same `*`; each must fit" }))
        .prefault({}),
      from: optional(moment, { says: "Begins then, with `to`" }),
      to: optional(moment, { says: "Ends then" }),
      weekly: optional(weekly, { says: "Instead of `from` and `to`: each week, by that zone's clock" }),
    }),
  )
  .prefault([]);

export const quietHours = z
  .strictObject({
    from: setting(timeOfDay, { says: "In quiet hours only what is critical is told; the rest comes as one message when they end" }),
    to: setting(timeOfDay, { says: "Before `from`: on the next day; never the same" }),
    zone: setting(zone, { says: "Whose clock it is", fallback: "UTC" }),
  })
  .optional();

export const unattended = z
  .strictObject({
    mention: optional(group, { says: "Called into the thread of an incident that nobody has reacted to" }),
    afterMinutes: setting(minutes, { says: "After so many minutes", fallback: "10" }),
    secondChannel: optional(channel, { says: "Told with a link to the thread when still nobody has" }),
    afterMinutesSecond: setting(minutes, { says: "After so many minutes", fallback: "30" }),
    severities: setting(severities, { says: "Of incidents that bad only", fallback: "[critical]" }),
  })
  .optional();
