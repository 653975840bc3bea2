export {
  controlsOf,
  createSlackClient,
  type BotContent,
  type PlaceName,
  type PostDelivered,
  type SlackClient,
  type SlackClientOptions,
} from "./client.ts";
export { startSlack, type LabSlack } from "./start-slack.ts";
export type * from "./types.ts";
