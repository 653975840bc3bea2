import type { IncomingMessage, ServerResponse } from "node:http";
import { HTTPReceiver } from "@slack/bolt";
import type { Log } from "../../ports/log.ts";
import { createSdkLog } from "./sdk-log.ts";

/** Where the process's own HTTP server must mount the handler. */
export const EVENTS_PATH = "/slack/events";
// A message of 40,000 characters with its attachments, escaped twice, stays well below.
const BODY_LIMIT_BYTES = 2 * 2 ** 20;

/**
 * Requests from Slack. Bolt checks the signature and its age (5 minutes). What is not taken is answered with 503, so
 * that Slack sends events again (up to three times within an hour).
 */
export function createHttpTransport(signingSecret: string, log: Log) {
  let isStopping = false;
  const receiver = new HTTPReceiver({
    signingSecret,
    endpoints: [EVENTS_PATH],
    logger: createSdkLog(log),
    bodyLimit: BODY_LIMIT_BYTES,
    async processEventErrorHandler({ response }) {
      if (!response.headersSent) refuse(response, 503);
      return true;
    },
  });

  return {
    receiver,
    requestHandler(req: IncomingMessage, res: ServerResponse): void {
      if (isStopping) return refuse(res, 503);
      try {
        receiver.requestListener(req, res);
      } catch {
        refuse(res, 404); // Bolt throws for other paths and methods than its own
      }
    },
    stop(): void {
      isStopping = true;
    },
  };
}

function refuse(res: ServerResponse, status: number): void {
  res.writeHead(status);
  res.end();
}
