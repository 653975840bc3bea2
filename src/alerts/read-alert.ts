import type { AlertReading, Post } from "../domain/alert.ts";
import { readContainerText } from "./read-container-text.ts";
import { readKernelText } from "./read-kernel-text.ts";
import { readRedisText } from "./read-redis-text.ts";
import { saidIn, type PostParser } from "./said.ts";
import { readWazuhPost } from "./wazuh/read-wazuh-post.ts";

// A sender or a way of saying it each, asked in this order: who says more exactly what happened comes first.
const PARSERS: readonly PostParser[] = [readWazuhPost, readKernelText, readRedisText, readContainerText];

/**
 * Is this post about memory that ran short, whose may it be, and who was killed? Everything in it is data, never a
 * command. Pure, and linear in the length of the text.
 */
export function readAlert({ text }: Post): AlertReading {
  const said = saidIn(text);
  for (const parse of PARSERS) {
    const reading = parse(said);
    if (reading !== undefined) return reading;
  }
  return { kind: "not-about-memory" };
}
