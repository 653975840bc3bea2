import type { Sender } from "../sender.ts";
import { readGroup } from "./group.ts";

/** Prometheus' Alertmanager: its webhook. */
export const alertmanager = {
  source: "alertmanager" as const,
  readSent: (body: unknown) => readGroup(body),
} satisfies Sender;
