import { OomphError } from "../../domain/errors.ts";
import type { JobName } from "../../ports/job-queue.ts";
import type { QueueConnection } from "./connection.ts";
import { openQueue } from "./create-job-queue.ts";

/**
 * How many processes work on a kind of job now, by the connections that this Redis has. Undefined: it does not let us
 * look at them. A process that was killed is gone from there at once. Throws OomphError `queue-unavailable`.
 */
export async function runningWorkers(connection: QueueConnection, name: JobName): Promise<number | undefined> {
  return connection.ask(async (client) => {
    const queue = openQueue(client, connection.settings.prefix, name);
    try {
      await queue.waitUntilReady();
      return await queue.getWorkersCount();
    } catch (error) {
      if (isForbidden(error)) return undefined;
      throw error;
    } finally {
      await queue.close();
    }
  });
}

/** `CLIENT LIST` is not among the rights of every ACL user, and some hosted servers do not have it. */
function isForbidden(error: unknown): boolean {
  return !(error instanceof OomphError) && error instanceof Error && /^(NOPERM|ERR unknown)/.test(error.message);
}
