import { readJsonPath, type JsonPath } from "../domain/alert-mapping.ts";
import { list } from "./kinds.ts";
import type { SettingKind } from "./setting-schema.ts";

// Kinds of values that concern webhooks.

export const jsonPath: SettingKind<JsonPath> = {
  expected:
    "a path of names and places in lists with dots between them, such as data.0.title (at most 16, no expressions, no $. before them)",
  read: (value) => (typeof value === "string" ? readJsonPath(value) : undefined),
};

export const jsonPaths: SettingKind<readonly JsonPath[]> = {
  expected: "a list of paths, such as [title, data.message], without $. before them",
  read: (value) => list(value, (item) => readJsonPath(item) !== undefined)?.flatMap((item) => [readJsonPath(item) ?? []]),
};

export const topicArns: SettingKind<readonly string[]> = {
  expected: "a list of ARNs of topics, such as arn:aws:sns:eu-west-1:123456789012:alarms",
  read: (value) => list(value, (item) => /^arn:aws(-cn|-us-gov)?:sns:[a-z0-9-]{3,30}:\d{12}:[\w-]{1,256}(\.fifo)?$/.test(item)),
};
