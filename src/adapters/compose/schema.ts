import { z } from "zod";

/** A Compose file as it is read, as far as it is looked into. */
export const Model = z.object({ services: z.record(z.string(), z.record(z.string(), z.unknown())) }).catchall(z.unknown());

/** Labels that Compose puts on what it makes. */
export const ComposeLabels = z.object({
  "com.docker.compose.project.config_files": z.string(),
  "com.docker.compose.project.working_dir": z.string().default("/"),
  "com.docker.compose.service": z.string(),
});
