import { z } from "zod";
import { paramKinds, readMemorySize, readWhole } from "../params-schema.ts";
import { EXPECTED_VARIABLES, setVariables, unsetVariables } from "../variables-schema.ts";

/** What each parameter expects, for every refusal. */
const EXPECTED = {
  limit: "a size such as 4g, a number of bytes, or a rise such as +50%",
  forceBelow: "yes or no",
  ...EXPECTED_VARIABLES,
  workers: "a whole number from 1 to 512, such as 8",
  cache: "a size with its unit, such as 256m",
  run: "the id of the run that made it, run_..., as the thread names it",
  previous: "the id of a container, 12 to 64 hexadecimal digits",
};

const { field, yesNo, readParams } = paramKinds(EXPECTED);
export { readParams };

const limit = field("limit", readMemorySize);

export const MemoryParams = z.strictObject({ limit, forceBelow: yesNo("forceBelow").default(false) });

export const RestartParams = z.strictObject({});

export const EnvironmentParams = z.strictObject({
  set: setVariables.default({}),
  unset: unsetVariables.default([]),
  limit: limit.optional(),
});
export type EnvironmentParams = z.output<typeof EnvironmentParams>;

/** What a Compose file shall say: as it was done to the container. */
export const ProposeParams = z.strictObject({
  set: setVariables.default({}),
  unset: unsetVariables.default([]),
  limit: field("limit", (text) => {
    const size = readMemorySize(text);
    return size?.kind === "bytes" ? size.bytes : undefined;
  }).optional(),
});

const workers = field("workers", (text) => {
  const count = readWhole(text, 1);
  return count !== undefined && count <= 512 ? count : undefined;
});

export const KongParams = z.strictObject({
  workers,
  limit: limit.optional(),
  cache: field("cache", (text) => (/^[1-9]\d{0,5}[mg]$/i.test(text) ? text.toLowerCase() : undefined)).optional(),
});

export const WorkersParams = z.strictObject({ workers, limit: limit.optional() });

const previous = field("previous", (text) => (/^[0-9a-f]{12,64}$/.test(text) ? text : undefined));

export const RollbackParams = z.strictObject({
  run: field("run", (text) => (/^run_[\w-]{1,60}$/.test(text) ? text : undefined)).optional(),
  previous: previous.optional(),
});

export const RemovePreviousParams = z.strictObject({ previous: previous.optional() });
